"""One endpoint, for ``async`` code: the methods of :class:`outpostkit.Endpoint`, awaited."""

import time
from functools import partial
from typing import TYPE_CHECKING, Any, AsyncGenerator, Generator, List, Mapping, Optional, Union

from outpost_api.later import later
from outpostkit._calls.driving import drive_async
from outpostkit._calls.signatures import handed_on, takes
from outpostkit._resources.failures import deletion
from outpostkit._resources.secrets import secret_values, veiled
from outpostkit.client import AsyncClient
from outpostkit.endpoints import _log_following as reading, _waiting as waiting
from outpostkit.endpoints._pages import PAGE_SIZE, Pages
from outpostkit.endpoints._plans import (
    EndpointPlans,
    custom_template,
    looked_at,
    prediction_domain,
)
from outpostkit.exceptions import OutpostError
from outpostkit.predictor import AsyncPredictor
from outpostkit.progress._events import ProgressCallback, finish
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    import functools

    from outpost_api import models, request, types
    from outpostkit._calls import calls
    from outpostkit._calls.settings import timeouts
    from outpostkit._resources import values
    from outpostkit._resources.raw import Awaited
    from outpostkit.endpoints import _lists, _records
else:
    functools = later("functools")
    models = later("outpost_api.models")
    request = later("outpost_api.request")
    types = later("outpost_api.types")
    calls = later("outpostkit._calls.calls")
    timeouts = later("outpostkit._calls.settings.timeouts")
    values = later("outpostkit._resources.values")
    _lists = later("outpostkit.endpoints._lists")
    _records = later("outpostkit.endpoints._records")


