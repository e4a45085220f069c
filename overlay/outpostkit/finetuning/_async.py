"""Finetunings for ``async`` code: the methods of :mod:`outpostkit.finetuning`, awaited."""

from functools import partial
from typing import TYPE_CHECKING, Any, List, Optional

from outpost_api.later import later
from outpostkit._calls.signatures import handed_on, takes
from outpostkit._published.fields import all_published, as_published
from outpostkit._resources.failures import deletion
from outpostkit._resources.owned import AsyncOwned
from outpostkit._resources.secrets import secret_values, veiled
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
    FinetuningResource,
    job_resource,
)

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources.raw import Awaited
    from outpostkit.finetuning import _lists
else:
    models = later("outpost_api.models")
    _lists = later("outpostkit.finetuning._lists")


class AsyncFinetuningJob(FinetuningJobPlans):
    """One training run, for ``async`` code; as :class:`outpostkit.FinetuningJob`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncFinetuningJob"

    def __init__(self, client: AsyncClient, entity: str, name: str, job_id: str) -> None:
        """Address a job of the service ``entity/name``."""
        super().__init__(entity, name, job_id)
        self._client = client

    async def enqueue(self) -> "FinetuningJobResource":
        """Put the job into the queue; see :meth:`outpostkit.FinetuningJob.enqueue`."""
        found = await self._client.call(self._enqueue_plan())
        return self._seen(enqueued_job(found, self.job_id))

    async def info(
        self, with_config: Optional[bool] = None, with_trainer_log: Optional[bool] = None
    ) -> "FinetuningJobResource":
        """Return the job; see :meth:`outpostkit.FinetuningJob.info`."""
        found = await self._client.call(self._info_plan(with_config, with_trainer_log))
        return self._seen(job_resource(found))

    async def configs(self) -> "models.FinetuningJobConfigs":
        """Return the configuration; see :meth:`outpostkit.FinetuningJob.configs`."""
        return await self._client.call(self._configs_plan())

    async def trainer_logs(self) -> "List[models.FinetuningJobTrainerLog]":
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

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncFinetuningService"

    def __init__(self, client: AsyncClient, entity: str, name: str) -> None:
        """Address the service ``entity/name``."""
        super().__init__(entity, name)
        self._client = client

    async def info(self) -> "FinetuningResource":
        """Return the service; see :meth:`outpostkit.FinetuningService.info`."""
        found = await self._client.call(self._info_plan())
        return self._seen(as_published(FinetuningResource, found))

    @takes(FinetuningServicePlans._list_jobs_plan)
    async def list_jobs(
        self, *args: "Any", **kwargs: "Any"
    ) -> "_lists.FinetuningJobList[AsyncFinetuningJob]":
        """Return the jobs; see :meth:`outpostkit.FinetuningService.list_jobs`."""
        plan = handed_on(self._list_jobs_plan, args, kwargs)
        from outpostkit.finetuning._lists import FinetuningJobList

        found = await self._client._calls.call_for(plan, jobs=list)
        make = partial(job_of, self._client, self.entity, self.name)
        return FinetuningJobList(found, make)

    @takes(FinetuningServicePlans._create_job_plan)
    async def create_job(self, *args: "Any", **kwargs: "Any") -> AsyncFinetuningJob:
        """Create a training run; see :meth:`outpostkit.FinetuningService.create_job`."""
        plan = handed_on(self._create_job_plan, args, kwargs)
        created = await self._client._calls.call_for(plan, id=str)
        return AsyncFinetuningJob(self._client, self.entity, self.name, created.id)


class AsyncFinetunings(AsyncOwned, FinetuningsPlans):
    """The finetuning services of one user or team, for ``async`` code."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncFinetunings"

    def __init__(self, client: AsyncClient, entity: Optional[str] = None) -> None:
        """Address the services of ``entity``."""
        super().__init__(client, entity)

    async def list(self) -> "_lists.FinetuningList[AsyncFinetuningService]":
        """Return all services of the entity; see :meth:`outpostkit.Finetunings.list`."""
        from outpostkit.finetuning._lists import FinetuningList

        await self._know_entity()
        found = await self._client._calls.call_for(self._list_plan(), finetunings=list)
        return FinetuningList(found, partial(service_of, self._client))

    async def get(self, name: str) -> AsyncFinetuningService:
        """Return a service that there is; see :meth:`outpostkit.Finetunings.get`."""
        await self._know_entity()
        return service_of(
            self._client, await self._client._calls.call_for(self._get_plan(name), fullName=str)
        )

    @takes(FinetuningsPlans._creation)
    async def create(self, *args: "Any", **kwargs: "Any") -> AsyncFinetuningService:
        """Create a service and return it; see :meth:`outpostkit.Finetunings.create`."""
        await self._know_entity()
        args, kwargs = veiled(self._creation, args, kwargs)
        plan, secrets = handed_on(self._creation, args, kwargs)
        created = await self._client._calls.derive(secrets=secret_values(secrets)).call_for(
            plan, name=str
        )
        return AsyncFinetuningService(self._client, self.entity, created.name)


def service_of(
    client: AsyncClient, resource: "models.FinetuningResource"
) -> AsyncFinetuningService:
    """Return the service that an answer is about, with what it says."""
    entity, _, name = resource.fullName.partition("/")
    service = AsyncFinetuningService(client, entity, name)
    service._seen(as_published(FinetuningResource, resource))
    return service


def job_of(
    client: AsyncClient, entity: str, service: str, resource: "models.FinetuningJobResource"
) -> AsyncFinetuningJob:
    """Return the job of a service that an answer is about, with what it says."""
    job = AsyncFinetuningJob(client, entity, service, resource.id)
    job._seen(job_resource(resource))
    return job


if TYPE_CHECKING:

    class RawAsyncFinetunings:
        create = Awaited(AsyncFinetunings.create)
        get = Awaited(AsyncFinetunings.get)
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
