"""Landlock: a process that gives up, for good, the files that it does not need.

It needs no privileges, holds for everything that the process starts, and since ABI 1 also keeps it
from looking into processes outside: their memory, their environment, their descriptors.
See https://docs.kernel.org/userspace-api/landlock.html for the numbers.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
# The highest right of each ABI; later ones add none to files.
LAST_RIGHT = {1: MAKE_SYM, 2: REFER, 3: TRUNCATE, 4: TRUNCATE, 5: IOCTL_DEV}

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK
    | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
)  # fmt: skip
DEVICE = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | IOCTL_DEV
#: Files in a folder that all share: who knows a name may use it, and nobody learns of any.
UNLISTED = READ_FILE | WRITE_FILE | MAKE_REG | REMOVE_FILE | TRUNCATE
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

#: Abstract sockets and signals stay within; ABI 6.
SCOPES = 3
SIGNALS_ABI = 6


def abi() -> int:
    """Return the version of Landlock here, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    version = _syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION_FLAG)
    return max(version, 0)


class Ruleset:
    """What a process may still do after :meth:`restrict`: nothing, until it is allowed."""

    def __init__(self) -> None:
        version = abi()
        last = LAST_RIGHT[min(version, max(LAST_RIGHT))] if version else 0
        self._handled = 2 * last - 1
        fields = [self._handled, 0, SCOPES] if version >= SIGNALS_ABI else [self._handled]
        attributes = struct.pack(f"={len(fields)}Q", *fields)
        self._fd = _checked(_syscall(CREATE_RULESET, attributes, len(attributes), 0))

    def allow(self, paths: Iterable[str], rights: int) -> None:
        """Allow ``rights`` on each path and what is below it. A path that is not there stays out.

        Raises:
            OSError: the kernel refuses the rule.
        """
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                self._allow(path, rights & self._handled)

    def _allow(self, path: str, rights: int) -> None:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(f"/proc/self/fd/{fd}"):
                rights &= ON_FILES
            rule = struct.pack("=Qi", rights, fd)
            _checked(_syscall(ADD_RULE, self._fd, PATH_BENEATH, rule, 0))
        finally:
            os.close(fd)

    def restrict(self) -> None:
        """Shut this thread in, and what it starts. It must have no_new_privs or be privileged."""
        _checked(_syscall(RESTRICT_SELF, self._fd, 0))
        os.close(self._fd)


def _syscall(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(number, *arguments)
    return result


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
