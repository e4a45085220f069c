"""Finetunings for ``async`` code: the methods of :mod:`outpostkit.finetuning`, awaited."""

from typing import TYPE_CHECKING, List, Optional

from outpostkit._calls.signatures import handed_on, takes
from outpostkit._published.fields import all_published, as_published
from outpostkit._resources.failures import deletion
from outpostkit.client import AsyncClient
from outpostkit.finetuning._plans import (
    FinetuningJobPlans,
    FinetuningServicePlans,
    FinetuningsPlans,
    enqueued_job,
)
from outpostkit.finetuning._records import (
    FinetuningJobLog,
    FinetuningJobResource,
    FinetuningJobsListResponse,
    FinetuningResource,
    FinetuningsListResponse,
    job_resource,
)

if TYPE_CHECKING:
    from typing import Any

    from outpost_api.models import (
        FinetuningJobConfigs,
        FinetuningJobTrainerLog,
    )
    from outpostkit._resources.raw import Awaited


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
        return job_resource(await self._client.call(self._info_plan(with_config, with_trainer_log)))

    async def configs(self) -> "FinetuningJobConfigs":
        """Return the configuration; see :meth:`outpostkit.FinetuningJob.configs`."""
        return await self._client.call(self._configs_plan())

    async def trainer_logs(self) -> "List[FinetuningJobTrainerLog]":
        """Return the trainer's figures; see :meth:`outpostkit.FinetuningJob.trainer_logs`."""
        return await self._client.call(self._trainer_logs_plan())

    @takes(FinetuningJobPlans._logs_plan)
    async def get_logs(self, *args: "Any", **kwargs: "Any") -> "List[FinetuningJobLog]":
        """Return log lines; see :meth:`outpostkit.FinetuningJob.get_logs`."""
        logs = await self._client.call(handed_on(self._logs_plan, args, kwargs))
        return all_published(FinetuningJobLog, logs)

    async def delete(self) -> None:
        """Delete the job for good; see :meth:`outpostkit.FinetuningJob.delete`."""
        with deletion():
            await self._client.call(self._delete_plan())


class AsyncFinetuningService(FinetuningServicePlans):
    """One finetuning service, for ``async`` code; as :class:`outpostkit.FinetuningService`."""

    with_raw_response: "RawAsyncFinetuningService"

    def __init__(self, client: AsyncClient, entity: str, name: str) -> None:
        """Address the service ``entity/name``."""
        super().__init__(entity, name)
        self._client = client

    async def info(self) -> "FinetuningResource":
        """Return the service; see :meth:`outpostkit.FinetuningService.info`."""
        found = await self._client.call(self._info_plan())
        return as_published(FinetuningResource, found)

    @takes(FinetuningServicePlans._list_jobs_plan)
    async def list_jobs(self, *args: "Any", **kwargs: "Any") -> "FinetuningJobsListResponse":
        """Return the jobs; see :meth:`outpostkit.FinetuningService.list_jobs`."""
        plan = handed_on(self._list_jobs_plan, args, kwargs)
        found = await self._client.call(plan)
        return FinetuningJobsListResponse(found.total, found.jobs)

    @takes(FinetuningServicePlans._create_job_plan)
    async def create_job(self, *args: "Any", **kwargs: "Any") -> AsyncFinetuningJob:
        """Create a training run; see :meth:`outpostkit.FinetuningService.create_job`."""
        plan = handed_on(self._create_job_plan, args, kwargs)
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
        found = await self._client.call(self._list_plan())
        return FinetuningsListResponse(found.total, found.finetunings)

    @takes(FinetuningsPlans._creation)
    async def create(self, *args: "Any", **kwargs: "Any") -> AsyncFinetuningService:
        """Create a service and return it; see :meth:`outpostkit.Finetunings.create`."""
        plan, kept_secret = handed_on(self._creation, args, kwargs)
        created = await self._client._calls.derive(secrets=kept_secret).call(plan)
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
