"""Is a generated package sound Python? Every import is resolved, and type checkers agree."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: The typed code that users check with their own: nothing is relaxed.
_PYRIGHT = {"typeCheckingMode": "standard", "pythonVersion": "3.11"}


def unsound(folder: Path, package: str, *, types: bool = False) -> list[str]:
    """Return what is wrong with a package in a folder that Python imports from.

    Args:
        folder: holds the package.
        package: its name.
        types: whether mypy (strict), pyright (standard) and ruff are asked, too.
    """
    found = [line for path in sorted(folder.rglob("*.py")) for line in _unresolved(path, folder)]
    return [*found, *(_complaints(folder, package) if types else ())]


def _unresolved(path: Path, folder: Path) -> Iterator[str]:
    """Import a module, then resolve each of its import statements, wherever it stands."""
    shown = path.relative_to(folder).as_posix()
    module = shown.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    try:
        importlib.import_module(module)
    except Exception as failure:
        yield f"{shown} does not import: {type(failure).__name__}: {failure}"
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"{shown}:{node.lineno}: a relative import"
            wanted = [(str(node.module), alias.name) for alias in node.names]
        else:
            continue
        for source, name in wanted:
            if not _exists(source, name):
                yield f"{shown}:{node.lineno}: {source} has no {name or 'module of that name'}"


def _exists(module: str, name: str) -> bool:
    try:
        found = importlib.import_module(module)
    except ImportError:
        return False
    if not name or hasattr(found, name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None


def _complaints(folder: Path, package: str) -> Iterator[str]:
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({**_PYRIGHT, "include": [package]}))
    ruff = ["--isolated", "--no-cache", "--line-length=100", "--target-version=py38"]
    checks = (
        ["mypy", "--strict", "--cache-dir", str(folder / ".mypy_cache"), "--package", package],
        ["pyright", "--pythonpath", sys.executable, "--project", str(settings)],
        ["ruff", "check", *ruff, "--select=E9,F,I", package],
        ["ruff", "format", "--check", *ruff, package],
    )
    for command in checks:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            yield from (f"{command[0]}: {line}" for line in done.stdout.splitlines())
    settings.unlink()
