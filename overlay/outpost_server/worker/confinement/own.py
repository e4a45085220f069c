"""What a replica has for itself of what all processes share otherwise, where the server is root."""

from __future__ import annotations

import ctypes
import os

from outpost_server.worker.confinement.mounts import mount_memory, unshare

SHARED_MEMORY = "/dev/shm"
CLONE_NEWIPC = 0x08000000
SHARED_PAGES = "/proc/sys/kernel/shmall"


def take_shared_memory(limit_bytes: int | None) -> None:
    """Have an empty ``/dev/shm``, which ends with the process and what it starts.

    It takes ``limit_bytes`` at most, half of the machine's memory with None.

    Raises:
        OSError: the kernel refuses.
    """
    unshare()
    size = "" if limit_bytes is None else f",size={limit_bytes}"
    mount_memory(SHARED_MEMORY, f"mode=1777{size}")


def take_queues(limit_bytes: int | None) -> None:
    """Have System V's shared memory, semaphores and messages, and POSIX's queues, for itself.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWIPC):
        number = ctypes.get_errno()
        raise OSError(number, f"cannot have queues of its own: {os.strerror(number)}")
    if limit_bytes is not None:
        with open(SHARED_PAGES, "w") as file:
            file.write(str(limit_bytes // os.sysconf("SC_PAGE_SIZE")))
