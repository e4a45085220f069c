# Generated from spec/outpost.yaml#/components/schemas/EndpointDeployRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointDeployRequest: How to deploy."""

from attrs import define

from outpost_api.model import Model


@define
class EndpointDeployRequest(Model):
    """How to deploy.

    Attributes:
        wakeup: Whether to scale the endpoint up once it is deployed. (default True)
    """

    wakeup: bool = True


__all__ = ["EndpointDeployRequest"]
