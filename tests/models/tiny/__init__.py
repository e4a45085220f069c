"""Models small enough to be made in a moment: random weights, real classes, real files.

Each module is one kind of input. Its ``MODELS`` say which function writes which model; all take the
folder to write and return the name of the model's class.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tests.models.cases import CASES


def build(name: str, folder: Path) -> str:
    """Write the model of the case ``name``, the same bytes each time; return its class's name."""
    folder.mkdir(parents=True, exist_ok=True)
    module = import_module(f"{__name__}.{CASES[name].kind}")
    if "torch" in sys.modules:  # models of tables do without
        sys.modules["torch"].manual_seed(0)
    return str(module.MODELS[name](folder))
