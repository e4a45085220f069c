"""Children and their children: being told of their end, and holding on to those of others."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends, also in sessions of their own."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(pid: int | str = "self") -> list[int]:
    """Return the ids of the children of a process, those that have ended included."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                found += [int(child) for child in file.read().split()]
    return found


def wake_on_child() -> int:
    """Return a descriptor that becomes readable whenever a child has ended."""
    woken, wake = os.pipe()
    for fd in (woken, wake):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken


def let_signals_end_forks(server: object) -> None:
    """Have signals end what is forked from this process, although methods of ``server`` take them.

    A fork serves nothing. A pool that ends its processes would wait for them without end.
    """
    masks = threading.local()

    def hold() -> None:
        masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))

    def go_on() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, masks.before)

    def leave() -> None:
        if getattr(signal.getsignal(signal.SIGTERM), "__self__", None) is server:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if getattr(signal.getsignal(signal.SIGINT), "__self__", None) is server:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        go_on()

    # Held meanwhile: if it came before the fork has left, it would be lost.
    os.register_at_fork(before=hold, after_in_parent=go_on, after_in_child=leave)


def close_all_but(*kept: int) -> None:
    """Close every descriptor of a fork but the standard ones and ``kept``."""
    low = 3
    for fd in sorted(kept):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, 2**31 - 1)
