"""Who imports whom inside a package, read from its source: nothing is imported to find out.

Every import counts: those for type checkers only, those within functions, and every text that is
the name of a module (``package.module``, ``package.module:name``), as it is there to be loaded.
"""

import ast
import re
import sys
from pathlib import Path
from typing import Collection, Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

#: Floors from the ground up. Rooms of one floor do not import each other.
Floors = Sequence[Tuple[str, ...]]


class Import(NamedTuple):
    """``importer`` imports ``imported`` in a line of a file; both are whole module names."""

    importer: str
    imported: str
    place: str  # "endpoints/_plans.py:7"


def modules(folder: Path, root: str) -> Dict[str, Path]:
    """Return the file of every module of a package, by the module's name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = [root, *path.relative_to(folder).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(folder: Path, root: str) -> Iterator[Import]:
    """Yield every import of a package, wherever it stands; ``from a import b`` is of ``a.b``."""
    known = modules(folder, root)
    for name, path in known.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:
            if sys.version_info >= (3, 11):
                raise
            continue  # of an extra, which older Pythons need not understand
        for line, imported in _imported(tree, package):
            yield Import(name, imported, f"{path.relative_to(folder).as_posix()}:{line}")
        for line, named in _named(tree, package):
            # Something in a module that is no module may be a name for people, as in a warning.
            if named in known or not named.startswith(f"{root}."):
                yield Import(name, named, f"{path.relative_to(folder).as_posix()}:{line}")


def _imported(tree: ast.AST, package: str) -> Iterator[Tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            for alias in node.names:
                yield node.lineno, ".".join([*base, *filter(None, [node.module]), alias.name])


def _named(tree: ast.AST, package: str) -> Iterator[Tuple[int, str]]:
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(r"\w*(\.\w+)+(:\w+)?", text):
            home = text.partition(":")[0]
            yield node.lineno, package + home if home.startswith(".") else home  # type: ignore[attr-defined]  # a constant


def leading_to(folder: Path, root: str, forbidden: Set[str]) -> List[str]:
    """Return where a package imports a forbidden module or package, as lines for people."""
    return [
        f"{each.place} imports {each.imported}"
        for each in imports(folder, root)
        if any(f"{each.imported}.".startswith(f"{name}.") for name in forbidden)
    ]


def upward(
    folder: Path, root: str, floors: Floors, allowed: Collection[Tuple[str, str]] = ()
) -> List[str]:
    """Return the imports that go up a floor or to a neighbour, as lines for people.

    ``allowed`` are those from a module to a room that go up on purpose.

    A room is a module or a package at the root; the root's own ``__init__`` is the room ``""``.
    A room that is on no floor is named too.
    """
    level = {room: number for number, rooms in enumerate(floors) for room in rooms}
    known = modules(folder, root)
    found = [
        f"{root}.{room} is on no floor"
        for room in sorted({_room(name, root) for name in known} - level.keys())
    ]
    for each in imports(folder, root):
        if each.imported != root and not each.imported.startswith(f"{root}."):
            continue
        imported = each.imported if each.imported in known else each.imported.rpartition(".")[0]
        here, there = _room(each.importer, root), _room(imported, root)
        if (each.importer, there) in allowed:
            continue
        if here != there and level.get(there, 0) >= level.get(here, 0):
            found.append(f"{each.place} imports {imported}, which is not below {here or root}")
    return found


def _room(module: str, root: str) -> str:
    return module[len(root) + 1 :].partition(".")[0]


def circles(folder: Path, root: str, allowed: Collection[Tuple[str, str]] = ()) -> List[str]:
    """Return, for every group of modules that import each other, one circle through it.

    ``allowed`` imports, from a module to a room, do not count.
    """
    known = modules(folder, root)
    arrows: Dict[str, Dict[str, str]] = {name: {} for name in known}
    for each in imports(folder, root):
        imported = each.imported if each.imported in known else each.imported.rpartition(".")[0]
        if (each.importer, _room(imported, root)) in allowed:
            continue
        if imported in known and imported != each.importer:
            arrows[each.importer].setdefault(imported, each.place)
    found: List[str] = []
    told: Set[str] = set()
    for name in known:
        way = [] if name in told else _way(arrows, name, name)
        if way:
            told.update(way)
            places = [arrows[one][other] for one, other in zip(way, way[1:])]
            found.append(" -> ".join([*places, way[-1]]))
    return found


def _way(arrows: Dict[str, Dict[str, str]], start: str, end: str) -> List[str]:
    """Return the modules of the shortest way from one to another; nothing when there is none."""
    ways = [[start]]
    seen: Set[str] = set()
    for way in ways:  # which grows meanwhile
        for other in arrows[way[-1]].keys() - seen:
            if other == end:
                return [*way, end]
            seen.add(other)
            ways.append([*way, other])
    return []


def table(floors: Floors) -> str:
    """Return floors as people read them: the top one first, the root itself as ``__init__``."""
    return "\n".join(
        "    " + "  ".join(room or "__init__" for room in rooms) for rooms in reversed(list(floors))
    )
