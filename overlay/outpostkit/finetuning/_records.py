"""The classes of finetunings: what jobs are created from, and what the API answers about them.

They are the classes of ``outpost_api.models``, which also know the names that their fields had in
0.0.69 (``full_name`` for ``fullName``).
"""

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Union, cast

import attrs
from attrs import define

from outpost_api import models
from outpost_api.later import later
from outpostkit._published.constructors import make
from outpostkit._published.fields import as_published, renamed_fields
from outpostkit._published.log_data import FinetuningJobLogData
from outpostkit._resources.values import time_of

if TYPE_CHECKING:
    import datetime

    from outpost_api import types
else:
    datetime = later("datetime")
    types = later("outpost_api.types")

SourceModel = Union[models.FinetuningHFSourceModel, models.FinetuningOutpostSourceModel]


@renamed_fields(key_id="keyId")
@define
class FinetuningHFSourceModel(models.FinetuningHFSourceModel):
    """A Hugging Face model to start from."""


@renamed_fields(full_name="fullName")
@define
class FinetuningOutpostSourceModel(models.FinetuningOutpostSourceModel):
    """An Outpost model to start from."""


@renamed_fields(full_name="fullName")
@define
class FinetuningModelRepo(models.FinetuningModelRepo):
    """The repository that receives the trained model."""


@renamed_fields(full_name="fullName")
@define
class FinetunedModel(models.FinetunedModel):
    """Where the trained model is, or will be."""


@renamed_fields(
    full_name="fullName",
    task_type="taskType",
    created_at="createdAt",
    updated_at="updatedAt",
    train_path="trainPath",
    valid_path="validPath",
)
@define
class FinetuningResource(models.FinetuningResource):
    """A finetuning service."""

    if not TYPE_CHECKING:

        def __init__(self, *args: Any, **fields: Any) -> None:
            made = make(models.FinetuningResource, args, fields, stacklevel=5)
            super().__init__(*attrs.astuple(made, recurse=False))


@renamed_fields(
    created_at="createdAt",
    model_source="modelSource",
    hardware_instance="hardwareInstance",
    dataset_revision="datasetRevision",
    finetuned_model="finetunedModel",
    source_model="sourceModel",
)
@define
class FinetuningJobResource(models.FinetuningJobResource):
    """One training run of a finetuning service."""


@define(init=False)
class FinetuningsListResponse(models.FinetuningsListResponse):
    """The finetuning services of an owner."""

    def __init__(
        self,
        total: int,
        finetunings: "Sequence[Union[models.FinetuningResource, Mapping[str, types.JsonValue]]]",
    ) -> None:
        """Hold services; those given as JSON objects are read."""
        found: object = finetunings  # kept as it came, if it is no list
        if isinstance(finetunings, (list, tuple)):
            found = [
                FinetuningResource(**cast(Dict[str, Any], each))
                if isinstance(each, Mapping)
                else as_published(FinetuningResource, each)
                for each in finetunings
            ]
        super().__init__(total, cast("List[models.FinetuningResource]", found))


@define(init=False)
class FinetuningJobsListResponse(models.FinetuningJobsListResponse):
    """Jobs of finetuning services."""

    def __init__(self, total: int, jobs: "Sequence[models.FinetuningJobResource]") -> None:
        """Hold jobs."""
        found: object = jobs  # as above
        if isinstance(jobs, (list, tuple)):
            found = [job_resource(each) for each in jobs]
        super().__init__(total, cast("List[models.FinetuningJobResource]", found))


@define(init=False)
class FinetuningJobLog(models.FinetuningJobLog):
    """One log line: ``timestamp`` (nanoseconds since the epoch, in digits) and ``data``, as sent.

    ``time`` and ``message`` are derived from them.
    """

    def __init__(self, timestamp: str, data: models.FinetuningJobLogData) -> None:
        """Hold a line."""
        super().__init__(timestamp, as_published(FinetuningJobLogData, data))

    @property
    def time(self) -> "Optional[datetime.datetime]":
        """When it was written, in UTC to the microsecond; None when ``timestamp`` is no number."""
        return time_of(self.timestamp)

    @property
    def message(self) -> str:
        """The text of the line."""
        return self.data.message


def job_resource(found: models.FinetuningJobResource) -> FinetuningJobResource:
    """Return a job, and the models in it, as the classes of this module."""
    job = as_published(FinetuningJobResource, found)
    if not isinstance(job, FinetuningJobResource):
        return job  # a value of the wrong type is kept as it came
    if isinstance(job.finetunedModel, models.FinetunedModel):
        job.finetunedModel = as_published(FinetunedModel, job.finetunedModel)
    source = job.sourceModel
    if isinstance(source, models.FinetuningHFSourceModel):
        job.sourceModel = as_published(FinetuningHFSourceModel, source)
    elif isinstance(source, models.FinetuningOutpostSourceModel):
        job.sourceModel = as_published(FinetuningOutpostSourceModel, source)
    return job
