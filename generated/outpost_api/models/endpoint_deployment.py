# Generated from spec/outpost.yaml#/components/schemas/EndpointDeployment by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointDeployment: One rollout of an endpoint."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_deployment_status import EndpointDeploymentStatus
from outpost_api.models.user_short_details import UserShortDetails


@define
class EndpointDeployment(Model):
    """One rollout of an endpoint.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        status: Where it stands.
        createdAt: When it was created, UTC.
        concludedAt: When it was healthy or had failed, UTC; null until then.
        updatedAt: When it was last changed, UTC.
        timeTakenS: How long it took, in whole seconds; null until it is concluded. (at least 0)
        creator: Who deployed; null when the account is gone.
    """

    id: str
    status: EndpointDeploymentStatus
    createdAt: str
    concludedAt: Optional[str]
    updatedAt: str
    timeTakenS: Optional[int]
    creator: Optional[UserShortDetails]


__all__ = ["EndpointDeployment"]
