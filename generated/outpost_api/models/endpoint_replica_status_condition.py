# Generated from spec/outpost.yaml#/components/schemas/EndpointReplicaStatusCondition by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointReplicaStatusCondition: One statement about the replicas of an endpoint."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointReplicaStatusCondition(Model):
    """One statement about the replicas of an endpoint.

    Attributes:
        lastTransitionTime: When the statement last became true or false, UTC.
        lastUpdateTime: When it was last checked, UTC.
        message: The statement for people.
        reason: Why it holds or does not. (at most 200 characters)
        status: `True`, `False` or `Unknown`. (at most 16 characters)
        type: What it is about: `Available` or `Progressing`. (at most 64 characters)
    """

    lastTransitionTime: str
    lastUpdateTime: str
    message: str
    reason: str
    status: str
    type: str


__all__ = ["EndpointReplicaStatusCondition"]
