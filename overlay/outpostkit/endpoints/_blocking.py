"""One endpoint, for code that blocks.

What is asked is built by :mod:`outpostkit.endpoints._plans`; the methods here only send it.
"""

import time
from typing import TYPE_CHECKING, Any, Generator, List, Mapping, Optional, Union

from outpost_api.later import later
from outpostkit._calls.driving import drive
from outpostkit._calls.signatures import handed_on, takes
from outpostkit._resources.failures import deletion
from outpostkit._resources.secrets import secret_values, veiled
from outpostkit.client import Client
from outpostkit.endpoints import _log_following as reading, _waiting as waiting
from outpostkit.endpoints._pages import PAGE_SIZE, Pages
from outpostkit.endpoints._plans import (
    EndpointPlans,
    custom_template,
    looked_at,
    prediction_domain,
)
from outpostkit.exceptions import OutpostError
from outpostkit.predictor import Predictor
from outpostkit.progress._events import ProgressCallback, finish
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    import functools

    from outpost_api import models, request, types
    from outpostkit._calls import calls
    from outpostkit._calls.settings import timeouts
    from outpostkit._resources import values
    from outpostkit._resources.raw import Answer
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


class Endpoint(EndpointPlans):
    """One endpoint. Making this object sends nothing; every method asks the server.

    Attributes:
        entity: the user or team that owns it.
        name: its name.
        fullName: ``entity/name``.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawEndpoint"

    def __init__(
        self,
        client: Client,
        entity: Optional[str] = None,
        name: Optional[str] = None,
        full_name: Optional[str] = None,
        *,
        api_token: Optional[str] = None,
    ) -> None:
        """Address an endpoint by ``entity`` and ``name``, or by ``full_name`` (``entity/name``).

        Args:
            client: its token, connections and settings are used.
            entity: the user or team that owns it.
            name: its name.
            full_name: both.
            api_token: sent instead of the client's token, as earlier versions had it.

        Raises:
            ConfigurationError: neither form is complete, or a name is not one.
        """
        super().__init__(entity, name, full_name)
        self._client = client if api_token is None else self._for_token(client, api_token)

    def get(self) -> "models.EndpointResource":
        """Return the endpoint with its settings, its status and its current deployment.

        Raises:
            NotFoundError: there is no such endpoint, or the token may not see it.

        Source: operation ``getEndpoint``.
        """
        return self._seen(self._client.call(self._get_plan()))

    def deploy(
        self,
        wakeup: bool = True,
        wait: bool = False,
        timeout: Optional[float] = None,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointDeployResponse":
        """Begin to roll out the endpoint as it is configured now, and return the deployment's id.

        Args:
            wakeup: send a dummy request when it is deployed, so that it is available for at least
                its ``scaledownPeriod``; without, it sleeps until the first prediction.
            wait: return only when the deployment serves: when it is healthy or, without
                ``wakeup``, when it sleeps. What :meth:`wait_until` raises is raised here, too.
            timeout: seconds that deploying and waiting may take together; 600 by default.
            on_progress: as for :meth:`wait_until`.

        Raises:
            ConfigurationError: there is a ``timeout`` and nothing to wait for; nothing was sent.

        Source: operation ``createDeployment``.
        """
        targets = waiting.deployment_targets(wakeup, wait, timeout)
        began = time.monotonic()
        begun = self._client._calls.call_for(self._deploy_plan(wakeup), id=str)
        self._deployment_id = begun.id
        if wait:
            left = (timeout or waiting.DEFAULT_TIMEOUT_S) - (time.monotonic() - began)
            self.wait_until(*targets, timeout=max(left, 0.01), on_progress=on_progress)
        return begun

    def wait_until(
        self,
        *statuses: str,
        timeout: float = waiting.DEFAULT_TIMEOUT_S,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointResource":
        """Wait until the endpoint has one of the statuses, and return it as it is then.

        After :meth:`deploy` on this object it is that deployment which is waited for, even while
        an older one goes on serving. The server is asked after 0.2 s, then less and less often,
        every 5 s at last. Lost connections and a busy server are waited through.

        Args:
            statuses: ``healthy`` when none is named; also ``scaled_to_zero``, ``deploying``,
                ``starting``, ``failed``, ``not_deployed``, ``deleting`` and ``paused``.
            timeout: seconds; the waiting never lasts longer, even when the server does not answer.
            on_progress: called with a :class:`outpostkit.WaitProgress` after each question. While
                a deployment is under way that has the latest line of its log, which is one more
                question each time. :func:`outpostkit.progress.progress_bar` makes one that shows
                it, with a bar while a model is fetched.

        Raises:
            EndpointFailedError: the deployment failed; ``.log_tail`` has the end of its log.
            EndpointNotServingError: nothing is under way any more: the endpoint stays asleep
                (``scaled_to_zero``), ``paused``, undeployed, or in a status that is not known;
                ``.status`` says which.
            WaitTimeoutError: ``timeout`` passed.
            ConfigurationError: one of ``statuses`` is not a status.

        Source: operations ``getEndpoint``, ``listDeployments`` and ``getEndpointLogs``.
        """
        began = time.monotonic()
        steps = waiting.until(
            self.fullName,
            waiting.checked_targets(statuses),
            timeout=timeout,
            deployment_id=self._deployment_id,
            with_log=on_progress is not None,
        )

        def perform(step: waiting.Step) -> waiting.Reply:
            if isinstance(step, waiting.Pause):
                time.sleep(step.seconds)
            elif isinstance(step, waiting.Tell):
                if on_progress is not None:
                    on_progress(step.progress)
            else:
                until = time.monotonic() + step.time_left_s
                if isinstance(step, waiting.ReadLog):
                    settings = self._client._calls.settings
                    tail = self._read_tail(step.deployment_id, step.limit, settings)
                    return drive(tail, lambda plan: self._once(until).call(plan))
                look = self._look(began)
                return drive(look, lambda plan: self._once(until).call_for(plan, **looked_at(plan)))
            return None

        try:
            return self._seen(waiting.reached_resource(drive(steps, perform)))
        finally:
            finish(on_progress)

    def wait_until_healthy(
        self,
        *,
        timeout: float = waiting.DEFAULT_TIMEOUT_S,
        on_progress: Optional[ProgressCallback] = None,
    ) -> "models.EndpointResource":
        """Wait until the endpoint is ready to predict, and return it; see :meth:`wait_until`."""
        return self.wait_until("healthy", timeout=timeout, on_progress=on_progress)

    @takes(EndpointPlans._list_deployments_plan)
    def list_deployments(self, *args: "Any", **kwargs: "Any") -> "_lists.DeploymentList":
        """Return the deployments that match all filters, newest first unless sorted otherwise.

        Args:
            sort_by: the property to sort by; ``createdAt`` by default.
            sort_descriptor: ``desc`` or ``asc``.
            status: only deployments of this status.
            creator_id: only deployments made by this user.
            query: only deployments whose id, status or creator's name contains this text.
            limit: how many to return at most, 1 to 1000; 100 by default.
            skip: how many matching ones to pass over first.
            cursor_id: id of the last deployment of the page before.

        Source: operation ``listDeployments``.
        """
        from outpostkit.endpoints._lists import deployments_of

        plan = handed_on(self._list_deployments_plan, args, kwargs)
        return deployments_of(self._client._calls.call_for(plan, deployments=list))

    def list_deploymets(
        self, params: "Optional[Mapping[str, Union[str, int]]]" = None
    ) -> "_lists.DeploymentList":
        """Return the deployments; an earlier spelling of :meth:`list_deployments`.

        Args:
            params: what it takes, by the names in the request: ``sb``, ``sd``, ``l``, ``q`` ...

        Raises:
            ConfigurationError: the request has no such parameter.
        """
        from outpostkit._published.endpoint import list_arguments

        return self.list_deployments(**list_arguments("Endpoint", params))

    def deployments(
        self,
        status: Optional[str] = None,
        creator_id: Optional[str] = None,
        query: Optional[str] = None,
        *,
        oldest_first: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> "Generator[models.EndpointDeployment, None, None]":
        """Yield all deployments that match, newest first, asking for a page when it is needed.

        None is repeated or missed when others are made meanwhile; those come when it is asked
        again.

        Args:
            status: only deployments of this status.
            creator_id: only deployments made by this user.
            query: only deployments whose id, status or creator's name contains this text.
            oldest_first: the other direction.
            page_size: how many to ask for at a time, 1 to 1000.

        Source: operation ``listDeployments``.
        """
        pages = Pages()
        while not pages.is_over:
            plan = self._page_plan(
                status, creator_id, query, oldest_first, page_size, pages.cursor_id
            )
            listed = self._client._calls.call_for(plan, total=int, deployments=list)
            yield from pages.new(listed)

    def status(self) -> str:
        """Return what it is doing now: ``healthy``, ``deploying``, ``scaled_to_zero``, ...

        Source: operation ``getEndpointStatus``.
        """
        return str(self._client._calls.call_for(self._status_plan(), status=str).status)

    def replica_status(self) -> "models.EndpointReplicaStatus":
        """Return how many replicas there are and how they do.

        Raises:
            NotFoundError: it was never deployed (code ``not_deployed``), or does not exist.

        Source: operation ``getReplicaStatus``.
        """
        return self._client.call(self._replica_status_plan())

    @takes(EndpointPlans._logs_plan)
    def get_logs(self, *args: "Any", **kwargs: "Any") -> "List[_records.EndpointLog]":
        """Return log lines that match all filters, oldest first.

        Args:
            log_type: ``dep`` for deployments, ``runtime`` for the template's own lines, ``event``
                for what happened to the endpoint; all of them by default.
            deployment_id: only lines of this deployment.
            start: only lines from this moment on: a datetime, ISO 8601 text, or nanoseconds since
                the epoch. The last 15 minutes by default.
            end: only lines before this moment.
            limit: how many to return at most; of more, the newest.
            contains: only lines whose message, traceback or replica has this text, in upper or
                lower case; at most 200 characters.
            level: only lines of this level or a graver one.

        Source: operation ``getEndpointLogs``.
        """
        return reading.log_lines(self._client.call(handed_on(self._logs_plan, args, kwargs)))

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
    ) -> "Generator[_records.EndpointLog, None, None]":
        """Yield log lines one by one, oldest first, however many there are.

        With ``follow`` the lines that are written from now on come too, those of later
        deployments included, until the endpoint is deleted or the iterator is closed. Lost
        connections and a busy server are waited through, for up to 5 minutes at a time, without
        losing or repeating a line: what is readable up to 5 seconds late is still found, and then
        comes after later lines. Memory is bounded.

        Args:
            log_type: ``dep`` for deployments, ``runtime`` for the template's own lines, ``event``
                for what happened to the endpoint; all of them by default.
            deployment_id: only lines of this deployment.
            start: only lines from this moment on, in the forms of :meth:`get_logs`. The last 15
                minutes by default.
            end: only lines before this moment; not with ``follow``.
            follow: go on with lines that are written later.
            timeout: seconds after which it ends, without an error; no limit by default.
            contains: only lines whose message, traceback or replica has this text, in upper or
                lower case; at most 200 characters.
            level: only lines of this level or a graver one.

        Raises:
            ConfigurationError: ``start`` or ``end`` is no moment, or ``end`` is given with
                ``follow``.

        Source: operation ``getEndpointLogs``.
        """
        steps = reading.following(start, end, follow, timeout)
        pages = self._log_pages(log_type, deployment_id, contains, level)
        return self._lines(steps, pages, is_patient=not follow)

    @takes(EndpointPlans._update)
    def update(self, *args: "Any", **kwargs: "Any") -> "models.EndpointResource":
        """Change the endpoint and return it as it is now; the next deployment applies the changes.

        What is not given stays; so do name, address, deployments and logs. What runs goes on as it
        was deployed, secrets included; only ``visibility`` holds at once.

        Args:
            task_type: what the endpoint does, such as ``summarization``.
            hardware_instance: id of the hardware, such as ``cpu-sm``.
            template: what it is to run, as for :meth:`Endpoints.create`.
            replica_scaling_config: how it scales, all of it.
            secrets: all of its secrets, as for :meth:`Endpoints.create`, in place of those that it
                has; none at all (``{}``) removes them.
            visibility: who may see and use it.
            container: the container image.

        Raises:
            TemplateError: the template cannot be deployed; nothing was sent.
            ConfigurationError: another argument cannot be used, or there is none; nothing was sent.

        Source: operation ``updateEndpoint``.
        """
        args, kwargs = veiled(self._update, args, kwargs)
        plan, secrets = handed_on(self._update, args, kwargs)
        changed = self._client._calls.derive(secrets=secret_values(secrets)).call(plan)
        self._take_sent(kwargs.get("template"))
        return self._seen(changed)

    def update_name(self, name: str) -> None:
        """Rename the endpoint; this object goes on addressing it. Its prediction domain stays.

        Raises:
            ConflictError: the entity has another endpoint of that name.

        Source: operation ``renameEndpoint``.
        """
        self._client.call(self._rename_plan(name))
        self._renamed(name)

    def delete(self) -> None:
        """Stop the endpoint and delete it with its deployments, secrets and logs, for good.

        Raises:
            NotFoundError: there was no such endpoint.

        Source: operation ``deleteEndpoint``.
        """
        with deletion():
            self._client.call(self._delete_plan())

    def get_custom_template(self) -> "Union[bytes, types.JsonValue]":
        """Return the template: the bytes of its file, or a JSON object with its address.

        One that is generated from a model is a file too. It may be changed and deployed as a
        template of one's own::

            Path("template.py").write_bytes(endpoint.get_custom_template())

        Raises:
            NotFoundError: there is no template to return (code ``no_custom_template``).

        Source: operation ``getCustomTemplate``.
        """
        return custom_template(self._client._calls.answer(self._custom_template_plan()))

    def get_prediction_client(self, *, timeout: "timeouts.Timeout" = None) -> Predictor:
        """Return the client for predictions; asks the server where the domain is.

        Args:
            timeout: seconds for each phase of a prediction; see :mod:`outpostkit.predictor` for
                what holds without it.

        Raises:
            EndpointNotServingError: the endpoint has no domain yet.
            ConfigurationError: the domain is of another site than the API, and not one of the
                client's ``prediction_hosts``, or has no TLS where the API has: the token is not
                sent there.

        Source: operation ``getEndpoint``.
        """
        calls = self._client._calls
        found = calls.call_for(self._get_plan(), predictionPath=str, healthcheckPath=str)
        domain = prediction_domain(found, calls.settings)
        return Predictor(self._client, *domain, timeout=timeout)

    def create_predictor(self) -> Predictor:
        """Return the client for predictions; an earlier name of :meth:`get_prediction_client`."""
        from outpostkit._published.warning import warn_once

        warn_once("Endpoint.create_predictor()", "Endpoint.get_prediction_client()")
        return self.get_prediction_client()

    def get_predictor(self) -> Predictor:
        """Return the client for predictions; an earlier name of :meth:`get_prediction_client`."""
        from outpostkit._published.warning import warn_once

        warn_once("Endpoint.get_predictor()", "Endpoint.get_prediction_client()")
        return self.get_prediction_client()

    def _lines(
        self,
        steps: "Generator[reading.LogStep, reading.LogReply, None]",
        pages: "functools.partial[request.RequestPlan[List[models.EndpointLog], models.Error]]",
        *,
        is_patient: bool,
    ) -> "Generator[_records.EndpointLog, None, None]":
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
                    lines = reading.log_lines(client.call(page))
                except OutpostError as problem:
                    reply = reading.Fetched(time.monotonic() - began, problem=problem)
                else:
                    reply = reading.Fetched(time.monotonic() - began, lines)
                continue
            if isinstance(step, reading.Emit):
                yield from step.lines
            else:
                time.sleep(step.seconds)
            reply = time.monotonic() - began

    def _once(self, until: float) -> "calls.Calls":
        left = max(until - time.monotonic(), 0.01)
        return self._client._calls.derive(retry=RetryPolicy(max_attempts=1, deadline=left))


def endpoint_of(client: Client, resource: "models.EndpointResource") -> Endpoint:
    """Return the endpoint that an answer is about, with what it says."""
    endpoint = Endpoint(client, full_name=resource.fullName)
    endpoint._seen(resource)
    return endpoint


if TYPE_CHECKING:

    class RawEndpoint:
        delete = Answer(Endpoint.delete)
        deploy = Answer(Endpoint.deploy)
        get = Answer(Endpoint.get)
        get_custom_template = Answer(Endpoint.get_custom_template)
        get_logs = Answer(Endpoint.get_logs)
        list_deployments = Answer(Endpoint.list_deployments)
        replica_status = Answer(Endpoint.replica_status)
        status = Answer(Endpoint.status)
        update = Answer(Endpoint.update)
        update_name = Answer(Endpoint.update_name)
