"""How the server's process takes memory from the system."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h of glibc


def share_one_heap() -> None:
    """Have all threads of this process allocate from one heap, where that can be chosen.

    glibc gives each thread a heap of its own, which keeps what it has once taken: 2 MiB for every
    thread that has ever read a log. As only one thread at a time runs Python, one heap does.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
