"""Finetuning services of one user or team, and their training jobs, for code that blocks.

The twins for ``async`` code are importable from here too.
"""

from functools import partial
from typing import TYPE_CHECKING, Any, List, Optional

from outpost_api.later import later
from outpostkit._calls.signatures import handed_on, takes
from outpostkit._published.fields import all_published, as_published
from outpostkit._resources.failures import deletion
from outpostkit._resources.owned import Owned
from outpostkit._resources.secrets import secret_values, veiled
from outpostkit.client import Client
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
    from outpostkit._resources.raw import Answer
    from outpostkit.finetuning import _lists
else:
    models = later("outpost_api.models")
    _lists = later("outpostkit.finetuning._lists")


class FinetuningJob(FinetuningJobPlans):
    """One training run. Making this object sends nothing; every method asks the server.

    Attributes:
        entity: the user or team that owns its service.
        name: name of the service.
        job_id: its id.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawFinetuningJob"

    def __init__(self, client: Client, entity: str, name: str, job_id: str) -> None:
        """Address a job of the service ``entity/name``.

        Raises:
            ConfigurationError: one of the names is not one.
        """
        super().__init__(entity, name, job_id)
        self._client = client

    def enqueue(self) -> "FinetuningJobResource":
        """Put the job into the queue, and return it as it is then; harmless when it is in already.

        Raises:
            ConflictError: it has concluded.

        Source: operation ``enqueueFinetuningJobs``.
        """
        return self._seen(enqueued_job(self._client.call(self._enqueue_plan()), self.job_id))

    def info(
        self, with_config: Optional[bool] = None, with_trainer_log: Optional[bool] = None
    ) -> "FinetuningJobResource":
        """Return the job; ``succeeded``, ``failed``, ``cancelled`` and ``timed_out`` are final.

        Args:
            with_config: also return ``configs`` and ``columnConfigs``, which are None without.
            with_trainer_log: also return ``trainerLogs``, which is None without.

        Raises:
            NotFoundError: there is no such job.

        Source: operation ``getFinetuningJob``.
        """
        found = self._client.call(self._info_plan(with_config, with_trainer_log))
        return self._seen(job_resource(found))

    def configs(self) -> "models.FinetuningJobConfigs":
        """Return what the job was configured with.

        Source: operation ``getFinetuningJobConfigs``.
        """
        return self._client.call(self._configs_plan())

    def trainer_logs(self) -> "List[models.FinetuningJobTrainerLog]":
        """Return the figures that the trainer has reported so far, oldest first.

        Source: operation ``getFinetuningJobTrainerLogs``.
        """
        return self._client.call(self._trainer_logs_plan())

    @takes(FinetuningJobPlans._logs_plan)
    def get_logs(self, *args: "Any", **kwargs: "Any") -> "List[FinetuningJobLog]":
        """Return log lines that match all filters, oldest first.

        Args:
            log_type: ``dep`` for its start, ``runtime`` for the training program's own lines,
                ``event`` for what happened to the job; all of them by default.
            start: only lines from this moment on: a datetime, ISO 8601 text, or nanoseconds since
                the epoch.
            end: only lines before this moment.
            limit: how many to return at most.

        Source: operation ``getFinetuningJobLogs``.
        """
        logs = self._client.call(handed_on(self._logs_plan, args, kwargs))
        return all_published(FinetuningJobLog, logs)

    def delete(self) -> None:
        """Delete the job with its logs, for good; one that waits or runs is cancelled first.

        Raises:
            NotFoundError: there was no such job.

        Source: operation ``deleteFinetuningJob``.
        """
        with deletion():
            self._client.call(self._delete_plan())


class FinetuningService(FinetuningServicePlans):
    """One finetuning service: a dataset and a task to train for. Making this object sends nothing.

    Attributes:
        entity: the user or team that owns it.
        name: its name.
        fullName: ``entity/name``.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawFinetuningService"

    def __init__(self, client: Client, entity: str, name: str) -> None:
        """Address the service ``entity/name``.

        Raises:
            ConfigurationError: one of the names is not one.
        """
        super().__init__(entity, name)
        self._client = client

    def info(self) -> "FinetuningResource":
        """Return the service.

        Raises:
            NotFoundError: there is no such service.

        Source: operation ``getFinetuning``.
        """
        found = self._client.call(self._info_plan())
        return self._seen(as_published(FinetuningResource, found))

    @takes(FinetuningServicePlans._list_jobs_plan)
    def list_jobs(self, *args: "Any", **kwargs: "Any") -> "_lists.FinetuningJobList[FinetuningJob]":
        """Return the jobs of the service, newest first.

        Args:
            status_in: only jobs of one of these statuses, such as ``["queued", "running"]``.
            status_not_in: only jobs of none of these; it wins over ``status_in``.
            with_config: also return what they were configured with.
            with_trainer_log: also return what the trainer reported.

        Source: operation ``listFinetuningJobs``.
        """
        plan = handed_on(self._list_jobs_plan, args, kwargs)
        from outpostkit.finetuning._lists import FinetuningJobList

        found = self._client._calls.call_for(plan, jobs=list)
        make = partial(job_of, self._client, self.entity, self.name)
        return FinetuningJobList(found, make)

    @takes(FinetuningServicePlans._create_job_plan)
    def create_job(self, *args: "Any", **kwargs: "Any") -> FinetuningJob:
        """Create a training run and return it.

        Args:
            hardware_instance: id of the hardware to train on, such as ``1xnvidia-tesla-t4``.
            finetuned_model_repo: where to commit the trained model.
            configs: settings of the trainer by name; JSON values.
            column_configs: for each column that the task needs, its name in the dataset; the
                task's own names by default.
            model_source: where ``source_model`` is from; ``none`` starts from nothing.
            source_model: the model to start from.
            dataset_revision: commit, branch or tag of the dataset.
            enqueue: put it into the queue at once; without, :meth:`FinetuningJob.enqueue` does.

        Raises:
            ConfigurationError: ``source_model`` does not fit ``model_source``, or a name is not
                one; nothing was sent.

        Source: operation ``createFinetuningJob``.
        """
        plan = handed_on(self._create_job_plan, args, kwargs)
        created = self._client._calls.call_for(plan, id=str)
        return FinetuningJob(self._client, self.entity, self.name, created.id)


