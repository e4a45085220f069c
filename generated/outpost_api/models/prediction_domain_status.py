# Generated from spec/outpost.yaml#/components/schemas/PredictionDomainStatus by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""PredictionDomainStatus: Whether an endpoint can predict."""

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_status import EndpointStatus


@define
class PredictionDomainStatus(Model):
    """Whether an endpoint can predict.

    Attributes:
        status: What the endpoint is doing.
    """

    status: EndpointStatus


__all__ = ["PredictionDomainStatus"]
