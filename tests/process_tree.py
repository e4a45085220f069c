"""The processes below a process, on Linux."""

import os
from contextlib import suppress
from typing import Set


def descendants(pid: int) -> Set[int]:
    """Return every process below ``pid``; those that end meanwhile may be among them or not."""
    found: Set[int] = set()
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError), open(f"/proc/{pid}/task/{task}/children") as file:
                found.update(int(child) for child in file.read().split())
    for child in tuple(found):
        found |= descendants(child)
    return found
