"""A document tried from file to answers: generated, imported, called."""

from __future__ import annotations

import importlib
import itertools
import re
import sys
import tempfile
from pathlib import Path

from outpost_generator.config import Config
from outpost_generator.pipeline import generate
from outpost_generator.reading.load import load
from outpost_generator.writing.manifest import write
from tests.generator.conformance.calls import Package
from tests.generator.conformance.documents import described, read
from tests.generator.conformance.soundness import unsound
from tests.generator.conformance.trial import Account, try_document

_NUMBERS = itertools.count()


def try_path(
    path: Path, *, count: int, seed: int = 0, most: int | None = None, types: bool = False
) -> Account:
    """Return what became of the calls of a document.

    Args:
        path: of the document.
        count: calls of each operation.
        seed: the same one gives the same calls.
        most: operations tried, spread over the document; all of them if not given.
        types: whether type checkers look at the package, too.
    """
    document = read(path)
    operations = list(described(document))
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        name = f"conformance_{re.sub('[^a-z0-9]', '_', path.stem.lower())}_{next(_NUMBERS)}"
        result = generate(load(path, path.name), Config(), name, "outpost-generator")
        write(Path(folder), result.files, result.manifest)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            package = Package(name, document)
            step = max(1, len(operations) // most) if most else 1
            account = try_document(
                document, package, count=count, seed=seed, only=operations[::step]
            )
            if len(package.operations) != len(operations):
                account.failures.append(f"{len(package.operations)} operations were generated")
            account.failures += unsound(Path(folder), name, types=types)
            return account
        finally:
            sys.path.remove(folder)
