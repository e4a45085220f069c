"""Removing folders that others have filled: templates, builds, whoever sends an archive."""

from __future__ import annotations

import itertools
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What is being killed may fill a folder again meanwhile; whoever has more patience calls again.
TRIES = 3
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(path: Path) -> bool:
    """Remove a folder with all that is in it, or a file or a link; tell whether it is gone.

    No link is followed, and it does not matter how deep the folder is or how its parts are closed.
    Raises nothing: what cannot be removed stays.
    """
    for _ in range(TRIES):
        with suppress(OSError):
            _remove_from(os.path.basename(path), os.path.dirname(path) or ".")
        if not os.path.lexists(path):
            return True
    return False


def _remove_from(name: str, parent_path: str) -> None:
    # The folder above is our own, however it is reached.
    parent = os.open(parent_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not _is_folder(name, parent):
            os.unlink(name, dir_fd=parent)
            return
        with _opened(name, parent) as top:
            _empty(top)
        os.rmdir(name, dir_fd=parent)
    finally:
        os.close(parent)


def _empty(top: int) -> None:
    """Remove what is in a folder.

    Each folder below is moved to the top before its turn comes, so that the deepest takes neither
    recursion, nor a descriptor for each floor, nor a path that is too long for the system.
    """
    fresh = (f"{os.urandom(8).hex()}-{number}" for number in itertools.count())
    left = list(_clear(top))
    while left:
        name = left.pop()
        with suppress(OSError):
            with _opened(name, top) as folder:
                for below in _clear(folder):
                    moved = next(fresh)
                    with suppress(OSError):
                        _unlock(below, folder)  # who moves a folder must be able to write to it
                        os.rename(below, moved, src_dir_fd=folder, dst_dir_fd=top)
                        left.append(moved)
            os.rmdir(name, dir_fd=top)


def _clear(folder: int) -> Iterator[str]:
    """Remove all from a folder but the folders in it, whose names are returned."""
    for name in os.listdir(folder):
        with suppress(OSError):
            if _is_folder(name, folder):
                yield name
            else:
                os.unlink(name, dir_fd=folder)


def _is_folder(name: str, parent: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


@contextmanager
def _opened(name: str, parent: int) -> Iterator[int]:
    _unlock(name, parent)
    folder = os.open(name, FOLDER, dir_fd=parent)
    try:
        yield folder
    finally:
        os.close(folder)


def _unlock(name: str, parent: int) -> None:
    """Open a folder to its own user, who may have closed it. Root needs no such thing."""
    if os.geteuid() == 0:
        return
    if sys.platform != "linux":
        os.chmod(name, stat.S_IRWXU, dir_fd=parent, follow_symlinks=False)
        return
    # Linux changes the mode of no link, but by its name alone it would follow one.
    folder = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        with suppress(PermissionError):  # that of another user may be open all the same
            os.chmod(f"/proc/self/fd/{folder}", stat.S_IRWXU)
    finally:
        os.close(folder)
