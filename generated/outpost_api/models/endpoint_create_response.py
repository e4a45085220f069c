# Generated from spec/outpost.yaml#/components/schemas/EndpointCreateResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCreateResponse: What was created."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointCreateResponse(Model):
    """What was created.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        name: Its name: the one asked for, or one that was chosen. (at most 63 characters)
    """

    id: str
    name: str


__all__ = ["EndpointCreateResponse"]
