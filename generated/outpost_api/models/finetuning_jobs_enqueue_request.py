# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobsEnqueueRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobsEnqueueRequest: Jobs to enqueue."""

from typing import List

from attrs import define

from outpost_api.model import Model


@define
class FinetuningJobsEnqueueRequest(Model):
    """Jobs to enqueue.

    Attributes:
        jobs: Ids of the jobs, in the order in which they shall run. (1 to 100 items; no
            repetitions)
    """

    jobs: List[str]


__all__ = ["FinetuningJobsEnqueueRequest"]
