"""Asking the operating system whether a socket can be read or written."""

from __future__ import annotations

import select
from typing import Optional

NOTHING = 0
READABLE = 1
WRITABLE = 2

# poll takes any descriptor, select none above 1023; Windows has only select, without that limit.
if hasattr(select, "poll"):

    def wait_ready(descriptor: int, wanted: int, timeout_s: Optional[float]) -> int:
        """Return which of ``READABLE | WRITABLE`` the socket is, or ``NOTHING`` after the timeout.

        A connection that was closed or broken counts as readable: reading tells how it ended.
        """
        poller = select.poll()
        poller.register(
            descriptor,
            (select.POLLIN if wanted & READABLE else 0)
            | (select.POLLOUT if wanted & WRITABLE else 0),
        )
        for _, events in poller.poll(None if timeout_s is None else timeout_s * 1000):
            return (READABLE if events & ~select.POLLOUT else 0) | (
                WRITABLE if events & select.POLLOUT else 0
            )
        return NOTHING

else:

    def wait_ready(descriptor: int, wanted: int, timeout_s: Optional[float]) -> int:
        """Return which of ``READABLE | WRITABLE`` the socket is, or ``NOTHING`` in time."""
        one = [descriptor]
        readable, writable, broken = select.select(
            one if wanted & READABLE else [], one if wanted & WRITABLE else [], one, timeout_s
        )
        return (READABLE if readable or broken else 0) | (WRITABLE if writable else 0)
