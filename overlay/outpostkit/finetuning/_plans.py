"""What the methods of finetunings ask, and what they make of the answers. Performs nothing."""

from typing import TYPE_CHECKING, Dict, List, Literal, Mapping, Optional, Tuple, Union

from outpost_api.api import finetunings as operations
from outpost_api.later import later
from outpostkit._resources.names import checked_name
from outpostkit._resources.owned import OwnedPlans
from outpostkit._resources.resource import Resource
from outpostkit._resources.secrets import checked_secrets
from outpostkit._resources.values import given, moment_text
from outpostkit.exceptions import ConfigurationError, OutpostError

if TYPE_CHECKING:
    from outpost_api import models, request, types
    from outpost_api.request import RequestPlan
    from outpostkit._resources import catalogue, secrets, values
    from outpostkit._resources.secrets import CheckedSecrets
    from outpostkit.finetuning import _records
    from outpostkit.finetuning._records import (
        FinetuningJobResource,
        FinetuningResource,
    )

else:
    models = later("outpost_api.models")
    request = later("outpost_api.request")
    types = later("outpost_api.types")
    catalogue = later("outpostkit._resources.catalogue")
    secrets = later("outpostkit._resources.secrets")
    values = later("outpostkit._resources.values")
    _records = later("outpostkit.finetuning._records")

ModelSource = Literal["huggingface", "outpost", "none"]


class FinetuningsPlans(OwnedPlans):
    """An entity and the requests about its finetuning services."""

    def _get_plan(
        self, name: str
    ) -> "request.RequestPlan[models.FinetuningResource, models.Error]":
        return operations.get_finetuning.plan(self.entity, checked_name(name, "name"))

    def _list_plan(self) -> "request.RequestPlan[models.FinetuningsListResponse, models.Error]":
        return operations.list_finetunings.plan(self.entity)

    def _creation(
        self,
        name: str,
        task_type: "Union[models.FinetuningTask, catalogue.FinetuningTaskName]",
        dataset: str,
        train_path: str,
        validation_path: str,
        secrets: "Optional[secrets.Secrets]" = None,
    ) -> "Tuple[RequestPlan[models.FinetuningServiceCreateResponse, models.Error], CheckedSecrets]":
        """Return the request, and what of it must not appear in an error."""
        from outpost_api import models

        checked = checked_secrets(secrets)
        body = models.FinetuningCreateRequest(
            name=checked_name(name, "name"),
            taskType=models.FinetuningTask(task_type),
            dataset=_full_name(dataset, "dataset"),
            trainPath=train_path,
            validPath=validation_path,
            secrets=given(checked),
        )
        return operations.create_finetuning.plan(self.entity, body=body), checked


class FinetuningServicePlans(Resource):
    """The identity of one finetuning service and the requests about it."""

    def __init__(self, entity: str, name: str) -> None:
        self.entity = checked_name(entity, "entity")
        self.name = checked_name(name, "name")
        self.fullName = f"{self.entity}/{self.name}"
        self._details: Optional[FinetuningResource] = None

    @property
    def details(self) -> "_records.FinetuningResource":
        """Its data, as this object saw them last: when it was listed, got or asked for.

        Raises:
            ConfigurationError: it was only addressed so far; ``info()`` asks for them.
        """
        if self._details is None:
            raise ConfigurationError(f"{self!r} was not asked for yet: call info() before")
        return self._details

    def _seen(self, resource: "_records.FinetuningResource") -> "_records.FinetuningResource":
        self._details = resource
        return resource

    def _names(self) -> Tuple[str, ...]:
        return self.name, self.fullName

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fullName!r})"

    def _info_plan(self) -> "request.RequestPlan[models.FinetuningResource, models.Error]":
        return operations.get_finetuning.plan(self.entity, self.name)

    def _list_jobs_plan(
        self,
        status_in: Optional[List[str]] = None,
        status_not_in: Optional[List[str]] = None,
        with_config: Optional[bool] = None,
        with_trainer_log: Optional[bool] = None,
    ) -> "request.RequestPlan[models.FinetuningJobsListResponse, models.Error]":
        return operations.list_finetuning_jobs.plan(
            self.entity,
            self.name,
            status_in=given(_statuses(status_in)),
            status_not_in=given(_statuses(status_not_in)),
            cfg=given(with_config),
            trainer_log=given(with_trainer_log),
        )

    def _create_job_plan(
        self,
        hardware_instance: "catalogue.HardwareName",
        finetuned_model_repo: "_records.FinetuningModelRepo",
        configs: "Mapping[str, types.JsonValue]",
        column_configs: Optional[Dict[str, str]] = None,
        model_source: "ModelSource" = "none",
        source_model: "Optional[_records.SourceModel]" = None,
        dataset_revision: Optional[str] = "HEAD",
        enqueue: Optional[bool] = None,
    ) -> "request.RequestPlan[models.FinetuningJobCreationResponse, models.Error]":
        from outpost_api import models
        from outpostkit.predictor._inputs.writing import Writer

        _full_name(finetuned_model_repo.fullName, "finetuned_model_repo")
        _check_source(model_source, source_model)
        body = models.FinetuningJobCreateRequest(
            hardwareInstanceId=hardware_instance,
            configs=Writer("configs").plain(configs),
            finetunedModel=finetuned_model_repo,
            columnConfigs=given(column_configs),
            modelSource=models.FinetuningModelSource(model_source),
            datasetCommitHash=dataset_revision or "HEAD",
        )
        if isinstance(source_model, models.FinetuningHFSourceModel):
            body.sourceHuggingfaceModel = source_model
        elif isinstance(source_model, models.FinetuningOutpostSourceModel):
            body.sourceOutpostModel = source_model
        return operations.create_finetuning_job.plan(
            self.entity, self.name, body=body, enqueue=given(enqueue)
        )


