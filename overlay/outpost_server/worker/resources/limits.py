"""How much memory and processor time a worker may use."""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from outpost_server.worker.descendants import children
from outpost_server.worker.resources.memory import memory_of

MEMORY_INTERVAL_S = 0.5
MIB = 1024 * 1024
LARGER = "a larger hardware_instance has more"


@dataclass(frozen=True)
class Limits:
    """Limits of one replica, None where there is none."""

    memory_bytes: int | None = None
    cpus: int | None = None

    def apply(self) -> None:
        """Limit the calling process and what it starts.

        Memory: an allocation beyond the limit fails, which Python reports as ``MemoryError``. It
        counts what a process can write to (RLIMIT_DATA), not the address space, of which
        libraries reserve far more than they use. Each process has the limit for itself; what they
        use together is for :class:`MemoryWatch`.
        """
        if sys.platform != "linux":
            return
        if self.memory_bytes is not None:
            with suppress(ValueError, OSError):  # the user's own limit may be lower
                resource.setrlimit(resource.RLIMIT_DATA, (self.memory_bytes, self.memory_bytes))
        available = sorted(os.sched_getaffinity(0))
        if self.cpus is not None and self.cpus < len(available):
            # Replicas begin at different processors.
            first = os.getpid() % len(available)
            os.sched_setaffinity(0, (available[first:] + available[:first])[: self.cpus])
            # Libraries count the processors of the machine, not those that they may use.
            for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
                os.environ.setdefault(name, str(self.cpus))


class MemoryWatch:
    """Notices when a worker and its descendants use more than the limit together."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.memory_bytes
        self._next = time.monotonic()

    def is_due(self) -> bool:
        return self._limit is not None and time.monotonic() >= self._next

    def excess(self) -> str | None:
        """Return what is wrong, None when nothing is."""
        self._next = time.monotonic() + MEMORY_INTERVAL_S
        assert self._limit is not None
        used = memory_of(children())
        if used <= self._limit:
            return None
        may = f"may use {self._limit // MIB} MiB; {LARGER}"
        return f"it used {used // MIB} MiB of memory and {may}"
