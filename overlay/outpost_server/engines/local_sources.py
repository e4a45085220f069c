"""What the entries of ``python_requirements`` hold that lie on this machine: it may change."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from outpost_server.engines.requirements import Asked, read_requirement

# What changes without the package changing.
LEFT_OUT = frozenset({"__pycache__", ".git", ".hg", ".svn"})
# Of a repository: what says which commits its names stand for.
NAMES_OF_COMMITS = ("HEAD", "packed-refs", "refs")


def source_digests(requirements: Iterable[str]) -> dict[str, str]:
    """Return a digest for each entry that names something on this machine, by the entry.

    It is another one after every change of a file, or of a commit where a repository is named. What
    cannot be read is not counted: building it says best what is wrong.
    """
    found = {}
    for asked in map(read_requirement, requirements):
        if asked.path is not None and asked.path.exists():
            # Of what a link leads to: that is what is copied to be built.
            found[asked.text] = _digest(asked, asked.path.resolve())
    return found


def _digest(asked: Asked, path: Path) -> str:
    digest = hashlib.sha256()
    parts = _repository_parts(path) if asked.is_checkout else [path]
    for part in parts:
        for name, file in _entries(part):
            try:
                digest.update(repr((name, *_described(file))).encode())
            except OSError:
                continue
    return digest.hexdigest()


def _entries(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file and link below a folder with its name there, always in the same order."""
    if not path.is_dir():
        yield path.name, path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted((*files, *links)):
            file = Path(folder, name)
            yield str(file.relative_to(path)), file


def _described(path: Path) -> tuple[str, str]:
    """Return the kind of a file, and a digest or the aim of it; pipes and the like are not read."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "link", os.readlink(path)
    if not stat.S_ISREG(mode):
        return "other", ""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return "program" if mode & 0o111 else "file", content


def _repository_parts(path: Path) -> list[Path]:
    """Return where a repository keeps which commits it has, be it bare or one of its worktrees."""
    git = path / ".git" if (path / ".git").exists() else path
    shared = git
    try:
        if git.is_file():
            git = path / git.read_text().removeprefix("gitdir:").strip()
            shared = git / (git / "commondir").read_text().strip()
    except OSError:
        return [git]
    return [folder / name for folder in dict.fromkeys((git, shared)) for name in NAMES_OF_COMMITS]
