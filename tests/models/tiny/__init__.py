"""Models small enough to be made in a moment: random weights, real classes, real files.

Each module is one kind of input. ``MODELS`` says which function writes which model; all take the
folder to write and return the name of the model's class.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

MODULES = ("text", "audio", "images", "questions", "video", "pictures", "tables")


def build(name: str, folder: Path) -> str:
    """Write the model of the case ``name``, the same bytes each time; return its class's name."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    return models()[name](folder)


def models() -> dict[str, Callable[[Path], str]]:
    """Return who writes the model of which case."""
    found: dict[str, Callable[[Path], str]] = {}
    for module in MODULES:
        found |= import_module(f"tests.models.tiny.{module}").MODELS
    return found
