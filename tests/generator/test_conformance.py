"""What the generated functions send and read is what the document says: a part of all that.

``python -m tests.generator.conformance`` tries every operation of the public documents.
"""

from pathlib import Path

import pytest

pytest.importorskip("openapi_core", reason="the judge is not installed")

from tests.generator.conformance.documents import FOLDER, ROOT, found
from tests.generator.conformance.package import try_path

OURS = [
    ROOT / "spec" / "outpost.yaml",
    *sorted((Path(__file__).parent / "documents").glob("*.yaml")),
]
#: The smallest of the public documents; those beyond take longer to generate than a test may.
PUBLIC = [path for path in found() if path.stat().st_size < 600_000]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_requests_and_answers_are_as_documented(path: Path) -> None:
    """Drawn arguments arrive as they were given, and drawn answers are read without a loss."""
    account = try_path(path, count=2, most=25)

    assert account.failures == []
    assert account.undrawn == []
    assert account.requests >= 2 * account.operations > 0


@pytest.mark.skipif(not PUBLIC, reason=f"no public documents in {FOLDER}; set OUTPOST_SPECS")
@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.stem)
def test_requests_and_answers_of_public_documents_are_as_documented(path: Path) -> None:
    """The same for some operations of documents that nobody wrote for this generator."""
    account = try_path(path, count=2, most=15)

    assert account.failures == []
    assert account.requests >= account.operations > 0
