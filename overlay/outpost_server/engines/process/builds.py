"""One run of pip: what it sees of this machine, and where it may write.

What pip builds runs code of whoever wrote the package, or of who asks for it.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from outpost_server.engines.process import pip_settings
from outpost_server.engines.process.handing import hand_over
from outpost_server.engines.process.isolation import Isolation
from outpost_server.engines.requirements import Asked
from outpost_server.keeping.removing import remove


@dataclass(frozen=True)
class Build:
    """What to run pip by: a command that pip's own follows, and its variables.

    ``options`` and ``requirements`` are files, as everybody can read the arguments of a process and
    an address may have a password. ``uid`` is the user that builds, None for the server's.
    """

    command: list[str]
    variables: dict[str, str]
    options: Path
    requirements: Path
    uid: int | None = None


class Builds:
    """Prepares them. Without ``isolation`` pip sees all that this user does."""

    def __init__(self, isolation: Isolation | None = None, passed: Collection[str] = ()) -> None:
        self._isolation = isolation
        self._passed = passed

    def make_temporary(self) -> Path:
        """Make an empty folder for one build, which a server that is killed leaves to the next.

        Raises:
            OSError: it cannot be made.
        """
        prefix = "outpost-" if self._isolation is None else self._isolation.temporary_prefix
        return Path(tempfile.mkdtemp(prefix=f"{prefix}build-"))

    async def prepare(
        self,
        asked: list[Asked],
        folder: Path,
        temporary: Path,
        cache: Path | None,
        below: list[str],
        packages_of: str = "",
    ) -> Build:
        """Return how the environment ``folder`` is filled with ``asked``.

        ``temporary`` is an empty folder for it, ``cache`` is where pip keeps what it fetches, None
        for the cache of who runs the server. ``below`` are packages that it builds upon. Where
        another user builds, all three are that user's afterwards.

        Raises:
            OSError: something of this machine that is asked for cannot be read.
        """
        uid = self.builder(packages_of)
        cache = pip_settings.own_cache(os.environ) if cache is None else cache
        await asyncio.to_thread(_make_cache, cache, uid)
        pip_settings.copy_settings(os.environ, temporary)
        variables = pip_settings.build_variables(os.environ, self._passed, temporary, cache)
        texts = [
            await asyncio.to_thread(_localized, one, temporary / "sources" / str(number))
            for number, one in enumerate(asked)
            if not one.option
        ]
        options = _written(temporary / "options", [_option(one) for one in asked if one.option])
        requirements = _written(temporary / "requirements", texts)
        if self._isolation is None:
            return Build([], variables, options, requirements)
        checkouts = [one.path for one in asked if one.path is not None and one.is_checkout]
        reads = [*pip_settings.named_paths(os.environ), *map(Path, below), *checkouts]
        command = self._isolation.confining_command(reads, (folder, temporary, cache), uid)
        if uid is not None:
            await asyncio.to_thread(hand_over, str(folder), uid)
            await asyncio.to_thread(hand_over, str(temporary), uid)
        return Build(command, variables, options, requirements, uid)

    def builder(self, packages_of: str) -> int | None:
        """Return the user that builds the packages of an account, None for the server's."""
        return None if self._isolation is None else self._isolation.builder(packages_of)


def _make_cache(cache: Path, uid: int | None) -> None:
    # What another user has made, such as an older version of the server, pip would not use.
    if uid is not None and cache.exists() and cache.stat().st_uid != uid:
        remove(cache)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    if uid is not None:
        os.chown(cache, uid, uid)


def _written(path: Path, lines: list[str]) -> Path:
    """Write a file of requirements; else pip would read it by what the system's language says."""
    path.write_text("".join(f"{line}\n" for line in ["# -*- coding: utf-8 -*-", *lines]), "utf-8")
    return path


def _option(asked: Asked) -> str:
    name, *value = asked.option
    return " ".join([name, *map(shlex.quote, value)])


def _localized(asked: Asked, folder: Path) -> str:
    """Return a requirement with a copy in the place of what lies on this machine."""
    if asked.is_checkout:
        return _checkout(asked)
    if asked.path is None or not asked.path.exists():
        return asked.text  # pip says best what is missing
    # A fragment may name the folder within, and the digest that a file has to have.
    written = asked.package.url if asked.package else asked.text
    fragment = "".join(written.partition("#")[1:]) if written and "://" in written else ""
    address = pip_settings.copy_source(asked.path, folder).as_uri() + fragment
    if asked.package is None:
        _, bracket, extras = asked.text.rpartition(asked.path.name)[2].partition("[")
        return f"{address.removeprefix('file://')}{bracket}{extras}" if bracket else address
    return f"{_name(asked.package)} @ {address}{_marker(asked.package)}"


def _checkout(asked: Asked) -> str:
    """Return the address of a repository on this machine with the name behind it.

    Some releases of pip take no such address behind a name, because it names no machine.
    """
    package = asked.package
    if package is None or package.url is None:
        return asked.text
    joint = "&" if "#" in package.url else "#"
    return f"{package.url}{joint}egg={_name(package)}{_marker(package)}"


def _name(package: Requirement) -> str:
    extras = f"[{','.join(sorted(package.extras))}]" if package.extras else ""
    return f"{package.name}{extras}"


def _marker(package: Requirement) -> str:
    return f" ; {package.marker}" if package.marker else ""
