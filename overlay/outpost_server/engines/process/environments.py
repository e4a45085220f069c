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
import re
import sys
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
from outpost_server.engines.process.handing import measure, take_back
from outpost_server.engines.process.isolation import BUILDER
from outpost_server.engines.process.pip_failures import why_it_failed
from outpost_server.engines.process.torch_build import install_torch_for_cpus, names_torch
from outpost_server.engines.requirements import Asked, read_requirement, without_credentials
from outpost_server.keeping.removing import remove

BUILD_TIMEOUT_S = 3600.0
MAX_BYTES = 40 * 1024**3
# Of the cache of pip that each account has. It is emptied then, and fills again.
MAX_CACHE_BYTES = 4 * 1024**3
NAME = re.compile(r"[0-9a-f]{24}")
# Beside an environment that is built, where no build can write: its bytes, and whose packages it
# has where they are those of one account.
MARK = ".complete"
# What pip says of a package that a file names.
FROM_FILE = re.compile(r" ?\(from (-r \S+ \(line \d+\)|line \d+ of \S+)\)")
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
        if sources and not _is_complete(folder):
            # What is built is called after what it is built of, which may have changed since.
            sources = await asyncio.to_thread(source_digests, requirements)
            folder = self._folder / self._key(asked, on, packages_of, sources)
        python = str(folder / "bin" / "python")
        async with self._building.setdefault(folder.name, asyncio.Lock()):
            if folder not in self._used:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = FileLock(folder.with_suffix(".lock"))
                try:
                    await lock.share(say)
                    while not _is_complete(folder):
                        if not lock.try_to_own():
                            await lock.yield_to_others(say)
                        elif not _is_complete(folder):
                            await self._build(folder, asked, below, say, what, packages_of)
                        await lock.share(say)
                except BaseException:
                    lock.release()
                    raise
                self._used[folder] = lock
                await self._make_room({*in_use, python, *([] if on is None else [on])})
        with contextlib.suppress(OSError):  # of another user, where several share the folder
            os.utime(folder.with_suffix(MARK))
        return python

    async def forget(self, owner_id: str) -> None:
        """Remove the environments and the cache of an account, unless something uses them."""
        await asyncio.to_thread(remove, self._caches / owner_id)
        for mark in await asyncio.to_thread(lambda: list(self._folder.glob(f"*{MARK}"))):
            with contextlib.suppress(OSError, ValueError):
                if _noted(mark)[1] == owner_id:
                    await self._remove(mark.with_suffix(""))

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
        await asyncio.to_thread(_remove_environment, folder)
        python = str(folder / "bin" / "python")
        has_pip = find_spec("pip") is not None
        make = [sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(folder)]
        pip = (
            [sys.executable, "-m", "pip", "--python", python] if has_pip else [python, "-m", "pip"]
        )
        quiet = ["--disable-pip-version-check", "--no-color"]
        install = [*pip, *quiet, "install", "--no-input", "--progress-bar=off"]
        cache = self._cache(packages_of)
        is_built = False
        self._caching[packages_of] += 1
        try:
            async with asyncio.timeout(BUILD_TIMEOUT_S):
                await run_command(make, say)
                _see_what_lies_below(folder, below)
                temporary = self._builds.make_temporary()
                try:
                    build = await self._builds.prepare(
                        asked, folder, temporary, cache, below, packages_of
                    )
                    confined = [*build.command, *install, "--requirement", str(build.options)]
                    if self._for_cpus:
                        await install_torch_for_cpus(confined, asked, say, build.variables)
                    await run_command(
                        [*confined, "--requirement", str(build.requirements)],
                        lambda line: say(_told(line)),
                        environment=build.variables,
                    )
                finally:
                    await asyncio.to_thread(remove, temporary)
            if build.uid is not None:
                await asyncio.to_thread(take_back, str(folder), build.uid)
            taken = await asyncio.to_thread(measure, str(folder))
            await asyncio.to_thread(folder.with_suffix(MARK).write_text, f"{taken} {packages_of}\n")
            is_built = True
        except TimeoutError:
            reason = f"{what} were not installed within {BUILD_TIMEOUT_S:g} s."
            raise StartFailed(reason) from None
        except OSError as error:
            raise StartFailed(f"{what} could not be installed: {error}") from None
        except CommandFailed as failed:
            reason = f"{what} could not be installed: {_told(why_it_failed(failed.lines))}"
            raise StartFailed(reason, _told(failed.output)) from None
        finally:
            if not is_built:
                await asyncio.to_thread(_remove_environment, folder)
            self._caching[packages_of] -= 1
            if cache is not None and not self._caching[packages_of]:
                await asyncio.to_thread(_empty_beyond, cache, self._max_cache_bytes)
        say(f"The environment is built: {taken / 1e6:,.0f} MB.")

    def _cache(self, packages_of: str) -> Path | None:
        """Return where pip keeps what it fetches, None for the cache of who runs the server."""
        if packages_of:
            return self._caches / packages_of
        # What another user builds must not be taken for what the server's user has fetched.
        return None if self._builds.builder("") is None else self._caches / BUILDER

    async def _make_room(self, in_use: Collection[str]) -> None:
        """Remove environments, the longest unused first, until the others are small enough."""
        await self._remove_unfinished()
        found = []
        for mark in self._folder.glob(f"*{MARK}"):
            with contextlib.suppress(OSError, ValueError):
                found.append((mark.stat().st_mtime, _noted(mark)[0], mark.with_suffix("")))
        total = sum(size for _, size, _ in found)
        for _, size, folder in sorted(found):
            if total <= self._max_bytes:
                return
            if str(folder / "bin" / "python") in in_use:
                continue
            if await self._remove(folder):
                total -= size

    async def _remove_unfinished(self) -> None:
        """Remove what a server that was killed had begun, or an older version has built."""
        for folder in self._folder.iterdir():
            is_begun = NAME.fullmatch(folder.name) and not _is_complete(folder)
            if is_begun and folder not in self._used:
                await self._remove(folder)

    async def _remove(self, folder: Path) -> bool:
        """Remove an environment, unless another server uses it; tell whether it is gone."""
        lock = self._used.pop(folder, None) or FileLock(folder.with_suffix(".lock"))
        try:
            if not lock.try_to_own():
                return False
            return await asyncio.to_thread(_remove_environment, folder)
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


def _is_complete(folder: Path) -> bool:
    return folder.with_suffix(MARK).exists() and folder.exists()


def _remove_environment(folder: Path) -> bool:
    # The mark first: what is half removed must not be used.
    return remove(folder.with_suffix(MARK)) and remove(folder)


def _noted(mark: Path) -> tuple[int, str]:
    """Return the bytes of an environment, and whose packages it has."""
    taken, _, packages_of = mark.read_text().rstrip("\n").partition(" ")
    return int(taken), packages_of


def _told(output: str) -> str:
    """Return what pip says for people."""
    return FROM_FILE.sub("", without_credentials(output))


def _empty_beyond(cache: Path, max_bytes: int) -> None:
    try:
        if measure(str(cache)) <= max_bytes:
            return
    except OSError:
        pass  # it is too deep to be looked at, or is gone
    remove(cache)
