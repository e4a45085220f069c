# Generated from spec/outpost.yaml#/components/schemas/EndpointHardwareInstanceDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointHardwareInstanceDetails: The hardware that a replica runs on."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointHardwareInstanceDetails(Model):
    """The hardware that a replica runs on. Later clients call the same class
    `HardwareInstanceDetails`; this document keeps the name of the first.

    Attributes:
        id: Identifier, such as `cpu-sm`. (at most 64 characters)
        name: The name to show to people. (at most 200 characters)
    """

    id: str
    name: str


__all__ = ["EndpointHardwareInstanceDetails"]
