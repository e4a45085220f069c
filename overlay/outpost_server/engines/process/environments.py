"""Virtual environments for containers and ``python_requirements``: one for each set, built once.

An environment sees everything that lies below it and adds, or replaces, what is asked for: that of
a container lies on the server's own packages, that of a template on its container's. Where what
lies below has all of it already, there is none.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Collection
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from outpost_server.engines.engine import Say, StartFailed
from outpost_server.engines.process.commands import CommandFailed, run_command
from outpost_server.engines.process.file_lock import FileLock
from outpost_server.engines.process.torch_build import install_torch_for_cpus, names_torch

BUILD_TIMEOUT_S = 3600.0
MAX_BYTES = 40 * 1024**3
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Environments:
    """The environments below ``folder``; the least recently used go when they take too much.

    Other servers may use the folder as well. With ``for_cpus`` a build of torch without CUDA is
    looked for, which takes a fraction of the room.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES, for_cpus: bool = False) -> None:
        self._folder = folder.absolute()
        self._max_bytes = max_bytes
        self._for_cpus = for_cpus
        self._building: dict[str, asyncio.Lock] = {}
        self._used: dict[Path, FileLock] = {}

    async def interpreter(
        self,
        requirements: tuple[str, ...],
        say: Say,
        *,
        on: str | None = None,
        in_use: Collection[str] = (),
        what: str = "python_requirements",
    ) -> str | None:
        """Return the interpreter for ``requirements``, None when that below will do.

        Builds the environment when there is none, telling ``say`` what happens. ``on`` is the
        interpreter of the environment below, None for the server's own. ``in_use`` are
        interpreters that must stay. ``what`` is how the requirements are called where they fail.

        Raises:
            StartFailed: it could not be built; ``traceback`` is the end of pip's output.
        """
        below = [] if on is None else [str(_packages(Path(on).parents[1]))]
        if all(_is_met(Requirement(text), [*below, *sys.path]) for text in requirements):
            return None
        folder = self._folder / self._key(requirements, on)
        python = str(folder / "bin" / "python")
        complete = folder / "complete"
        async with self._building.setdefault(folder.name, asyncio.Lock()):
            if folder not in self._used:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = FileLock(folder.with_suffix(".lock"))
                try:
                    await lock.share(say)
                    while not complete.exists():
                        if not lock.try_to_own():
                            await lock.yield_to_others(say)
                        elif not complete.exists():
                            await self._build(folder, requirements, below, say, what)
                        await lock.share(say)
                except BaseException:
                    lock.release()
                    raise
                self._used[folder] = lock
                await self._make_room({*in_use, python, *([] if on is None else [on])})
        with contextlib.suppress(OSError):  # of another user, where several share the folder
            os.utime(complete)
        return python

    def close(self) -> None:
        """Let other servers remove what this one has used."""
        for lock in self._used.values():
            lock.release()
        self._used.clear()

    def _key(self, requirements: tuple[str, ...], on: str | None) -> str:
        """Return the name of an environment: what differs in anything has another."""
        told = [sys.version, sys.prefix, sorted(requirements)]
        below = [] if on is None else [Path(on).parents[1].name]
        torch = ["for cpus"] if self._for_cpus and any(map(names_torch, requirements)) else []
        text = json.dumps([*told, *below, *torch])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    async def _build(
        self, folder: Path, requirements: tuple[str, ...], below: list[str], say: Say, what: str
    ) -> None:
        say(f"Building an environment for {', '.join(requirements)}.")
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        python = str(folder / "bin" / "python")
        has_pip = find_spec("pip") is not None
        make = [sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(folder)]
        pip = (
            [sys.executable, "-m", "pip", "--python", python] if has_pip else [python, "-m", "pip"]
        )
        quiet = ["--disable-pip-version-check", "--no-color"]
        install = [*pip, *quiet, "install", "--no-input", "--progress-bar=off", "--"]
        try:
            async with asyncio.timeout(BUILD_TIMEOUT_S):
                await run_command(make, say)
                _see_what_lies_below(folder, below)
                if self._for_cpus:
                    await install_torch_for_cpus(install, requirements, say)
                await run_command([*install, *requirements], say)
        except TimeoutError:
            reason = f"{what} were not installed within {BUILD_TIMEOUT_S:g} s."
            raise StartFailed(reason) from None
        except CommandFailed as failed:
            reason = f"{what} could not be installed: {failed.last_error}"
            raise StartFailed(reason, failed.output) from None
        size = await asyncio.to_thread(_size, folder)
        (folder / "complete").write_text(f"{size}\n")
        say(f"The environment is built: {size / 1e6:,.0f} MB.")

    async def _make_room(self, in_use: Collection[str]) -> None:
        """Remove environments, the longest unused first, until the others are small enough."""
        found = []
        for complete in self._folder.glob("*/complete"):
            with contextlib.suppress(OSError, ValueError):
                found.append((complete.stat().st_mtime, int(complete.read_text()), complete.parent))
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._max_bytes:
                return
            if str(folder / "bin" / "python") in in_use:
                continue
            lock = self._used.pop(folder, None) or FileLock(folder.with_suffix(".lock"))
            try:
                if lock.try_to_own():  # else another server uses it
                    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                    total -= size
            finally:
                lock.release()


def _is_met(requirement: Requirement, paths: list[str]) -> bool:
    """Tell whether what lies in ``paths`` meets a requirement."""
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url is not None or requirement.extras:
        return False  # pip has to look: neither the source nor the extras show in the metadata
    found = next(iter(metadata.distributions(name=requirement.name, path=paths)), None)
    return found is not None and requirement.specifier.contains(found.version, prereleases=True)


def _packages(folder: Path) -> Path:
    return folder / "lib" / VERSION / "site-packages"


def _see_what_lies_below(folder: Path, below: list[str]) -> None:
    """Put what this process imports from, and ``below`` before it, behind the own packages."""
    # The standard library is there without: pip builds packages without what is named here.
    standard = Path(os.__file__).parent
    seen = [path for path in sys.path if os.path.isdir(path) and not _is_standard(path, standard)]
    lines = "".join(f"{path}\n" for path in (*below, *seen))
    (_packages(folder) / "outpost_server.pth").write_text(lines)


def _is_standard(path: str, library: Path) -> bool:
    return Path(path) in (library, library / "lib-dynload")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
