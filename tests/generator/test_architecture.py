"""Every arrow between the floors of the generator points down."""

from pathlib import Path

from tests.architecture import circles, table, upward

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "generator/outpost_generator"
#: From the ground up. Those of one floor do not import each other.
FLOORS = (
    ("", "errors", "progress", "python"),
    ("reading",),
    ("passes", "config"),
    ("schemas",),
    ("views",),
    ("printing", "writing", "reporting"),
    ("pipeline",),
    ("cli",),
    ("__main__",),
)


def test_no_import_goes_up() -> None:
    """Imports for type checkers, and within functions, included; every module has its floor."""
    assert upward(FOLDER, "outpost_generator", FLOORS) == []


def test_no_modules_import_each_other() -> None:
    """Not even late."""
    assert circles(FOLDER, "outpost_generator") == []


def test_contributors_are_shown_the_floors() -> None:
    """As they are."""
    assert f"```\n{table(FLOORS)}\n```" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
