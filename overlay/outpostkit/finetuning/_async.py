"""Finetunings for ``async`` code: the methods of :mod:`outpostkit.finetuning`, awaited."""

from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Union

from outpostkit._resources.failures import was_deleted_before
from outpostkit._resources.values import secret_values
from outpostkit.client import AsyncClient
from outpostkit.exceptions import NotFoundError
from outpostkit.finetuning._plans import (
    FinetuningJobPlans,
    FinetuningServicePlans,
    FinetuningsPlans,
    enqueued_job,
)

if TYPE_CHECKING:
    from outpost_api.models import (
        EndpointSecret,
        FinetuningJobConfigs,
        FinetuningJobTrainerLog,
        FinetuningTask,
    )
    from outpost_api.types import JsonValue
    from outpostkit._resources.raw import Awaited
    from outpostkit._resources.values import LogType, Moment
    from outpostkit.finetuning._plans import ModelSource, SourceModel
    from outpostkit.finetuning._records import (
        FinetuningJobLog,
        FinetuningJobResource,
        FinetuningJobsListResponse,
        FinetuningModelRepo,
        FinetuningResource,
        FinetuningsListResponse,
    )

__all__ = ["AsyncFinetuningJob", "AsyncFinetuningService", "AsyncFinetunings"]


class AsyncFinetuningJob(FinetuningJobPlans):
    """One training run, for ``async`` code; as :class:`outpostkit.FinetuningJob`, awaited."""

    with_raw_response: "RawAsyncFinetuningJob"

    def __init__(self, client: AsyncClient, entity: str, name: str, job_id: str) -> None:
        """Address a job of the service ``entity/name``."""
        super().__init__(entity, name, job_id)
        self._client = client

    async def enqueue(self) -> "FinetuningJobResource":
        """Put the job into the queue; see :meth:`outpostkit.FinetuningJob.enqueue`."""
        return enqueued_job(await self._client.call(self._enqueue_plan()), self.job_id)

    async def info(
        self, with_config: Optional[bool] = None, with_trainer_log: Optional[bool] = None
    ) -> "FinetuningJobResource":
        """Return the job; see :meth:`outpostkit.FinetuningJob.info`."""
        from outpostkit.finetuning._records import job_resource

        return job_resource(await self._client.call(self._info_plan(with_config, with_trainer_log)))

    async def configs(self) -> "FinetuningJobConfigs":
        """Return the configuration; see :meth:`outpostkit.FinetuningJob.configs`."""
        return await self._client.call(self._configs_plan())

    async def trainer_logs(self) -> "List[FinetuningJobTrainerLog]":
        """Return the trainer's figures; see :meth:`outpostkit.FinetuningJob.trainer_logs`."""
        return await self._client.call(self._trainer_logs_plan())

    async def get_logs(
        self,
        log_type: "Optional[LogType]" = None,
        start: "Optional[Moment]" = None,
        end: "Optional[Moment]" = None,
        limit: Optional[int] = 1000,
    ) -> "List[FinetuningJobLog]":
        """Return log lines; see :meth:`outpostkit.FinetuningJob.get_logs`."""
        from outpostkit._published.fields import all_published
        from outpostkit.finetuning._records import FinetuningJobLog

        logs = await self._client.call(self._logs_plan(log_type, start, end, limit))
        return all_published(FinetuningJobLog, logs)

    async def delete(self) -> None:
        """Delete the job for good; see :meth:`outpostkit.FinetuningJob.delete`."""
        try:
            await self._client.call(self._delete_plan())
        except NotFoundError as error:
            if not was_deleted_before(error):
                raise


