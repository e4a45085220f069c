# Generated from spec/outpost.yaml#/components/schemas/EndpointDeploymentStatus by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointDeploymentStatus: Where a deployment stands: `queued` behind another, `building` its environment, `deploying` its first."""

from outpost_api.model import OpenEnum


class EndpointDeploymentStatus(OpenEnum):
    """Where a deployment stands: `queued` behind another, `building` its environment, `deploying` its
    first replica, `healthy` when that was ready, `failed` when it was not, `superseded` once a
    later one is healthy, `cancelled` when its endpoint was deleted. Open: clients accept values
    that are not listed.

    Values that this document does not know survive as they are.
    """

    queued = "queued"
    building = "building"
    deploying = "deploying"
    healthy = "healthy"
    failed = "failed"
    superseded = "superseded"
    cancelled = "cancelled"


__all__ = ["EndpointDeploymentStatus"]
