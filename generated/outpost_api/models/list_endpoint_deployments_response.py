# Generated from spec/outpost.yaml#/components/schemas/ListEndpointDeploymentsResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ListEndpointDeploymentsResponse: Deployments of an endpoint."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_deployment import EndpointDeployment


@define
class ListEndpointDeploymentsResponse(Model):
    """Deployments of an endpoint.

    Attributes:
        total: How many match the filters in all. (at least 0)
        deployments: The deployments.
    """

    total: int
    deployments: List[EndpointDeployment]


__all__ = ["ListEndpointDeploymentsResponse"]
