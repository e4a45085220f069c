"""The same requests, answered by calling the libraries themselves: what an endpoint must equal.

Each module is one kind of input, as in :mod:`tests.models.tiny`. Its ``ANSWERS`` say who answers
which case; all take the model's folder and the request, with paths in the place of files. Nothing
of Outpost is used.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from tests.models.cases import CASES


def answer(name: str, folder: Path, request: dict[str, Any]) -> Any:
    """Return what the library answers: plain values, or bytes of a PNG or WAV file."""
    module = import_module(f"{__name__}.{CASES[name].kind}")
    return module.ANSWERS[name](folder, request)
