"""Too many connections: those that have waited longest for their client are closed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Protocol

# Of those that wait, so many are closed at once: looking for them takes a look at each.
CLOSED_AT_ONCE = 1 / 64


class Member(Protocol):
    """A connection as the crowd sees it."""

    @property
    def waiting_since(self) -> float | None:
        """When its client last did something that the server waits for; None when it does not."""
        ...

    @property
    def is_known(self) -> bool:
        """Whether its client has shown a token or a cookie with its last request."""
        ...

    def give_up(self) -> None:
        """Close it now, whatever is still to be sent."""


def thin_out(members: Iterable[Member]) -> bool:
    """Close a few of the connections that wait, those of clients who have shown nothing first.

    Return False when the server owes something to every one of them.
    """
    waiting = [
        (member.is_known, since, number, member)
        for number, member in enumerate(members)
        if (since := member.waiting_since) is not None
    ]
    for *_, member in heapq.nsmallest(max(1, int(len(waiting) * CLOSED_AT_ONCE)), waiting):
        member.give_up()
    return bool(waiting)
