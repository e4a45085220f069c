"""Which files are one's own: those of the project that one works in.

A document that somebody else has sent may bring settings beside it, and settings decide what is
written where. So they count without being asked for only where the reader could have written them.
"""

import os
from pathlib import Path

from attrs import frozen

#: What shows that a folder is where a project begins.
_MARKS = ("pyproject.toml", ".git")


@frozen
class Project:
    """A folder, with all that lies in it."""

    folder: Path

    def has(self, path: Path) -> bool:
        """Tell whether a file or folder, or what a link of that name leads to, is of the project.

        A checkout within it, with a ``.git`` of its own, is somebody else's; and in a home or at
        the root, where downloads lie too, only what lies in that very folder is one's own.
        """
        found = path.resolve()
        if found == self.folder or not found.is_relative_to(self.folder):
            return found == self.folder
        if _is_shared(self.folder):
            return found.parent == self.folder
        below = [each for each in (found, *found.parents) if self.folder in each.parents]
        return not any((each / ".git").exists() for each in below)


def current_project() -> Project:
    """Return the project of the working folder.

    It begins at the nearest folder above that has a ``pyproject.toml`` or ``.git`` and belongs to
    the same user; without one it is the working folder itself.
    """
    working = Path.cwd().resolve()
    for folder in (working, *working.parents):
        if _is_shared(folder) or not _is_mine(folder):
            break
        if any((folder / mark).exists() for mark in _MARKS):
            return Project(folder)
    return Project(working)


def _is_shared(folder: Path) -> bool:
    """Tell whether a folder holds more than one project: a home, or the root of the disk."""
    return folder in (Path(folder.anchor), Path(os.path.expanduser("~")).resolve())


def _is_mine(folder: Path) -> bool:
    """Tell whether a folder is the user's: in ``/tmp`` anybody can put a ``pyproject.toml``."""
    return os.name != "posix" or folder.stat().st_uid == os.geteuid()
