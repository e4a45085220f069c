"""How much of this machine a replica may use, by the name of its hardware instance."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

GIB = 1024**3
# Memory per processor in GiB of the general machine families of clouds: n2-highmem-4 has 32 GiB.
GIB_PER_CPU = {"standard": 4, "highmem": 8, "highcpu": 1}
FAMILY_PATTERN = re.compile(r"[a-z]\d[a-z]?-(standard|highmem|highcpu)-(\d{1,3})")


@dataclass(frozen=True)
class Hardware:
    """Processors and bytes of memory of one replica; None is as much as there is."""

    cpus: int | None = None
    memory_bytes: int | None = None


SMALL = {
    "cpu-sm": Hardware(2, 4 * GIB),
    "cpu-md": Hardware(4, 16 * GIB),
    "cpu-lg": Hardware(8, 32 * GIB),
}


def hardware_of(instance: str) -> Hardware:
    """Return the size of an instance, no larger than this machine.

    Instances with unknown names, those with accelerators among them, have no limits.
    """
    family = FAMILY_PATTERN.fullmatch(instance)
    if family is not None:
        cpus = int(family[2])
        found = Hardware(cpus, cpus * GIB_PER_CPU[family[1]] * GIB)
    else:
        found = SMALL.get(instance, Hardware())
    if found.cpus is None or found.memory_bytes is None:
        return found
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Hardware(min(found.cpus, os.cpu_count() or 1), min(found.memory_bytes, machine))
