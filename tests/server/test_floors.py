"""The floors of the server: who may import whom."""

from __future__ import annotations

from pathlib import Path

import outpost_server
from tests.architecture import circles, upward

FOLDER = Path(outpost_server.__file__).parent
#: From the ground up. Rooms of one floor do not import each other; "" is the package's own door.
FLOORS = [
    ("_requirements", "log_files"),
    ("keeping", "worker"),
    ("engines",),
    ("rules",),
    ("serving",),
    ("control_plane", "router"),
    ("dashboard",),
    ("running",),
    ("",),
    ("__main__", "commands", "pytest_plugin"),
]


def test_every_import_leads_down():
    """Also those for type checkers and those within functions."""
    assert upward(FOLDER, "outpost_server", FLOORS) == []


def test_no_module_needs_itself():
    """In one step or several."""
    assert circles(FOLDER, "outpost_server") == []


def test_only_the_table_names_an_engine():
    """The folder of an engine is imported by nothing outside it."""
    naming = {
        path.relative_to(FOLDER).as_posix()
        for path in FOLDER.rglob("*.py")
        if "engines.process" in path.read_text()
    }

    assert {name for name in naming if not name.startswith("engines/process/")} == {
        "engines/__init__.py"
    }
