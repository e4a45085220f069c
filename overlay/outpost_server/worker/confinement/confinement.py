"""What one replica is left with, and shutting its process in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from outpost_server.worker.confinement import identity, landlock, own, syscalls
from outpost_server.worker.confinement.mounts import open_ways

# What programs open by name. Those of graphics hardware are found when a replica starts.
DEVICES = tuple(f"/dev/{name}" for name in "null zero full random urandom tty".split())
# All terminals of a user: only for one who is nobody else, such as the operator.
TERMINALS = ("/dev/ptmx", "/dev/pts")
GRAPHICS = ("nvidia", "dri", "kfd", "dxg", "davinci", "accel", "vfio")


@dataclass(frozen=True)
class Confinement:
    """``reads`` and ``writes`` are absolute paths, of folders or files.

    ``uid`` is the user to become, None to stay the same one. Without ``is_landlocked`` every file
    of that user can be reached: the kernel has no Landlock, or the operator has switched it off.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    uid: int | None = None
    is_landlocked: bool = False

    @property
    def is_enforced(self) -> bool:
        """Whether a process within it can reach less than the user of the server."""
        return self.is_landlocked or self.uid is not None

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Confinement:
        """Return it from its fields as JSON has them."""
        return cls(**{**values, "reads": tuple(values["reads"]), "writes": tuple(values["writes"])})

    def apply(self, memory_bytes: int | None = None) -> None:
        """Shut this process in. It must have one thread.

        Of ``memory_bytes``, None for those of the machine, half can be in ``/dev/shm``.

        Raises:
            OSError: the kernel refuses; the process must not go on.
        """
        if sys.platform != "linux" or not self.is_enforced:
            return
        is_alone = False
        if self.uid is not None:
            folder = os.getcwd()
            is_alone = _have_own(memory_bytes and memory_bytes // 2)
            open_ways((*self.reads, *self.writes))
            os.chdir(folder)
        rules = self._rules() if self.is_landlocked else None
        identity.leave_keys()  # as the user that may have the most of them
        if self.uid is not None:
            identity.become(self.uid)
        elif os.geteuid() == 0:
            identity.drop_capabilities()
        identity.gain_nothing_more()
        if rules is not None:
            rules.restrict()
        syscalls.refuse(is_alone=is_alone)

    def _rules(self) -> landlock.Ruleset:
        rules = landlock.Ruleset()
        rules.allow(self.reads, landlock.READ)
        rules.allow(self.writes, landlock.WRITE)
        rules.allow(DEVICES, landlock.DEVICE)
        if self.uid is not None:
            rules.allow(TERMINALS, landlock.DEVICE)
        rules.allow(_graphics(), landlock.DEVICE)
        rules.allow([own.SHARED_MEMORY], landlock.UNLISTED)
        return rules


def _have_own(shared_bytes: int | None) -> bool:
    """Return whether this process has its own queues now. Its user keeps others out elsewhere."""
    with suppress(OSError):
        own.take_shared_memory(shared_bytes)
    try:
        own.take_queues(shared_bytes)
    except OSError:
        return False
    return True


def _graphics() -> list[str]:
    return [f"/dev/{name}" for name in os.listdir("/dev") if name.startswith(GRAPHICS)]
