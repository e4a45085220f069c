"""How the server's process takes memory from the system, and gives it back."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# malloc.h of glibc
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8

LARGE_BYTES = 512 * 1024


def hold_little_memory() -> None:
    """Have this process give back what it has freed, where that can be chosen.

    glibc gives each thread a heap of its own, which keeps what it has once taken: 2 MiB for every
    thread that has ever read a log. As only one thread at a time runs Python, one heap does. Large
    blocks are none of it: without a bound, glibc raises the size of what it calls large each time
    that one is freed, and keeps the room for the largest body that has ever passed.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            choose = ctypes.CDLL(None).mallopt
            choose(M_ARENA_MAX, 1)
            choose(M_MMAP_THRESHOLD, LARGE_BYTES)
            choose(M_TRIM_THRESHOLD, LARGE_BYTES)
