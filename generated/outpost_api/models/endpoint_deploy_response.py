# Generated from spec/outpost.yaml#/components/schemas/EndpointDeployResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointDeployResponse: The deployment that has begun."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointDeployResponse(Model):
    """The deployment that has begun.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
    """

    id: str


__all__ = ["EndpointDeployResponse"]
