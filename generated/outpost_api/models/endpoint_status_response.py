# Generated from spec/outpost.yaml#/components/schemas/EndpointStatusResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointStatusResponse: The status of an endpoint."""

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_status import EndpointStatus


@define
class EndpointStatusResponse(Model):
    """The status of an endpoint.

    Attributes:
        status: What the endpoint is doing.
    """

    status: EndpointStatus


__all__ = ["EndpointStatusResponse"]
