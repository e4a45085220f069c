"""The local Outpost agrees with the document: a part of ``python -m tests.conformance``."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
)
def test_generated_requests_are_answered_as_documented():
    """Valid and invalid ones, to every operation that is served."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.conformance", "--cases", "150", "--seed", "1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
