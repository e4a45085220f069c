# Generated from spec/outpost.yaml#/components/schemas/HardwareInstance by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""HardwareInstance: What one replica can run on."""

from typing import List, Optional

from attrs import define

from outpost_api.model import Model


@define
class HardwareInstance(Model):
    """What one replica can run on.

    Attributes:
        id: Identifier, such as `cpu-sm`. (at most 64 characters)
        name: The name to show to people. (at most 200 characters)
        cpus: Processors; null for as many as there are. (at least 1)
        memoryBytes: Memory in bytes; null for as much as there is. (at least 1)
        gpus: Graphics processors, which no other replica uses. (at least 0)
        aliases: Other ids that mean the same.
        isDefault: Whether endpoints have it that name none.
        isAvailable: Whether the server has as many graphics processors at all.
    """

    id: str
    name: str
    cpus: Optional[int]
    memoryBytes: Optional[int]
    gpus: int
    aliases: List[str]
    isDefault: bool
    isAvailable: bool


__all__ = ["HardwareInstance"]
