"""What pip knows of the operator while it builds: its settings, its cache, and nothing else."""

from __future__ import annotations

import configparser
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from outpost_server.engines.process.variables import for_replicas

# Where pip looks, below a home.
FILES = (Path(".pip/pip.conf"), Path(".config/pip/pip.conf"))
# Where that lies which PIP_CONFIG_FILE names: only the operator may be able to read the original.
NAMED_FILE = Path("named-pip.conf")
SYSTEM_FILES = (Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf"))
# What compilers are told. Those of pip may have the password of an index, which pip cannot do
# without: see docs/isolation.md.
PREFIXES = ("PIP_", "CMAKE_", "PKG_CONFIG_")
NAMES = frozenset("CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS CARGO_BUILD_JOBS".split())
# Settings that may name files of this machine.
PATHS = frozenset(
    "find-links index-url extra-index-url constraint build-constraint cert client-cert".split()
)


def build_variables(
    environment: Mapping[str, str], passed: Collection[str], temporary: Path, cache: Path
) -> dict[str, str]:
    """Return the variables of a build whose home and temporary folder is ``temporary``.

    :func:`copy_settings` has been there.
    """
    named = temporary / NAMED_FILE
    wanted = {
        name: value
        for name, value in environment.items()
        if name.startswith(PREFIXES) or name in NAMES
    }
    return {
        **for_replicas(environment, passed),
        **wanted,
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "PIP_CACHE_DIR": str(cache),
        "GIT_TERMINAL_PROMPT": "0",
        **({"PIP_CONFIG_FILE": str(named)} if named.is_file() else {}),
    }


def own_cache(environment: Mapping[str, str]) -> Path:
    """Return where pip keeps what it has fetched for the operator."""
    usual = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pip"
    return Path(environment.get("PIP_CACHE_DIR") or usual).absolute()


def copy_settings(environment: Mapping[str, str], home: Path) -> None:
    """Put the settings of the operator's pip where pip finds them in another ``home``.

    And let git read repositories of this machine whoever they belong to.
    """
    (home / ".gitconfig").write_text("[safe]\n\tdirectory = *\n")
    for source, file in _files(environment):
        target = home / file
        with suppress(OSError):
            content = source.read_bytes()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def named_paths(environment: Mapping[str, str]) -> Iterator[Path]:
    """Return the files and folders that pip's settings name, such as one full of wheels."""
    files = [*SYSTEM_FILES, *(source for source, _ in _files(environment))]
    if own := environment.get("PIP_CONFIG_FILE"):
        yield Path(own).absolute()
    settings = configparser.RawConfigParser(strict=False)
    for file in files:
        with suppress(OSError, configparser.Error, UnicodeDecodeError):
            settings.read(file)
    told = [
        value
        for section in settings.sections()
        for name, value in settings.items(section)
        if name.replace("_", "-") in PATHS
    ]
    told += [environment.get("PIP_" + name.replace("-", "_").upper(), "") for name in PATHS]
    for word in " ".join(told).split():
        path = _local(word)
        if path is not None and path != Path("/"):
            yield path


def copy_source(path: Path, folder: Path) -> Path:
    """Copy a file or folder to be built into ``folder``: builds write beside what they build.

    Raises:
        OSError: it cannot be read.
    """
    target = folder / path.name
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return target


def _files(environment: Mapping[str, str]) -> Iterator[tuple[Path, Path]]:
    """Return each file of pip's settings with the place that it has in a home."""
    for file in FILES:
        yield Path.home() / file, file
    if own := environment.get("XDG_CONFIG_HOME"):
        yield Path(own) / "pip" / "pip.conf", FILES[-1]
    if (own := environment.get("PIP_CONFIG_FILE")) and Path(own).is_file():
        yield Path(own), NAMED_FILE


def _local(word: str) -> Path | None:
    with suppress(ValueError):
        parts = urlsplit(word)
        if parts.scheme in ("", "file") and parts.path.startswith("/"):
            return Path(unquote(parts.path))
    return None
