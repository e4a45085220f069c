"""Writing a model and what belongs to it into one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save(folder: Path, model: Any, *others: Any) -> str:
    """Write all of them as they write themselves; return the name of the model's class."""
    for part in (model, *others):
        part.save_pretrained(str(folder))
    return type(model).__name__
