# Generated from spec/outpost.yaml#/components/schemas/FinetuningsListResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningsListResponse: The finetuning services of an owner."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.finetuning_resource import FinetuningResource


@define
class FinetuningsListResponse(Model):
    """The finetuning services of an owner.

    Attributes:
        total: How many services there are. (at least 0)
        finetunings: The services, newest first.
    """

    total: int
    finetunings: List[FinetuningResource]


__all__ = ["FinetuningsListResponse"]
