"""``system_dependencies``: whether they are there, and installing them where that is allowed."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess

from outpost_server.engines.engine import Say, StartFailed
from outpost_server.engines.process.commands import CommandFailed, run_command

INSTALL_TIMEOUT_S = 1800.0
# What Debian allows; nothing that apt-get could take for an option, a version or a file.
NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9+.-]+")

# apt-get has one lock for the machine; who waits for it in here can be told so.
_installing = asyncio.Lock()


async def provide_system_packages(
    names: tuple[str, ...], say: Say, *, may_install: bool = False
) -> None:
    """Install what is missing, or else say that it is.

    Raises:
        StartFailed: one of them cannot be installed; ``traceback`` is the end of the output.
    """
    absent = await asyncio.to_thread(_missing, names)
    if absent and may_install:
        say(f"Installing system packages: {', '.join(absent)}.")
        await _install(absent, say)
    elif absent:
        say(
            f"system_dependencies are missing here: {', '.join(absent)}. The template may fail "
            "without them. Install them, or start the local Outpost with "
            "--allow-system-packages to have it do so.",
            level="WARNING",
        )


def _missing(names: tuple[str, ...]) -> list[str]:
    """Return those that are neither a command on the PATH nor an installed Debian package."""
    return [name for name in names if shutil.which(name) is None and not _is_package(name)]


async def _install(names: list[str], say: Say) -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        raise StartFailed(
            f"system_dependencies {', '.join(names)} cannot be installed: there is no apt-get here."
        )
    wrong = [name for name in names if not NAME_PATTERN.fullmatch(name)]
    if wrong:
        raise StartFailed(f"system_dependencies: {wrong[0]!r} is no name of a Debian package.")
    unknown = sorted(set(names) - await asyncio.to_thread(_known, names))
    if unknown:
        raise StartFailed(
            f"system_dependencies: no package is called {unknown[0]!r} here. If there should be "
            "one, run `apt-get update` on this machine first."
        )
    command = [apt, "install", "--yes", "--no-install-recommends", "--", *names]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        async with _installing, asyncio.timeout(INSTALL_TIMEOUT_S):
            await run_command(command, say, environment=environment)
    except TimeoutError:
        reason = f"system_dependencies were not installed within {INSTALL_TIMEOUT_S:g} s."
        raise StartFailed(reason) from None
    except CommandFailed as failed:
        reason = f"system_dependencies could not be installed: {_why_it_failed(failed.lines)}"
        raise StartFailed(reason, failed.output) from None


def _why_it_failed(lines: list[str]) -> str:
    """Return the last error that apt-get told of, or else its last line."""
    errors = [line for line in lines if line.lower().startswith(("error", "e: "))]
    return (errors or lines or ["no output"])[-1]


def _known(names: list[str]) -> set[str]:
    """Return those that are the name of a package, and not another's with something behind it.

    Where no package has the name, apt-get takes it for a pattern, or takes the last character for
    what to do with it: "strace-" removes strace.
    """
    cache = shutil.which("apt-cache")
    if cache is None:
        return set()
    known = set()
    for name in names:
        command = [cache, "-o", "APT::Cache::AllNames=true", "pkgnames", name]
        found = subprocess.run(command, capture_output=True, text=True)
        known |= {name} & set(found.stdout.split())
    return known


def _is_package(name: str) -> bool:
    query = shutil.which("dpkg-query")
    if query is None or not NAME_PATTERN.fullmatch(name):
        return False
    command = [query, "--show", "--showformat=${db:Status-Status}", name]
    found = subprocess.run(command, capture_output=True, text=True)
    return found.returncode == 0 and found.stdout == "installed"
