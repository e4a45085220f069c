# Generated from spec/outpost.yaml#/components/schemas/EndpointListResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointListResponse: The endpoints of an entity."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_resource import EndpointResource


@define
class EndpointListResponse(Model):
    """The endpoints of an entity.

    Attributes:
        total: How many there are. (at least 0)
        endpoints: The endpoints.
    """

    total: int
    endpoints: List[EndpointResource]


__all__ = ["EndpointListResponse"]
