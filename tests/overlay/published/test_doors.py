"""Modules that programs for 0.0.46 and 0.0.69 import from: they show what is defined elsewhere."""

import ast
from pathlib import Path

import pytest

import outpostkit

PACKAGE = Path(outpostkit.__file__).parent
DOORS = [
    *sorted((PACKAGE / "_types").glob("*.py")),
    *sorted((PACKAGE / "_utils").glob("*.py")),
    PACKAGE / "utils.py",
    PACKAGE / "base_handler.py",
    PACKAGE / "files.py",
    PACKAGE / "json.py",
    PACKAGE / "logger.py",
    PACKAGE / "resource.py",
]


@pytest.mark.parametrize("path", DOORS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_door_says_what_it_is_and_defines_nothing(path: Path) -> None:
    """Its first line says for whom it is kept."""
    module = ast.parse(path.read_bytes())
    defined = {
        getattr(node, "name", "")
        for node in ast.walk(module)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    }
    assigned = {
        target.id
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    assert path.read_text().startswith('"""A door for programs written for 0.0.46 and 0.0.69: ')
    assert defined == set()
    assert assigned <= {"__all__", "__getattr__"}
