# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobLog by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobLog: A log line of a finetuning job with its time."""

from typing import ClassVar

from attrs import define

from outpost_api.model import Model
from outpost_api.models.finetuning_job_log_data import FinetuningJobLogData


@define
class FinetuningJobLog(Model):
    """A log line of a finetuning job with its time.

    Attributes:
        timestamp: When it was written: nanoseconds since 1970-01-01 UTC, in digits. (at most 32
            characters; pattern ``^[0-9]+$``)
        data: The line.
    """

    __native__: ClassVar[bool] = False

    timestamp: str
    data: FinetuningJobLogData


__all__ = ["FinetuningJobLog"]
