"""The same requests, answered by calling the libraries themselves: what an endpoint must equal.

Each module is one kind of input, as in :mod:`tests.models.tiny`. ``ANSWERS`` says who answers which
case; all take the model's folder and the request, with paths in the place of files. Nothing of
Outpost is used.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = ("text", "audio", "images", "questions", "video", "pictures", "tables")


def answer(name: str, folder: Path, request: dict[str, Any]) -> Any:
    """Return what the library answers: plain values, or bytes of a PNG or WAV file."""
    return answers()[name](folder, request)


def answers() -> dict[str, Callable[[Path, dict[str, Any]], Any]]:
    """Return who answers which case."""
    found: dict[str, Callable[[Path, dict[str, Any]], Any]] = {}
    for module in MODULES:
        found |= import_module(f"tests.models.direct.{module}").ANSWERS
    return found
