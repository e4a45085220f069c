"""How much memory processes use, as far as their system tells.

What a fork has not written to since counts for it, too. Programs and libraries, which are files
that the system can read again, do not count.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from outpost_server.worker.descendants import children

KIB = 1024
BLOCK_BYTES = 512
SHARED_MEMORY = "/dev/shm"
# What lies in memory only, by the names that the kernel gives it.
IN_MEMORY = ("/memfd:", f"{SHARED_MEMORY}/", "/SYSV", "/dev/zero")
#: Device and number of a file.
File = tuple[int, int]


def memory_of(processes: Iterable[int]) -> int:
    """Return how many bytes of memory processes use, with all below them.

    What several of them share counts once, and what they hold in files without a place on a disk
    counts whether it is mapped or only open.
    """
    found, queue = 0, list(processes)
    shared = SharedMemory()
    while queue:
        one = queue.pop()
        private, mapped = _resident(one)
        found += private
        shared.add(one, mapped)
        queue += children(one)
    return found + shared.size()


class SharedMemory:
    """Adds up what processes share, from what can be had without walking their pages."""

    def __init__(self) -> None:
        self._own: dict[int, int] = {}
        self._open: dict[File, int] = {}
        self._ends: dict[File, int] = {}
        self._mapped = 0
        self._hidden = 0

    def add(self, pid: int, mapped_bytes: int) -> None:
        """Add a process that has ``mapped_bytes`` of shared memory before its eyes."""
        with suppress(OSError):
            self._own.update(_own_folder(pid))
        with suppress(OSError):
            self._open.update(_open_files(pid))
        if not mapped_bytes:
            return
        try:
            for file, end in _mapped_files(pid):
                self._ends[file] = max(end, self._ends.get(file, 0))
        except OSError:
            # It does not let others look, or has ended.
            self._hidden += mapped_bytes
        else:
            self._mapped += mapped_bytes

    def size(self) -> int:
        """Return how much it is together, in bytes."""
        opened = sum(size for (device, _), size in self._open.items() if device not in self._own)
        # The one counts what two processes map twice, the other what nobody has written to.
        ends = sum(
            end
            for file, end in self._ends.items()
            if file not in self._open and file[0] not in self._own
        )
        return sum(self._own.values()) + opened + min(ends, self._mapped) + self._hidden


def _resident(pid: int) -> tuple[int, int]:
    """Return the bytes of memory that ``pid`` has for itself, and those that it may share."""
    sizes = {"RssAnon": 0, "RssShmem": 0}
    with suppress(OSError), open(f"/proc/{pid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name in sizes:
                sizes[name] = int(value.split()[0]) * KIB
    return sizes["RssAnon"], sizes["RssShmem"]


def _own_folder(pid: int) -> Iterator[tuple[int, int]]:
    """Yield the device of a ``/dev/shm`` that only replicas like ``pid`` see, and what it holds."""
    folder = f"/proc/{pid}/root/{SHARED_MEMORY}"
    device = os.stat(folder).st_dev
    if device != os.stat(SHARED_MEMORY).st_dev:
        held = os.statvfs(folder)
        yield device, (held.f_blocks - held.f_bfree) * held.f_frsize


def _open_files(pid: int) -> Iterator[tuple[File, int]]:
    """Yield the files in memory that ``pid`` has open, and their sizes."""
    folder = f"/proc/{pid}/fd"
    for fd in os.listdir(folder):
        with suppress(OSError):  # closed meanwhile
            if os.readlink(f"{folder}/{fd}").startswith(IN_MEMORY):
                found = os.stat(f"{folder}/{fd}")
                yield (found.st_dev, found.st_ino), found.st_blocks * BLOCK_BYTES


def _mapped_files(pid: int) -> Iterator[tuple[File, int]]:
    """Yield the files that ``pid`` may share by mapping them, and where in them the part ends."""
    with open(f"/proc/{pid}/maps") as file:
        for line in file:
            span, rights, offset, device, number, *name = line.split(maxsplit=5)
            if number != "0" and (rights[3] == "s" or "".join(name).startswith(IN_MEMORY)):
                begin, _, end = span.partition("-")
                major, _, minor = device.partition(":")
                size = int(offset, 16) + int(end, 16) - int(begin, 16)
                yield (os.makedev(int(major, 16), int(minor, 16)), int(number)), size
