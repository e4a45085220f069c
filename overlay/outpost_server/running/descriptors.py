"""How many files the server may have open, and how many of them may be connections of clients."""

from __future__ import annotations

import resource

# Far more than a server of one machine needs. Replicas have the same bound, and some programs
# close every number up to it whenever they start another: a million of them take seconds.
MOST = 65_536


def raise_descriptor_limit() -> int:
    """Raise the soft limit of this process to its hard one, up to ``MOST``; return what it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft  # macOS has a bound below the hard limit
    return wanted


def client_share(limit: int) -> int:
    """Return how many descriptors clients may take.

    Each takes one, and another while it has a request, for the connection to a replica. Of the
    rest one half is for :func:`backlog`, and one for replicas, logs and the database.
    """
    return max(16, limit * 3 // 4)


def backlog(limit: int) -> int:
    """Return how many clients may wait to be accepted: all of them may be, at one time."""
    return max(16, min(2048, limit // 8))
