"""Every arrow between the packages, and between the floors of each, points one way."""

import ast
from pathlib import Path
from typing import Dict, Sequence

import pytest

from tests.architecture import Floors, circles, leading_to, table, upward

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "outpostkit": ROOT / "overlay" / "outpostkit",
    "outpost_server": ROOT / "overlay" / "outpost_server",
    "outpost_runtime": ROOT / "overlay" / "outpost_runtime",
    "outpost_generator": ROOT / "generator" / "outpost_generator",
    "outpost_api": ROOT / "generated" / "outpost_api",
}
#: What each package may not import. Only the doors and commands of the SDK know the server, and
#: what prediction templates import knows nobody.
STRANGERS = {
    "outpostkit": {"outpost_generator"},
    "outpost_server": {"outpostkit", "outpost_generator"},
    "outpost_generator": {"outpostkit", "outpost_server", "outpost_api"},
    "outpost_runtime": {"outpostkit", "outpost_server", "outpost_generator", "outpost_api"},
    "outpost_api": {"outpostkit", "outpost_server", "outpost_generator"},
}
#: Who may import whom: what stands on a lower line. Rooms of one floor do not import each other.
FLOORS: Dict[str, Floors] = {
    "outpostkit": [
        ("_version", "_lazy"),
        ("exceptions", "constants"),
        ("retry", "transport", "profiles", "progress", "templates"),
        ("_calls",),
        ("_published",),
        ("client",),
        ("_resources",),
        ("predictor", "user", "team", "repository"),
        ("endpoints", "finetuning"),
        (
            "_types",
            "_utils",
            "utils",
            "base_handler",
            "files",
            "json",
            "logger",
            "resource",
            "local",
        ),
        ("",),
        ("demo",),
        ("cli",),
    ],
    "outpost_server": [
        ("log_files",),
        ("containers", "keeping", "tasks", "worker"),
        ("engines", "models"),
        ("rules",),
        ("serving",),
        ("control_plane", "router"),
        ("dashboard",),
        ("running",),
        ("",),
        ("__main__", "commands", "pytest_plugin"),
    ],
    "outpost_runtime": [
        (
            "accept",
            "binary",
            "errors",
            "gguf",
            "model",
            "placing",
            "plain",
            "routes",
            "streaming",
            "tables",
        ),
        ("batching", "body"),
        ("requests",),
        ("media", "text"),
        ("openai",),
        ("",),
    ],
    "outpost_generator": [
        ("", "errors", "progress", "project", "python"),
        ("reading",),
        ("passes", "config"),
        ("schemas",),
        ("views",),
        ("printing", "writing", "reporting"),
        ("pipeline",),
        ("cli",),
        ("__main__",),
    ],
}

DOORS = [
    path.relative_to(FOLDERS["outpostkit"])
    for pattern in (
        "_types/*.py",
        "_utils/*.py",
        "utils.py",
        "base_handler.py",
        "files.py",
        "json.py",
        "logger.py",
        "resource.py",
    )
    for path in sorted(FOLDERS["outpostkit"].glob(pattern))
]

#: The one way up: a client knows, when it is asked, what is reached from it, as in
#: ``client.endpoints()``. Nothing of it is loaded with the client.
ENTRANCES = {("outpostkit.client", room) for room in ("endpoints", "finetuning", "repository")}

ADVICE = """
Move what is needed to a floor below both, or hand it in from above; a new room gets its place in
FLOORS and in CONTRIBUTING, "Who may import whom"."""


def none(found: Sequence[str]) -> None:
    """Fail with what was found, a line each, and with what to do."""
    if found:
        pytest.fail("\n".join([*found, ADVICE]), pytrace=False)


of_each_package = pytest.mark.parametrize("package", FOLDERS)


@of_each_package
def test_a_package_imports_no_stranger(package: str) -> None:
    """outpost_api is complete by itself, and the server shares the contract only."""
    none(leading_to(FOLDERS[package], package, STRANGERS[package]))


@pytest.mark.parametrize("package", FLOORS)
def test_every_import_leads_down(package: str) -> None:
    """Also those for type checkers, those within functions, and lazily loaded names."""
    none(upward(FOLDERS[package], package, FLOORS[package], ENTRANCES))


@of_each_package
def test_no_module_needs_itself(package: str) -> None:
    """In one step or several; late imports count, which only hide that."""
    none(circles(FOLDERS[package], package, ENTRANCES))


def test_the_sdk_does_not_need_the_local_outpost() -> None:
    """Its core works where the extra is not installed: only the door and the commands know it."""
    found = leading_to(FOLDERS["outpostkit"], "outpostkit", {"outpost_server"})

    assert {line.split("/")[0] for line in found} == {"cli", "local"}


@pytest.mark.parametrize("package", FLOORS)
def test_contributing_shows_the_floors(package: str) -> None:
    """The table that people read is the one that is enforced."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert f"{package}\n{table(FLOORS[package])}\n" in contributing


def test_only_the_table_of_engines_names_one() -> None:
    """The folder of an engine is imported by nothing else, so that another one is a folder too."""
    found = leading_to(
        FOLDERS["outpost_server"], "outpost_server", {"outpost_server.engines.process"}
    )
    outside = {line.split(":")[0] for line in found if not line.startswith("engines/process/")}

    assert outside == {"engines/__init__.py"}


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.as_posix())
def test_a_door_says_so_and_defines_nothing(door: Path) -> None:
    """What people import from it has its home elsewhere."""
    tree = ast.parse((FOLDERS["outpostkit"] / door).read_bytes())
    made = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

    assert str(ast.get_docstring(tree)).startswith(
        "A door for programs written for 0.0.46 and 0.0.69"
    )
    assert [node for node in ast.walk(tree) if isinstance(node, made)] == []


@pytest.mark.parametrize("top", ["overlay", "generator", "tests"])
def test_a_folder_fits_in_one_look(top: str) -> None:
    """18 entries, or 28 at the root of the SDK besides doors; the passes are a file each."""
    doors = sum(len(door.parts) == 1 for door in DOORS)
    roomy = {FOLDERS["outpostkit"]: 28 + doors, FOLDERS["outpost_generator"] / "passes": 99}
    counts = {folder: 0 for folder in (ROOT / top).rglob("*") if folder.is_dir()}
    for path in (ROOT / top).rglob("*"):
        if "__pycache__" not in path.parts and path.parent in counts:
            counts[path.parent] += 1

    crowded = [folder for folder, count in counts.items() if count > roomy.get(folder, 18)]

    none([f"{folder.relative_to(ROOT)} has {counts[folder]} entries" for folder in crowded])


@pytest.mark.parametrize("package", FOLDERS)
def test_every_folder_with_modules_is_a_package(package: str) -> None:
    """It says in its ``__init__`` what is in it."""
    folders = {path.parent for path in FOLDERS[package].rglob("*.py")}

    none([str(folder) for folder in folders if not (folder / "__init__.py").is_file()])