class AsyncFinetuningService(FinetuningServicePlans):
    """One finetuning service, for ``async`` code; as :class:`outpostkit.FinetuningService`."""

    with_raw_response: "RawAsyncFinetuningService"

    def __init__(self, client: AsyncClient, entity: str, name: str) -> None:
        """Address the service ``entity/name``."""
        super().__init__(entity, name)
        self._client = client

    async def info(self) -> "FinetuningResource":
        """Return the service; see :meth:`outpostkit.FinetuningService.info`."""
        from outpostkit._published.fields import as_published
        from outpostkit.finetuning._records import FinetuningResource

        found = await self._client.call(self._info_plan())
        return as_published(FinetuningResource, found)

    async def list_jobs(
        self,
        status_in: Optional[List[str]] = None,
        status_not_in: Optional[List[str]] = None,
        with_config: Optional[bool] = None,
        with_trainer_log: Optional[bool] = None,
    ) -> "FinetuningJobsListResponse":
        """Return the jobs; see :meth:`outpostkit.FinetuningService.list_jobs`."""
        from outpostkit.finetuning._records import FinetuningJobsListResponse

        plan = self._list_jobs_plan(status_in, status_not_in, with_config, with_trainer_log)
        found = await self._client.call(plan)
        return FinetuningJobsListResponse(found.total, found.jobs)

    async def create_job(
        self,
        hardware_instance: str,
        finetuned_model_repo: "FinetuningModelRepo",
        configs: "Mapping[str, JsonValue]",
        column_configs: Optional[Dict[str, str]] = None,
        model_source: "ModelSource" = "none",
        source_model: "Optional[SourceModel]" = None,
        dataset_revision: Optional[str] = "HEAD",
        enqueue: Optional[bool] = None,
    ) -> AsyncFinetuningJob:
        """Create a training run; see :meth:`outpostkit.FinetuningService.create_job`."""
        plan = self._create_job_plan(
            hardware_instance, finetuned_model_repo, configs, column_configs, model_source,
            source_model, dataset_revision, enqueue,
        )  # fmt: skip
        created = await self._client.call(plan)
        return AsyncFinetuningJob(self._client, self.entity, self.name, created.id)


class AsyncFinetunings(FinetuningsPlans):
    """The finetuning services of one user or team, for ``async`` code."""

    with_raw_response: "RawAsyncFinetunings"

    def __init__(self, client: AsyncClient, entity: str) -> None:
        """Address the services of ``entity``."""
        super().__init__(entity)
        self._client = client

    async def list(self) -> "FinetuningsListResponse":
        """Return all services of the entity; see :meth:`outpostkit.Finetunings.list`."""
        from outpostkit.finetuning._records import FinetuningsListResponse

        found = await self._client.call(self._list_plan())
        return FinetuningsListResponse(found.total, found.finetunings)

    async def create(
        self,
        name: str,
        task_type: "Union[FinetuningTask, str]",
        dataset: str,
        train_path: str,
        validation_path: str,
        secrets: "Optional[List[EndpointSecret]]" = None,
    ) -> AsyncFinetuningService:
        """Create a service and return it; see :meth:`outpostkit.Finetunings.create`."""
        plan = self._create_plan(name, task_type, dataset, train_path, validation_path, secrets)
        created = await self._client._derive(secrets=secret_values(secrets)).call(plan)
        return AsyncFinetuningService(self._client, self.entity, created.name)


if TYPE_CHECKING:

    class RawAsyncFinetunings:
        create = Awaited(AsyncFinetunings.create)
        list = Awaited(AsyncFinetunings.list)

    class RawAsyncFinetuningService:
        create_job = Awaited(AsyncFinetuningService.create_job)
        info = Awaited(AsyncFinetuningService.info)
        list_jobs = Awaited(AsyncFinetuningService.list_jobs)

    class RawAsyncFinetuningJob:
        configs = Awaited(AsyncFinetuningJob.configs)
        delete = Awaited(AsyncFinetuningJob.delete)
        enqueue = Awaited(AsyncFinetuningJob.enqueue)
        get_logs = Awaited(AsyncFinetuningJob.get_logs)
        info = Awaited(AsyncFinetuningJob.info)
        trainer_logs = Awaited(AsyncFinetuningJob.trainer_logs)
