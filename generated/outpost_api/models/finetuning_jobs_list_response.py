# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobsListResponse by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobsListResponse: Jobs of finetuning services."""

from typing import ClassVar, List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.finetuning_job_resource import FinetuningJobResource


@define
class FinetuningJobsListResponse(Model):
    """Jobs of finetuning services.

    Attributes:
        total: How many jobs there are. (at least 0)
        jobs: The jobs.
    """

    __native__: ClassVar[bool] = False

    total: int
    jobs: List[FinetuningJobResource]


__all__ = ["FinetuningJobsListResponse"]
