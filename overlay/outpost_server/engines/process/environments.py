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
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from outpost_server.engines.engine import Say, StartFailed
from outpost_server.engines.local_sources import source_digests
from outpost_server.engines.process.builds import Builds
from outpost_server.engines.process.commands import CommandFailed, run_command
from outpost_server.engines.process.file_lock import FileLock
from outpost_server.engines.process.torch_build import install_torch_for_cpus, names_torch
from outpost_server.engines.requirements import Asked, read_requirement, without_credentials

BUILD_TIMEOUT_S = 3600.0
MAX_BYTES = 40 * 1024**3
# Of the cache of pip that each account has. It is emptied then, and fills again.
MAX_CACHE_BYTES = 4 * 1024**3
# In an environment that is of the packages of one account, its id.
OWNER_FILE = "packages_of"
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


class Environments:
    """The environments below ``folder``; the least recently used go when they take too much.

    Other servers may use the folder as well. With ``for_cpus`` a build of torch without CUDA is
    looked for, which takes a fraction of the room. ``builds`` says what pip may see meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        max_cache_bytes: int = MAX_CACHE_BYTES,
        for_cpus: bool = False,
        builds: Builds | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._builds = builds or Builds()
        self._max_bytes = max_bytes
        self._max_cache_bytes = max_cache_bytes
        self._for_cpus = for_cpus
        self._building: dict[str, asyncio.Lock] = {}
        self._used: dict[Path, FileLock] = {}
        self._caches = self._folder / "caches"
        self._caching: Counter[str] = Counter()

    async def interpreter(
        self,
        requirements: tuple[str, ...],
        say: Say,
        *,
        on: str | None = None,
        in_use: Collection[str] = (),
        what: str = "python_requirements",
        packages_of: str = "",
        sources: Mapping[str, str] | None = None,
    ) -> str | None:
        """Return the interpreter for ``requirements``, None when that below will do.

        Builds the environment when there is none, telling ``say`` what happens. ``on`` is the
        interpreter of the environment below, None for the server's own. ``in_use`` are
        interpreters that must stay. ``what`` is how the requirements are called where they fail.
        ``packages_of`` is whose they are and ``sources`` what they were, see ``Declarations``.

        Raises:
            StartFailed: it could not be built; ``traceback`` is the end of pip's output.
        """
        below = [] if on is None else [str(_packages(Path(on).parents[1]))]
        asked = [read_requirement(text) for text in requirements]
        if all(_is_met(one, [*below, *sys.path]) for one in asked):
            return None
        folder = self._folder / self._key(asked, on, packages_of, sources or {})
        if sources and not (folder / "complete").exists():
            # What is built is called after what it is built of, which may have changed since.
            sources = await asyncio.to_thread(source_digests, requirements)
            folder = self._folder / self._key(asked, on, packages_of, sources)
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
                            await self._build(folder, asked, below, say, what, packages_of)
                        await lock.share(say)
                except BaseException:
                    lock.release()
                    raise
                self._used[folder] = lock
                await self._make_room({*in_use, python, *([] if on is None else [on])})
        with contextlib.suppress(OSError):  # of another user, where several share the folder
            os.utime(complete)
        return python

    async def forget(self, owner_id: str) -> None:
        """Remove the environments and the cache of an account, unless something uses them."""
        await asyncio.to_thread(shutil.rmtree, self._caches / owner_id, ignore_errors=True)
        for path in await asyncio.to_thread(lambda: list(self._folder.glob(f"*/{OWNER_FILE}"))):
            if _noted(path) == owner_id:
                await self._remove(path.parent)

    def close(self) -> None:
        """Let other servers remove what this one has used."""
        for lock in self._used.values():
            lock.release()
        self._used.clear()

    def _key(
        self, asked: list[Asked], on: str | None, packages_of: str, sources: Mapping[str, str]
    ) -> str:
        """Return the name of an environment: what differs in anything has another."""
        told = [sys.version, sys.prefix, sorted(one.text for one in asked)]
        below = [] if on is None else [Path(on).parents[1].name]
        torch = ["for cpus"] if self._for_cpus and any(map(names_torch, asked)) else []
        whose = [f"packages of {packages_of}"] if packages_of else []
        text = json.dumps([*told, *below, *torch, *whose, *sorted(sources.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    async def _build(
        self,
        folder: Path,
        asked: list[Asked],
        below: list[str],
        say: Say,
        what: str,
        packages_of: str,
    ) -> None:
        say(f"Building an environment for {', '.join(map(str, asked))}.")
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        python = str(folder / "bin" / "python")
        has_pip = find_spec("pip") is not None
        make = [sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(folder)]
        pip = (
            [sys.executable, "-m", "pip", "--python", python] if has_pip else [python, "-m", "pip"]
        )
        quiet = ["--disable-pip-version-check", "--no-color"]
        options = [word for one in asked for word in one.option]
        install = [*pip, *quiet, "install", "--no-input", "--progress-bar=off", *options, "--"]
        cache = self._caches / packages_of if packages_of else None
        self._caching[packages_of] += 1
        try:
            async with asyncio.timeout(BUILD_TIMEOUT_S):
                await run_command(make, say)
                _see_what_lies_below(folder, below)
                with tempfile.TemporaryDirectory(prefix="outpost-build-") as temporary:
                    build = await self._builds.prepare(asked, folder, Path(temporary), cache, below)
                    confined = [*build.command, *install]
                    if self._for_cpus:
                        await install_torch_for_cpus(confined, asked, say, build.variables)
                    await run_command(
                        [*confined, *build.requirements],
                        lambda line: say(without_credentials(line)),
                        environment=build.variables,
                    )
            size = await asyncio.to_thread(_size, folder)
            # A build may have left something of these names, such as a link to another file.
            if packages_of:
                await asyncio.to_thread(_write_new, folder / OWNER_FILE, packages_of)
            await asyncio.to_thread(_write_new, folder / "complete", f"{size}\n")
        except TimeoutError:
            reason = f"{what} were not installed within {BUILD_TIMEOUT_S:g} s."
            raise StartFailed(reason) from None
        except OSError as error:
            raise StartFailed(f"{what} could not be installed: {error}") from None
        except CommandFailed as failed:
            reason = f"{what} could not be installed: {without_credentials(failed.last_error)}"
            raise StartFailed(reason, without_credentials(failed.output)) from None
        finally:
            self._caching[packages_of] -= 1
            if cache is not None and not self._caching[packages_of]:
                await asyncio.to_thread(_empty_beyond, cache, self._max_cache_bytes)
        say(f"The environment is built: {size / 1e6:,.0f} MB.")

    async def _make_room(self, in_use: Collection[str]) -> None:
        """Remove environments, the longest unused first, until the others are small enough."""
        found = []
        for complete in self._folder.glob("*/complete"):
            with contextlib.suppress(OSError, ValueError):
                found.append((complete.stat().st_mtime, int(_noted(complete)), complete.parent))
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._max_bytes:
                return
            if str(folder / "bin" / "python") in in_use:
                continue
            if await self._remove(folder):
                total -= size

    async def _remove(self, folder: Path) -> bool:
        """Remove an environment, unless another server uses it; tell whether it is gone."""
        lock = self._used.pop(folder, None) or FileLock(folder.with_suffix(".lock"))
        try:
            if not lock.try_to_own():
                return False
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            return True
        finally:
            lock.release()


def _is_met(asked: Asked, paths: list[str]) -> bool:
    """Tell whether what lies in ``paths`` meets a requirement."""
    requirement = asked.package
    if requirement is None:
        return bool(asked.option)
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


def _noted(path: Path) -> str:
    """Return what is noted in an environment, "" where a build has something else of that name."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)) as file:
            # Reading a pipe could take forever.
            return file.read(100) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else ""
    except (OSError, ValueError):
        return ""


def _empty_beyond(cache: Path, max_bytes: int) -> None:
    with contextlib.suppress(OSError):
        if _size(cache) > max_bytes:
            shutil.rmtree(cache, ignore_errors=True)


def _write_new(path: Path, text: str) -> None:
    with open(path, "x") as file:
        file.write(text)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
