# Generated from spec/outpost.yaml#/components/schemas/ReplicaScalingConfig by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""ReplicaScalingConfig: How an endpoint scales."""

from attrs import define

from outpost_api.model import Model


@define
class ReplicaScalingConfig(Model):
    """How an endpoint scales. The number of replicas is the number of pending requests divided by
    `targetPendingRequests`, rounded up and kept between `min` and `max`.

    Attributes:
        min: Fewest replicas; 0 lets the endpoint sleep. Not more than `max`. (0 to 100; default 0)
        max: Most replicas. (1 to 100; default 1)
        scaledownPeriod: Seconds without a pending request before the endpoint goes back to `min`.
            (1 to 604800; default 900)
        targetPendingRequests: Requests, waiting or being answered, that one replica is meant for.
            (1 to 100000; default 100)
    """

    min: int = 0
    max: int = 1
    scaledownPeriod: int = 900
    targetPendingRequests: int = 100


__all__ = ["ReplicaScalingConfig"]
