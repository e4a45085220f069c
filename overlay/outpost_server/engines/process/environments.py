"""Virtual environments for ``python_requirements``: one for each set of them, built once.

An environment sees everything that the server's own has and adds, or replaces, what the template
asks for. A template whose requirements the server's environment meets needs none.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Collection
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from outpost_server.engines.engine import StartFailed
from outpost_server.engines.process.commands import CommandFailed, Tell, run_command

BUILD_TIMEOUT_S = 1800.0
MAX_BYTES = 20 * 1024**3


class Environments:
    """The environments below ``folder``; the least recently used go when they take too much."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder.absolute()
        self._max_bytes = max_bytes
        self._building: dict[str, asyncio.Lock] = {}

    async def interpreter(
        self, requirements: tuple[str, ...], say: Tell, *, in_use: Collection[str] = ()
    ) -> str | None:
        """Return the interpreter for ``requirements``, None when the server's own will do.

        Builds the environment when there is none, telling ``say`` what happens. ``in_use`` are
        interpreters that must stay.

        Raises:
            StartFailed: it could not be built; ``traceback`` is the end of pip's output.
        """
        if all(_is_met(Requirement(text)) for text in requirements):
            return None
        folder = self._folder / _key(requirements)
        python = str(folder / "bin" / "python")
        complete = folder / "complete"
        async with self._building.setdefault(folder.name, asyncio.Lock()):
            if not complete.exists():
                say(f"Building an environment for {', '.join(requirements)}.")
                await self._build(folder, requirements, say)
                complete.write_text(f"{await asyncio.to_thread(_size, folder)}\n")
                await asyncio.to_thread(self._make_room, {*in_use, python})
                say("The environment is built.")
        os.utime(complete)
        return python

    async def _build(self, folder: Path, requirements: tuple[str, ...], say: Tell) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        python = str(folder / "bin" / "python")
        has_pip = find_spec("pip") is not None
        make = [sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(folder)]
        install = ["install", "--no-input", "--progress-bar=off", "--", *requirements]
        pip = (
            [sys.executable, "-m", "pip", "--python", python] if has_pip else [python, "-m", "pip"]
        )
        quiet = ["--disable-pip-version-check", "--no-color"]
        try:
            async with asyncio.timeout(BUILD_TIMEOUT_S):
                await run_command(make, say)
                _see_the_servers_packages(folder)
                await run_command([*pip, *quiet, *install], say)
        except TimeoutError:
            reason = f"python_requirements were not installed within {BUILD_TIMEOUT_S:g} s."
            raise StartFailed(reason) from None
        except CommandFailed as failed:
            reason = f"python_requirements could not be installed: {failed.last_error}"
            raise StartFailed(reason, failed.output) from None

    def _make_room(self, in_use: Collection[str]) -> None:
        """Remove environments, the longest unused first, until the others are small enough."""
        found = []
        for complete in self._folder.glob("*/complete"):
            with contextlib.suppress(OSError, ValueError):
                found.append((complete.stat().st_mtime, int(complete.read_text()), complete.parent))
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._max_bytes:
                return
            if str(folder / "bin" / "python") not in in_use:
                shutil.rmtree(folder, ignore_errors=True)
                total -= size


def _is_met(requirement: Requirement) -> bool:
    """Tell whether this process's environment meets a requirement."""
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url is not None or requirement.extras:
        return False  # pip has to look: neither the source nor the extras show in the metadata
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(found, prereleases=True)


def _key(requirements: tuple[str, ...]) -> str:
    told = json.dumps([sys.version, sys.prefix, sorted(requirements)])
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _see_the_servers_packages(folder: Path) -> None:
    """Put what this process imports from behind the environment's own packages."""
    paths = sysconfig.get_paths()
    standard = {paths["stdlib"], paths["platstdlib"]}
    standard.add(os.path.join(paths["platstdlib"], "lib-dynload"))
    seen = [path for path in sys.path if os.path.isdir(path) and path not in standard]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    (packages / "outpost_server.pth").write_text("".join(f"{path}\n" for path in seen))


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