class Finetunings(Owned, FinetuningsPlans):
    """The finetuning services of one user or team."""

    if TYPE_CHECKING:
        with_raw_response: "RawFinetunings"

    def __init__(self, client: Client, entity: Optional[str] = None) -> None:
        """Address the services of ``entity``.

        Raises:
            ConfigurationError: ``entity`` is not a name.
        """
        super().__init__(client, entity)

    def list(self) -> "_lists.FinetuningList[FinetuningService]":
        """Return all services of the entity that the token may see, newest first.

        Source: operation ``listFinetunings``.
        """
        from outpostkit.finetuning._lists import FinetuningList

        found = self._client._calls.call_for(self._list_plan(), finetunings=list)
        return FinetuningList(found, partial(service_of, self._client))

    def get(self, name: str) -> FinetuningService:
        """Return a service that there is, with its data as ``.details``.

        Raises:
            NotFoundError: there is no such service, or the token may not see it.

        Source: operation ``getFinetuning``.
        """
        return service_of(
            self._client, self._client._calls.call_for(self._get_plan(name), fullName=str)
        )

    @takes(FinetuningsPlans._creation)
    def create(self, *args: "Any", **kwargs: "Any") -> FinetuningService:
        """Create a service and return it; nothing runs before it has a job.

        Args:
            name: its name: lower-case letters, digits and hyphens, at most 63.
            task_type: what to train, such as ``FinetuningTask.clm_sft``.
            dataset: ``entity/name`` of the dataset repository.
            train_path: path of the training data in it.
            validation_path: path of the validation data in it.
            secrets: environment variables of the jobs, ``{"HF_TOKEN": "..."}`` or a list of
                ``EndpointSecret``; they are never returned or printed.

        Raises:
            ConfigurationError: an argument cannot be used; nothing was sent.
            ConflictError: the name is taken.

        Source: operation ``createFinetuning``.
        """
        args, kwargs = veiled(self._creation, args, kwargs)
        plan, secrets = handed_on(self._creation, args, kwargs)
        created = self._client._calls.derive(secrets=secret_values(secrets)).call_for(
            plan, name=str
        )
        return FinetuningService(self._client, self.entity, created.name)


def service_of(client: Client, resource: "models.FinetuningResource") -> FinetuningService:
    """Return the service that an answer is about, with what it says."""
    entity, _, name = resource.fullName.partition("/")
    service = FinetuningService(client, entity, name)
    service._seen(as_published(FinetuningResource, resource))
    return service


def job_of(
    client: Client, entity: str, service: str, resource: "models.FinetuningJobResource"
) -> FinetuningJob:
    """Return the job of a service that an answer is about, with what it says."""
    job = FinetuningJob(client, entity, service, resource.id)
    job._seen(job_resource(resource))
    return job


if TYPE_CHECKING:

    class RawFinetunings:
        create = Answer(Finetunings.create)
        get = Answer(Finetunings.get)
        list = Answer(Finetunings.list)

    class RawFinetuningService:
        create_job = Answer(FinetuningService.create_job)
        info = Answer(FinetuningService.info)
        list_jobs = Answer(FinetuningService.list_jobs)

    class RawFinetuningJob:
        configs = Answer(FinetuningJob.configs)
        delete = Answer(FinetuningJob.delete)
        enqueue = Answer(FinetuningJob.enqueue)
        get_logs = Answer(FinetuningJob.get_logs)
        info = Answer(FinetuningJob.info)
        trainer_logs = Answer(FinetuningJob.trainer_logs)
