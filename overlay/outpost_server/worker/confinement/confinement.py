"""What one replica is left with, and shutting its process in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outpost_server.worker.confinement import identity, landlock
from outpost_server.worker.confinement.mounts import open_ways

SHARED_MEMORY = "/dev/shm"
# What programs open by name. Those of graphics hardware are found when a replica starts.
DEVICES = tuple(f"/dev/{name}" for name in "null zero full random urandom tty ptmx pts".split())
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

    def apply(self) -> None:
        """Shut this process in. It must have one thread.

        Raises:
            OSError: the kernel refuses; the process must not go on.
        """
        if sys.platform != "linux":
            return
        if self.uid is not None:
            folder = os.getcwd()
            open_ways((*self.reads, *self.writes))
            os.chdir(folder)
        rules = self._rules() if self.is_landlocked else None
        if self.is_enforced:
            identity.leave_keys()  # as the user that may have the most of them
        if self.uid is not None:
            identity.become(self.uid)
        elif self.is_landlocked and os.geteuid() == 0:
            identity.drop_capabilities()
        if rules is not None:
            identity.gain_nothing_more()
            rules.restrict()

    def _rules(self) -> landlock.Ruleset:
        rules = landlock.Ruleset()
        rules.allow(self.reads, landlock.READ)
        rules.allow(self.writes, landlock.WRITE)
        rules.allow(DEVICES, landlock.DEVICE)
        rules.allow(_graphics(), landlock.DEVICE)
        rules.allow([SHARED_MEMORY], landlock.UNLISTED)
        return rules


def _graphics() -> list[str]:
    return [f"/dev/{name}" for name in os.listdir("/dev") if name.startswith(GRAPHICS)]
