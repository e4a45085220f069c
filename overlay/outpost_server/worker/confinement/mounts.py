"""A view of the files for one process, in which what it needs can be reached under any user.

A folder that is closed to others, such as the home of root, keeps another user from everything
below, also from an interpreter that was installed there. Within a mount namespace of its own the
process gets an empty folder in that place, with nothing but what it needs in it.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_SLAVE = 2, 4, 4096, 16384, 1 << 19
CLONE_NEWNS = 0x20000


def closed_folder(path: str) -> str | None:
    """Return the uppermost folder above ``path`` that others may not pass, None if they may."""
    folder = ""
    for name in path.strip("/").split("/")[:-1]:
        folder += f"/{name}"
        try:
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return folder
        except OSError:
            return None
    return None


def open_ways(paths: Iterable[str]) -> None:
    """Give this process a view in which every path can be reached; it must be privileged.

    Raises:
        OSError: the kernel refuses.
    """
    wanted = {real for one in paths for real in (one, os.path.realpath(one))}
    wanted = {path for path in wanted if os.path.exists(path)}
    is_alone = False
    # A folder may be closed within one that has just been opened.
    while covers := _closed(wanted):
        if not is_alone:
            unshare()
            is_alone = True
        for cover, below in covers.items():
            # Before they are covered, and of the own mounts: others cannot be mounted elsewhere.
            sources = [os.open(path, os.O_PATH) for path in below]
            mount_memory(cover, "mode=755,size=1m")
            for path, fd in zip(below, sources, strict=True):
                _make_place(path, is_folder=os.path.isdir(f"/proc/self/fd/{fd}"))
                _mount(f"/proc/self/fd/{fd}", path, None, MS_BIND | MS_REC, None)
                os.close(fd)


def _closed(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return each closed folder with the uppermost of the paths below it."""
    covers: dict[str, list[str]] = {}
    for path in sorted(paths):
        cover = closed_folder(path)
        if cover is not None:
            below = covers.setdefault(cover, [])
            if not any(_is_below(path, other) for other in below):
                below.append(path)
    return covers


def unshare() -> None:
    """Have mounts of one's own from now on; what the machine mounts later is there as well.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise _error("cannot have mounts of its own")
    _mount("none", "/", None, MS_REC | MS_SLAVE, None)


def mount_memory(folder: str, options: str) -> None:
    """Put an empty folder in the place of ``folder``; what is written there stays in memory.

    Raises:
        OSError: the kernel refuses.
    """
    _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options)


def _make_place(path: str, *, is_folder: bool) -> None:
    # Not what the umask says: others have to pass here.
    made = path if is_folder else os.path.dirname(path)
    missing = []
    while not os.path.isdir(made):
        missing.append(made)
        made = os.path.dirname(made)
    for folder in reversed(missing):
        os.mkdir(folder)
        os.chmod(folder, 0o755)
    if not is_folder:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644))


def _is_below(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}/")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [None if text is None else text.encode() for text in (source, target, kind)]
    told = None if data is None else data.encode()
    if libc.mount(*arguments, ctypes.c_ulong(flags), told):
        raise _error(f"cannot mount {target}")


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
