# Generated from spec/outpost.yaml#/components/schemas/EndpointDomainDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointDomainDetails: A domain that answers for an endpoint."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointDomainDetails(Model):
    """A domain that answers for an endpoint.

    Attributes:
        protocol: `https` or `http`. (at most 8 characters)
        name: Host name, with a port where it has one. (at most 300 characters)
        id: Opaque identifier. (at most 64 characters)
    """

    protocol: str
    name: str
    id: str


__all__ = ["EndpointDomainDetails"]
