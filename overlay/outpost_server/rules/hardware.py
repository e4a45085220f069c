"""The hardware that endpoints can ask for: a catalogue, to which a file of the server may add.

A file is TOML, or JSON when its name ends so; each table is one instance:

    only = true          # forget those that are built in

    [cpu-xl]
    name = "16 CPUs, 64 GiB"
    cpus = 16
    memory_gib = 64.0
    gpus = 0
    aliases = ["e2-standard-16"]
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

GIB = 1024**3
# Memory per processor in GiB of the general machine families of clouds: n2-highmem-4 has 32 GiB.
GIB_PER_CPU = {"standard": 4, "highmem": 8, "highcpu": 1}
FAMILY_PATTERN = re.compile(r"[a-z]\d[a-z]?-(standard|highmem|highcpu)-(\d{1,3})")
# As in 1xnvidia-tesla-t4: how many of which GPU. Which one it is depends on the machine.
ACCELERATOR_PATTERN = re.compile(r"([1-9]\d?)x[a-z][a-z0-9]*(?:-[a-z0-9]+)+")


class HardwareError(ValueError):
    """A file of hardware cannot be used; the message says why."""


@dataclass(frozen=True)
class Hardware:
    """What one replica may use; None is as much as there is. ``title`` is for people."""

    id: str
    title: str
    cpus: int | None = None
    memory_bytes: int | None = None
    gpus: int = 0
    aliases: tuple[str, ...] = ()

    def on_this_machine(self) -> Hardware:
        """Return it no larger than this machine in processors and memory."""
        if self.cpus is None and self.memory_bytes is None:
            return self
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        cpus = self.cpus and min(self.cpus, os.cpu_count() or 1)
        memory = self.memory_bytes and min(self.memory_bytes, machine)
        return replace(self, cpus=cpus, memory_bytes=memory)


class HardwareForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One instance in a file."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    cpus: Annotated[int, Meta(ge=1, le=4096)] | None = None
    memory_gib: Annotated[float, Meta(gt=0, le=65536)] | None = None
    gpus: Annotated[int, Meta(ge=0, le=1024)] = 0
    aliases: list[Annotated[str, Meta(min_length=1, max_length=64)]] = msgspec.field(
        default_factory=list
    )


class HardwareCatalogue:
    """The instances by id; the first is that of endpoints which name none.

    With ``only`` there are no others, whatever else their names might say.
    """

    def __init__(self, instances: Iterable[Hardware], *, only: bool = False) -> None:
        self.instances = tuple(instances)
        self._only = only
        self._by_name = {
            name.lower(): one for one in self.instances for name in (*one.aliases, one.id)
        }

    @property
    def default(self) -> Hardware:
        return self.instances[0]

    def find(self, name: str) -> Hardware | None:
        """Return the instance of a name, None when there is none.

        A name is an id or an alias in whatever case, a machine type of a cloud such as
        ``e2-standard-2``, or a number of accelerators such as ``1xnvidia-tesla-t4``.
        """
        found = self._by_name.get(name.lower())
        if found is not None or self._only:
            return found
        family = FAMILY_PATTERN.fullmatch(name)
        if family is not None and int(family[2]) > 0:
            cpus = int(family[2])
            gib = cpus * GIB_PER_CPU[family[1]]
            return Hardware(name, f"{_cpus(cpus)}, {gib} GiB", cpus, gib * GIB)
        accelerators = ACCELERATOR_PATTERN.fullmatch(name)
        if accelerators is not None:
            gpus = int(accelerators[1])
            named = (one for one in self.instances if one.gpus == gpus)
            return next(named, Hardware(name, _gpus(gpus), gpus=gpus))
        return None

    def resolve(self, name: str) -> Hardware:
        """Return the instance of a name, one without limits when there is none.

        Endpoints from before there was a catalogue may have any.
        """
        return self.find(name) or Hardware(name, name)

    def choices(self, *, gpus: int | None = None) -> str:
        """Return the ids in words, those that need at most so many GPUs."""
        return ", ".join(one.id for one in self.instances if gpus is None or one.gpus <= gpus)


def read_hardware(file: Path | None) -> HardwareCatalogue:
    """Return the instances that are built in, with those of a file added or put in their place.

    Raises:
        HardwareError: the file cannot be read or says something that cannot be.
    """
    if file is None:
        return HardwareCatalogue(BUILT_IN)
    try:
        text = file.read_text()
        told: Any = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise HardwareError(f"hardware file {file} cannot be read: {error}") from None
    if not isinstance(told, dict):
        raise HardwareError(f"hardware file {file}: expected one table for each instance.")
    only = told.pop("only", False)
    if not isinstance(only, bool):
        raise HardwareError(f"hardware file {file}: only: expected true or false.")
    found = {} if only else {one.id: one for one in BUILT_IN}
    found.update(_instances(file, told))
    if not found:
        raise HardwareError(f"hardware file {file} has no instance: write a table for one.")
    return HardwareCatalogue(found.values(), only=only)


def _instances(file: Path, told: Mapping[str, Any]) -> dict[str, Hardware]:
    found = {}
    for name, table in told.items():
        if not 0 < len(name) <= 64:
            raise HardwareError(f"hardware file {file}: {name[:64]!r}: use 1 to 64 characters.")
        try:
            form = msgspec.convert(table, HardwareForm)
        except msgspec.ValidationError as error:
            raise HardwareError(f"hardware file {file}: {name}: {error}") from None
        memory = None if form.memory_gib is None else round(form.memory_gib * GIB)
        title = form.name or _title(form)
        found[name] = Hardware(name, title, form.cpus, memory, form.gpus, tuple(form.aliases))
    return found


def _title(form: HardwareForm) -> str:
    parts = [
        "all CPUs" if form.cpus is None else _cpus(form.cpus),
        "" if form.memory_gib is None else f"{form.memory_gib:g} GiB",
        _gpus(form.gpus) if form.gpus else "",
    ]
    return ", ".join(part for part in parts if part)


def _cpus(count: int) -> str:
    return f"{count} CPU" if count == 1 else f"{count} CPUs"


def _gpus(count: int) -> str:
    return f"{count} GPU" if count == 1 else f"{count} GPUs"


BUILT_IN = (
    Hardware("cpu-sm", "Small: 2 CPUs, 4 GiB", 2, 4 * GIB),
    Hardware("cpu-md", "Medium: 4 CPUs, 16 GiB", 4, 16 * GIB),
    Hardware("cpu-lg", "Large: 8 CPUs, 32 GiB", 8, 32 * GIB),
    Hardware("gpu-1", "1 GPU", gpus=1, aliases=("1xnvidia-tesla-t4",)),
    Hardware("gpu-2", "2 GPUs", gpus=2),
    Hardware("gpu-4", "4 GPUs", gpus=4),
    Hardware("gpu-8", "8 GPUs", gpus=8),
)
