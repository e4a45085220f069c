"""Handing a folder to another user of the system: to read it, or to fill it for a while."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator


def let_read(folder: str, gid: int) -> None:
    """Let the group ``gid`` read a folder with what is in it, which nobody else has filled.

    Raises:
        OSError: something of it cannot be handed to the group.
    """
    if os.stat(folder).st_gid == gid:
        return
    # The folder last: that says that all of it has been.
    for path, found in reversed(list(_entries(folder))):
        os.chown(path, -1, gid, follow_symlinks=False)
        if not stat.S_ISLNK(found.st_mode):
            os.chmod(path, 0o750 if stat.S_ISDIR(found.st_mode) else 0o640)


def hand_over(folder: str, uid: int) -> None:
    """Make a folder with what is in it that of a user and its group. Nobody has filled it yet.

    Raises:
        OSError: something of it cannot be handed over.
    """
    # From below up: what has been handed over may become something else at once.
    for path, _ in reversed(list(_entries(folder))):
        os.chown(path, uid, uid, follow_symlinks=False)


def take_back(folder: str, uid: int) -> None:
    """Make a folder that ``uid`` has filled our own: others may read it, and only we write.

    No process of that user may run that can reach it. Bits such as set-user-ID go.

    Raises:
        OSError: there is something in it that is no folder, link or file of that user, or that has
            another name elsewhere, or cannot be reached; what was taken before stays so.
    """
    # From the top down: in a folder of ours nobody else changes what a name stands for.
    for path, found in _entries(folder):
        if found.st_uid != uid:
            raise OSError(f"{path} is not of who was to fill the folder")
        if stat.S_ISLNK(found.st_mode):
            os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)
            continue
        if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
            raise OSError(f"{path} is neither a folder nor a file nor a link")
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _take(path, file, os.fstat(file))
        finally:
            os.close(file)


def measure(folder: str) -> int:
    """Return the bytes of what is in a folder.

    Raises:
        OSError: something cannot be reached, such as what lies deeper than a path is long.
    """
    return sum(found.st_size for _, found in _entries(folder))


def _take(path: str, file: int, found: os.stat_result) -> None:
    is_folder = stat.S_ISDIR(found.st_mode)
    if not is_folder and found.st_nlink > 1:
        raise OSError(f"{path} has another name elsewhere: a hard link")
    os.fchown(file, os.geteuid(), os.getegid())
    os.fchmod(file, 0o755 if is_folder or found.st_mode & 0o111 else 0o644)


def _entries(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield a folder and all that is in it, each before what it contains; links are not followed.

    What it contains is looked up after what is yielded has been dealt with.
    """
    left = [folder]
    while left:
        path = left.pop()
        found = os.lstat(path)
        yield path, found
        if stat.S_ISDIR(found.st_mode):
            left += (os.path.join(path, name) for name in os.listdir(path))