class FinetuningJobPlans(Resource):
    """The identity of one finetuning job and the requests about it."""

    def __init__(self, entity: str, name: str, job_id: str) -> None:
        self.entity = checked_name(entity, "entity")
        self.name = checked_name(name, "name")
        self.job_id = checked_name(job_id, "job_id")
        self._details: Optional[FinetuningJobResource] = None

    @property
    def details(self) -> "_records.FinetuningJobResource":
        """Its data, as this object saw them last: when it was listed, got or asked for.

        Raises:
            ConfigurationError: it was only addressed so far; ``info()`` asks for them.
        """
        if self._details is None:
            raise ConfigurationError(f"{self!r} was not asked for yet: call info() before")
        return self._details

    def _seen(self, resource: "_records.FinetuningJobResource") -> "_records.FinetuningJobResource":
        self._details = resource
        return resource

    def _names(self) -> Tuple[str, ...]:
        return (self.job_id,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.entity!r}, {self.name!r}, {self.job_id!r})"

    def _enqueue_plan(
        self,
    ) -> "request.RequestPlan[models.FinetuningJobsListResponse, models.Error]":
        from outpost_api.models import FinetuningJobsEnqueueRequest

        return operations.enqueue_finetuning_jobs.plan(
            self.entity, body=FinetuningJobsEnqueueRequest(jobs=[self.job_id])
        )

    def _info_plan(
        self, with_config: Optional[bool], with_trainer_log: Optional[bool]
    ) -> "request.RequestPlan[models.FinetuningJobResource, models.Error]":
        return operations.get_finetuning_job.plan(
            self.entity,
            self.name,
            self.job_id,
            cfg=given(with_config),
            trainer_log=given(with_trainer_log),
        )

    def _configs_plan(self) -> "request.RequestPlan[models.FinetuningJobConfigs, models.Error]":
        return operations.get_finetuning_job_configs.plan(self.entity, self.name, self.job_id)

    def _trainer_logs_plan(
        self,
    ) -> "request.RequestPlan[List[models.FinetuningJobTrainerLog], models.Error]":
        return operations.get_finetuning_job_trainer_logs.plan(self.entity, self.name, self.job_id)

    def _logs_plan(
        self,
        log_type: "Optional[values.LogType]" = None,
        start: "Optional[values.Moment]" = None,
        end: "Optional[values.Moment]" = None,
        limit: Optional[int] = 1000,
    ) -> "request.RequestPlan[List[models.FinetuningJobLog], models.Error]":
        from outpost_api.models import LogType as LogTypeEnum
        from outpost_api.types import UNSET

        return operations.get_finetuning_job_logs.plan(
            self.entity,
            self.name,
            self.job_id,
            log_type=UNSET if log_type is None else LogTypeEnum(log_type),
            limit=given(limit),
            start=given(moment_text(start)),
            end=given(moment_text(end)),
        )

    def _delete_plan(self) -> "request.RequestPlan[None, models.Error]":
        return operations.delete_finetuning_job.plan(self.entity, self.name, self.job_id)


def enqueued_job(
    enqueued: "models.FinetuningJobsListResponse", job_id: str
) -> "_records.FinetuningJobResource":
    """Return the job among those that were enqueued.

    Raises:
        OutpostError: the server answers about other jobs.
    """
    from outpostkit.finetuning._records import job_resource

    jobs = enqueued.jobs if isinstance(enqueued.jobs, list) else []
    found = next((job for job in jobs if getattr(job, "id", None) == job_id), None)
    if found is None:
        raise OutpostError(
            f"job {job_id} was to be enqueued, and the server answers about other jobs; "
            "info() tells whether it is in the queue"
        )
    return job_resource(found)


def _statuses(names: Optional[List[str]]) -> "Optional[List[models.FinetuningJobStatus]]":
    from outpost_api.models import FinetuningJobStatus

    if isinstance(names, str):
        raise ConfigurationError(f"a list of statuses is due, such as [{names!r}]")
    return None if names is None else [FinetuningJobStatus(name) for name in names]


def _full_name(value: str, field: str) -> str:
    entity, slash, name = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not (entity and slash and name) or "/" in name:
        raise ConfigurationError(f"{field} must be 'entity/name', not {value!r}")
    return value


def _check_source(model_source: str, source_model: "Optional[_records.SourceModel]") -> None:
    from outpost_api import models

    due = {
        "huggingface": models.FinetuningHFSourceModel,
        "outpost": models.FinetuningOutpostSourceModel,
    }.get(model_source)
    if due is None:
        if source_model is not None:
            raise ConfigurationError(
                f"source_model: model_source is {model_source!r}, which starts from no model; "
                "give model_source='huggingface' or 'outpost'"
            )
    elif not isinstance(source_model, due):
        raise ConfigurationError(
            f"source_model: model_source is {model_source!r}, so it must be a {due.__name__}"
        )