class AsyncEndpoint(EndpointPlans):
    """One endpoint, for ``async`` code; as :class:`outpostkit.Endpoint`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncEndpoint"

    def __init__(
        self,
        client: AsyncClient,
        entity: Optional[str] = None,
        name: Optional[str] = None,
        full_name: Optional[str] = None,
        *,
        api_token: Optional[str] = None,
    ) -> None:
        """Address an endpoint; see :class:`outpostkit.Endpoint`."""
        super().__init__(entity, name, full_name)
        self._client = client if api_token is None else self._for_token(client, api_token)

    async def get(self) -> "models.EndpointResource":
        """Return the endpoint; see :meth:`outpostkit.Endpoint.get`."""
        return self._seen(await self._client.call(self._get_plan()))

    async def deploy(
        self,
        wakeup: bool = True,
        wait: bool = False,
        timeout: Optional[float] = None,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointDeployResponse":
        """Begin a deployment and return its id; see :meth:`outpostkit.Endpoint.deploy`."""
        targets = waiting.deployment_targets(wakeup, wait, timeout)
        began = time.monotonic()
        begun = await self._client._calls.call_for(self._deploy_plan(wakeup), id=str)
        self._deployment_id = begun.id
        if wait:
            left = (timeout or waiting.DEFAULT_TIMEOUT_S) - (time.monotonic() - began)
            await self.wait_until(*targets, timeout=max(left, 0.01), on_progress=on_progress)
        return begun

    async def wait_until(
        self,
        *statuses: str,
        timeout: float = waiting.DEFAULT_TIMEOUT_S,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointResource":
        """Wait until it has one of the statuses; see :meth:`outpostkit.Endpoint.wait_until`.

        ``on_progress`` is a plain function here too.
        """
        import anyio

        began = time.monotonic()
        steps = waiting.until(
            self.fullName,
            waiting.checked_targets(statuses),
            timeout=timeout,
            deployment_id=self._deployment_id,
            with_log=on_progress is not None,
        )

        async def perform(step: waiting.Step) -> waiting.Reply:
            if isinstance(step, waiting.Pause):
                await anyio.sleep(step.seconds)
            elif isinstance(step, waiting.Tell):
                if on_progress is not None:
                    on_progress(step.progress)
            else:
                until = time.monotonic() + step.time_left_s
                if isinstance(step, waiting.ReadLog):
                    settings = self._client._calls.settings
                    tail = self._read_tail(step.deployment_id, step.limit, settings)
                    return await drive_async(tail, lambda plan: self._once(until).call(plan))
                look = self._look(began)
                return await drive_async(
                    look, lambda plan: self._once(until).call_for(plan, **looked_at(plan))
                )
            return None

        try:
            return self._seen(waiting.reached_resource(await drive_async(steps, perform)))
        finally:
            finish(on_progress)

    async def wait_until_healthy(
        self,
        *,
        timeout: float = waiting.DEFAULT_TIMEOUT_S,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointResource":
        """Wait until it is ready to predict; see :meth:`outpostkit.Endpoint.wait_until`."""
        return await self.wait_until("healthy", timeout=timeout, on_progress=on_progress)

    @takes(EndpointPlans._list_deployments_plan)
    async def list_deployments(self, *args: "Any", **kwargs: "Any") -> "_lists.DeploymentList":
        """Return the deployments that match; see :meth:`outpostkit.Endpoint.list_deployments`."""
        from outpostkit.endpoints._lists import deployments_of

        plan = handed_on(self._list_deployments_plan, args, kwargs)
        found = await self._client._calls.call_for(plan, deployments=list)
        return deployments_of(found)

    async def list_deploymets(
        self, params: "Optional[Mapping[str, Union[str, int]]]" = None
    ) -> "_lists.DeploymentList":
        """Return the deployments; an earlier spelling of :meth:`list_deployments`."""
        from outpostkit._published.endpoint import list_arguments

        return await self.list_deployments(**list_arguments("AsyncEndpoint", params))

    async def deployments(
        self,
        status: Optional[str] = None,
        creator_id: Optional[str] = None,
        query: Optional[str] = None,
        *,
        oldest_first: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> "AsyncGenerator[models.EndpointDeployment, None]":
        """Yield all deployments that match; see :meth:`outpostkit.Endpoint.deployments`."""
        pages = Pages()
        while not pages.is_over:
            plan = self._page_plan(
                status, creator_id, query, oldest_first, page_size, pages.cursor_id
            )
            listed = await self._client._calls.call_for(plan, total=int, deployments=list)
            for deployment in pages.new(listed):
                yield deployment

    async def status(self) -> str:
        """Return what the endpoint is doing now; see :meth:`outpostkit.Endpoint.status`."""
        return str((await self._client._calls.call_for(self._status_plan(), status=str)).status)

    async def replica_status(self) -> "models.EndpointReplicaStatus":
        """Return the state of its replicas; see :meth:`outpostkit.Endpoint.replica_status`."""
        return await self._client.call(self._replica_status_plan())

    @takes(EndpointPlans._logs_plan)
    async def get_logs(self, *args: "Any", **kwargs: "Any") -> "List[_records.EndpointLog]":
        """Return log lines, oldest first; see :meth:`outpostkit.Endpoint.get_logs`."""
        return reading.log_lines(await self._client.call(handed_on(self._logs_plan, args, kwargs)))

    def logs(
        self,
        log_type: "Optional[values.LogType]" = None,
        deployment_id: Optional[str] = None,
        start: "Optional[values.Moment]" = None,
        end: "Optional[values.Moment]" = None,
        *,
        follow: bool = False,
        timeout: Optional[float] = None,
        contains: Optional[str] = None,
        level: "Optional[values.LogLevel]" = None,
    ) -> "AsyncGenerator[_records.EndpointLog, None]":
        """Yield log lines one by one, oldest first; see :meth:`outpostkit.Endpoint.logs`."""
        steps = reading.following(start, end, follow, timeout)
        pages = self._log_pages(log_type, deployment_id, contains, level)
        return self._lines(steps, pages, is_patient=not follow)

    @takes(EndpointPlans._update)
    async def update(self, *args: "Any", **kwargs: "Any") -> "models.EndpointResource":
        """Change the endpoint; see :meth:`outpostkit.Endpoint.update`."""
        args, kwargs = veiled(self._update, args, kwargs)
        from outpostkit.transport._threads import abandonable

        # Its files are read beside the event loop.
        plan, secrets = await abandonable(
            partial(handed_on, self._update, args, kwargs, called="update")
        )
        changed = await self._client._calls.derive(secrets=secret_values(secrets)).call(plan)
        await abandonable(partial(self._take_sent, kwargs.get("template")))
        return self._seen(changed)

    async def update_name(self, name: str) -> None:
        """Rename the endpoint; see :meth:`outpostkit.Endpoint.update_name`."""
        await self._client.call(self._rename_plan(name))
        self._renamed(name)

    async def delete(self) -> None:
        """Delete the endpoint for good; see :meth:`outpostkit.Endpoint.delete`."""
        with deletion():
            await self._client.call(self._delete_plan())

    async def get_custom_template(self) -> "Union[bytes, types.JsonValue]":
        """Return the template; see :meth:`outpostkit.Endpoint.get_custom_template`."""
        return custom_template(await self._client._calls.answer(self._custom_template_plan()))

    async def get_prediction_client(self, *, timeout: "timeouts.Timeout" = None) -> AsyncPredictor:
        """Return the prediction client; see :meth:`outpostkit.Endpoint.get_prediction_client`."""
        calls = self._client._calls
        found = await calls.call_for(self._get_plan(), predictionPath=str, healthcheckPath=str)
        domain = prediction_domain(found, calls.settings)
        return AsyncPredictor(self._client, *domain, timeout=timeout)

    async def create_predictor(self) -> AsyncPredictor:
        """Return the client for predictions; an earlier name of :meth:`get_prediction_client`."""
        from outpostkit._published.warning import warn_once

        warn_once("AsyncEndpoint.create_predictor()", "AsyncEndpoint.get_prediction_client()")
        return await self.get_prediction_client()

    async def get_predictor(self) -> AsyncPredictor:
        """Return the client for predictions; an earlier name of :meth:`get_prediction_client`."""
        from outpostkit._published.warning import warn_once

        warn_once("AsyncEndpoint.get_predictor()", "AsyncEndpoint.get_prediction_client()")
        return await self.get_prediction_client()

    async def _lines(
        self,
        steps: "Generator[reading.LogStep, reading.LogReply, None]",
        pages: "functools.partial[request.RequestPlan[List[models.EndpointLog], models.Error]]",
        *,
        is_patient: bool,
    ) -> "AsyncGenerator[_records.EndpointLog, None]":
        import anyio

        began = time.monotonic()
        reply: reading.LogReply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration:
                return
            if isinstance(step, reading.Fetch):
                page = pages(step.start_ns, step.end_ns, step.limit)
                client = self._client if is_patient else self._once(reading.soon(step.time_left_s))
                try:
                    lines = reading.log_lines(await client.call(page))
                except OutpostError as problem:
                    reply = reading.Fetched(time.monotonic() - began, problem=problem)
                else:
                    reply = reading.Fetched(time.monotonic() - began, lines)
                continue
            if isinstance(step, reading.Emit):
                for line in step.lines:
                    yield line
            else:
                await anyio.sleep(step.seconds)
            reply = time.monotonic() - began

    def _once(self, until: float) -> "calls.AsyncCalls":
        left = max(until - time.monotonic(), 0.01)
        return self._client._calls.derive(retry=RetryPolicy(max_attempts=1, deadline=left))


def endpoint_of(client: AsyncClient, resource: "models.EndpointResource") -> AsyncEndpoint:
    """Return the endpoint that an answer is about, with what it says."""
    endpoint = AsyncEndpoint(client, full_name=resource.fullName)
    endpoint._seen(resource)
    return endpoint


if TYPE_CHECKING:

    class RawAsyncEndpoint:
        delete = Awaited(AsyncEndpoint.delete)
        deploy = Awaited(AsyncEndpoint.deploy)
        get = Awaited(AsyncEndpoint.get)
        get_custom_template = Awaited(AsyncEndpoint.get_custom_template)
        get_logs = Awaited(AsyncEndpoint.get_logs)
        list_deployments = Awaited(AsyncEndpoint.list_deployments)
        replica_status = Awaited(AsyncEndpoint.replica_status)
        status = Awaited(AsyncEndpoint.status)
        update = Awaited(AsyncEndpoint.update)
        update_name = Awaited(AsyncEndpoint.update_name)
