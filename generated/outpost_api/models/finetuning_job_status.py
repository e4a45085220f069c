# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobStatus by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobStatus: How far a job is: `created` waits to be enqueued, `queued` for hardware, `starting` loads what it."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class FinetuningJobStatus(OpenEnum):
    """How far a job is: `created` waits to be enqueued, `queued` for hardware, `starting` loads what
    it needs, `running` trains; the other four are final. Open: clients accept values that are not
    listed. No client publishes these; they are what creating, enqueueing and deleting imply.

    Values that this document does not know survive as they are.
    """

    created = "created"
    queued = "queued"
    starting = "starting"
    running = "running"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"
    timed_out = "timed_out"


#: A member, or its text as it is.
if TYPE_CHECKING:
    FinetuningJobStatusLike = Union[
        FinetuningJobStatus,
        Literal[
            "created",
            "queued",
            "starting",
            "running",
            "succeeded",
            "failed",
            "cancelled",
            "timed_out",
        ],
    ]
else:
    FinetuningJobStatusLike = FinetuningJobStatus

__all__ = ["FinetuningJobStatus", "FinetuningJobStatusLike"]
