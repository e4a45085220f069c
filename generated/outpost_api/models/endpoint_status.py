# Generated from spec/outpost.yaml#/components/schemas/EndpointStatus by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointStatus: What an endpoint is doing: `not_deployed` until its first deployment, `deploying` while one is under."""

from outpost_api.model import OpenEnum


class EndpointStatus(OpenEnum):
    """What an endpoint is doing: `not_deployed` until its first deployment, `deploying` while one is
    under way and none serves yet, `starting` while replicas of the serving one start, `healthy`
    when at least one is ready, `scaled_to_zero` when none is wanted until a request comes, `failed`
    when the last deployment failed and none serves, `deleting` at the end. Open: clients accept
    values that are not listed. Only `healthy` is known from the published clients.

    Values that this document does not know survive as they are.
    """

    not_deployed = "not_deployed"
    deploying = "deploying"
    starting = "starting"
    healthy = "healthy"
    scaled_to_zero = "scaled_to_zero"
    failed = "failed"
    deleting = "deleting"


__all__ = ["EndpointStatus"]
