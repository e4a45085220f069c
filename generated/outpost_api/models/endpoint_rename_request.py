# Generated from spec/outpost.yaml#/components/schemas/EndpointRenameRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointRenameRequest: The new name of an endpoint."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointRenameRequest(Model):
    """The new name of an endpoint.

    Attributes:
        name: The new name, without its owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
    """

    name: str


__all__ = ["EndpointRenameRequest"]
