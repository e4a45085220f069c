"""The clients: who is calling, where to, and how patiently.

:class:`Client` blocks, :class:`AsyncClient` is for ``async`` code. Both are thin shells: what a
request looks like is said in :mod:`outpostkit._calls.building`, when it is repeated in
:mod:`outpostkit.retry`.
"""

from __future__ import annotations

import copy
import os
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Dict,
    Iterator,
    Optional,
    Sequence,
    TypeVar,
    cast,
)

from outpost_api.later import later
from outpostkit._calls.calls import AsyncCalls, Calls
from outpostkit._calls.connections import (
    AsyncClosing,
    Closing,
    Connections,
    async_http,
    async_renewing_http,
    blocking_http,
    renewing_http,
)
from outpostkit._calls.settings import CallSettings, checked_options
from outpostkit._calls.signatures import shown_as
from outpostkit.exceptions import ConfigurationError, OutpostError
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    import httpx

    from outpost_api import models, request, response
    from outpostkit import endpoints, finetuning, repository
    from outpostkit._calls import calls, settings, streaming
    from outpostkit._calls.settings import options, timeouts, tokens
    from outpostkit._published.retry_transport import RetryTransport as RetryTransport

else:
    httpx = later("httpx")
    models = later("outpost_api.models")
    request = later("outpost_api.request")
    response = later("outpost_api.response")
    calls = later("outpostkit._calls.calls")
    settings = later("outpostkit._calls.settings")
    options = later("outpostkit._calls.settings.options")
    timeouts = later("outpostkit._calls.settings.timeouts")
    tokens = later("outpostkit._calls.settings.tokens")
    streaming = later("outpostkit._calls.streaming")
    endpoints = later("outpostkit.endpoints")
    finetuning = later("outpostkit.finetuning")
    repository = later("outpostkit.repository")

    def __getattr__(name):
        if name.startswith("__"):  # asked for by every import
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from outpostkit._published.names import lookup

        return lookup(__name__, name)


__all__ = ["AsyncClient", "Client"]

Self = TypeVar("Self", bound="_AnyClient")
S = TypeVar("S")
E = TypeVar("E")


class _AnyClient:
    """What both clients have in common."""

    _calls: Any

    #: The name of the user that the token belongs to, once it was asked for.
    _account: Dict[str, str]

    @property
    def base_url(self) -> str:
        """Address of the API, without a slash at its end."""
        url: str = self._calls.settings.base_url
        return url

    @property
    def poll_interval(self) -> float:
        """Seconds; a setting of earlier versions that nothing used, and nothing uses."""
        from outpostkit._published.warning import warn_once

        warn_once(
            f"{type(self).__name__}.poll_interval", "wait_until_healthy(), which knows when to ask"
        )
        return float(os.environ.get("OUTPOST_POLL_INTERVAL") or 0.5)

    def __repr__(self) -> str:
        if "_calls" not in vars(self):  # asked for by monitors while it is made
            return f"<{type(self).__name__} that is not made yet>"
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __deepcopy__(self: Self, memo: object) -> Self:
        # The same connections, as for copy.copy. A pickle has none, and no token either: see
        # outpostkit._calls.settings.pickling.
        return copy.copy(self)

    @shown_as(CallSettings.with_options)
    def with_options(self: Self, **options: options.Unpack[options.CallOptions]) -> Self:
        """Return a client with other settings that shares the connections of this one.

        It costs microseconds, so it serves for single calls too. Closing either closes both. What
        is left out stays as it is::

            client.with_options(deadline=5, headers={"X-Team": "blue"}).call(plan)

        Args:
            timeout: seconds for each phase of a request, in one of the forms that the client takes.
            retry: another policy as a whole.
            retries: further attempts after the first; 0 never tries again. What is safe to repeat
                is sent once more, uncounted, when it met a kept connection that was closed.
            deadline: seconds for a whole call, retries included; None for no limit.
            headers: sent with every request besides those of before, and instead of those that the
                client sends by itself.
            query: added to the query of every request.
            repeatable: whether predictions may be sent again; see :class:`Client`.
            strict: as for :class:`Client`.
            max_response_bytes: as for :class:`Client`.

        Raises:
            ConfigurationError: a value cannot be used.
        """
        return self._with_calls(self._calls.using(self._calls.settings.with_options(**options)))

    def _with_calls(self: Self, calls: Any) -> Self:
        other = copy.copy(self)
        other._calls = calls
        return other


class Client(_AnyClient, Closing):
    """A client that blocks until the answer is there.

    It may be used from several threads. Close it, or use it in a ``with`` statement, to give its
    connections back; closing it twice is fine.

    It may go to other processes (multiprocessing, joblib, dask, Ray), and so may what was made with
    it: endpoints, predictors. A pickle has its settings, no connections, and never the token, which
    is looked for over there as by a new client, in ``OUTPOST_API_TOKEN`` or a profile: without one
    it raises MissingTokenError. A client with its own ``transport``, or with anything else that
    cannot travel, is not pickled: ConfigurationError names it. ``copy.copy`` and ``copy.deepcopy``
    give a client that shares the connections.
    """

    _calls: Calls

    def __init__(
        self,
        api_token: Optional[tokens.Token] = None,
        *,
        base_url: Optional[str] = None,
        timeout: timeouts.Timeout = None,
        retry: Optional[RetryPolicy] = None,
        profile: Optional[str] = None,
        prediction_hosts: Optional[Sequence[str]] = None,
        repeatable: bool = False,
        strict: bool = False,
        max_response_bytes: Optional[int] = None,
        **http_options: options.Unpack[options.SyncHttpOptions],
    ) -> None:
        """Make a client. Nothing is sent, and httpx is not even loaded, before the first call.

        Args:
            api_token: your Outpost token; if empty, that of the environment variable
                ``OUTPOST_API_TOKEN``, else of the profile. It may be a function that returns one
                (for ``AsyncClient`` also a coroutine function): it is called with the first
                request, and once more when the server does not accept that token any more (401),
                after which the request is sent again if it can be.
            base_url: address of the API; if empty, that of the environment variable
                ``OUTPOST_BASE_URL``, else of the profile, else ``V1_API_URL``.
            timeout: seconds for each phase of a request; or two, to connect and for all else; or
                four, to connect, to read, to write and for a free connection; or an
                ``httpx.Timeout``. By default 5 to connect, 30 between bytes read or written, 10
                for a free connection. Infinity, and None among several, is no limit. The limit of
                a whole call is ``retry.deadline``.
            retry: which failures are tried again, and for how long; see
                :class:`outpostkit.retry.RetryPolicy`.
            profile: name of an account in the configuration file, see :mod:`outpostkit.profiles`;
                its token and address go before the environment. Without, ``OUTPOST_PROFILE`` names
                one, or the file's ``default``, for what the environment does not say.
            prediction_hosts: hosts that get the token when endpoints answer there, such as
                ``["models.example.com", "*.example.org"]``, besides those of the API's own site
                (its host, hosts below it and, of an API at ``api.outpost.run``, those below
                ``outpost.run``); if left out, those of ``OUTPOST_PREDICTION_HOSTS``, with commas
                between them, else of the profile.
            repeatable: whether predictions may be sent again after a 5xx or a broken connection,
                when they may have been made already. Each then carries an ``Idempotency-Key`` of
                its own, with which an Outpost makes it once; other servers have to know such keys.
            strict: whether a success has to be what the API documents in all of it: with every
                required field, and every value of its type. If not, a field that is missing is
                None, a value of another type is kept as it is, and only an answer that is
                something else altogether is refused.
            max_response_bytes: how large an answer may be that is read whole, at least 1,000,000;
                1 GiB by default, and 256 MiB unfolded of one that is compressed. Streams are not
                limited, and of an error 8 MiB are read.
            http_options: those of ``httpx.Client``: ``proxy``, ``verify``, ``transport``,
                ``limits``, ``headers`` and so on; and ``socket_options``, tuples as
                ``socket.setsockopt`` takes them, besides keep-alive probes after 60 seconds. What
                the environment says of proxies and certificates counts unless ``trust_env=False``;
                servers on this machine are asked directly unless ``proxy`` is given.

        Raises:
            MissingTokenError: there is no token.
            ConfigurationError: the token, an address or the profile cannot be used.
        """
        try:
            settings = CallSettings(
                api_token,
                base_url,
                timeout,
                retry,
                profile,
                prediction_hosts,
                repeatable,
                strict,
                max_response_bytes,
            )
            options = checked_options(cast("Dict[str, Any]", http_options))
            source = settings.token_source
            if source is not None:
                from outpostkit._calls.settings.tokens import check_blocking

                check_blocking(source.ask)
        except OutpostError as problem:
            del api_token  # monitors collect the locals of all who are on the way
            http_options = {}
            raise problem.with_traceback(None) from problem.__cause__
        self._account = {}
        if source is None:
            make = partial(blocking_http, options)
        else:
            make = partial(renewing_http, options, source)
        self._calls = Calls(settings, Connections(make))
        self._http_options = options

    @property
    def user(self) -> models.UserDetails:
        """The user that the token belongs to; every access asks the server.

        In ``async`` code it is a method, as a property cannot be awaited: ``await client.user()``.

        Source: operation ``getUser``.
        """
        from outpost_api.api import user as operations

        return self.call(operations.get_user.plan())

    def endpoints(self, entity: Optional[str] = None) -> endpoints.Endpoints:
        """Return the endpoints of a user or team, to list, get and create. It sends nothing.

        ::

            for endpoint in client.endpoints().list(): ...
            client.endpoints("my-team").get("my-endpoint").deploy()

        Args:
            entity: name of the user or team. If left out it is the user that the token belongs to:
                the server is asked for the name when it is first needed, once per client.

        Raises:
            ConfigurationError: ``entity`` is not a name.
        """
        from outpostkit.endpoints import Endpoints

        return Endpoints(self, entity)

    def repositories(self, entity: Optional[str] = None) -> repository.Repositories:
        """Return the repositories of a user or team, as :meth:`endpoints` does its endpoints."""
        from outpostkit.repository import Repositories

        return Repositories(self, entity)

    def finetunings(self, entity: Optional[str] = None) -> finetuning.Finetunings:
        """Return the finetuning services of a user or team, as :meth:`endpoints` its endpoints."""
        from outpostkit.finetuning import Finetunings

        return Finetunings(self, entity)

    def _own_name(self) -> str:
        name = self._account.get("name")
        if name is None:
            name = self._account["name"] = self.user.name
        return name

    @property
    def with_raw_response(self) -> calls.RawCalls:
        """The same calls, giving the whole answer: ``client.with_raw_response.call(plan)``."""
        from outpostkit._calls.calls import RawCalls

        return RawCalls(self._calls)

    def send(
        self,
        plan: request.RequestPlan[S, E],
        *,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> response.Response[S, E]:
        """Send a plan of ``outpost_api`` and return the answer, whatever its status.

        Args:
            plan: what to call with what, such as ``outpost_api.api.user.get_user.plan()``.
            extra_headers: sent with this request; as in :meth:`with_options`.
            extra_query: added to its query.

        Raises:
            OutpostConnectionError: no answer came.
            UnreadableResponseError: a success whose body is not what the API documents.
        """
        return self._calls.with_extras(extra_headers, extra_query).send(plan)

    def call(
        self,
        plan: request.RequestPlan[S, E],
        *,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> S:
        """Send a plan of ``outpost_api`` and return its parsed success.

        Args:
            plan: what to call with what.
            extra_headers, extra_query: as for :meth:`send`.

        Raises:
            OutpostHTTPException: the answer is not a success; of the class for its status.
            OutpostConnectionError: no answer came.
            UnreadableResponseError: a success whose body is not what the API documents.
        """
        return self._calls.with_extras(extra_headers, extra_query).call(plan)

    def open(
        self,
        plan: request.RequestPlan[S, E],
        *,
        idle_timeout: Optional[float] = None,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> httpx.Response:
        """Send a plan of ``outpost_api`` and return the answer of a success, its body unread.

        It is for the ``stream`` functions of ``outpost_api``, and for whoever closes it himself;
        the arguments and errors are those of :meth:`stream`, also while the body is read.
        """
        calls = self._calls.with_extras(extra_headers, extra_query)
        return calls.using(calls.settings.for_stream(idle_timeout)).open(plan)

    @contextmanager
    def stream(
        self,
        plan: request.RequestPlan[S, E],
        *,
        idle_timeout: Optional[float] = None,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> Iterator[streaming.ResponseStream[S, E]]:
        """Send a plan of ``outpost_api``, and read its success while it arrives.

        ::

            with client.stream(plan) as answer:
                for piece in answer.iter_bytes(): ...

        Args:
            plan: what to call with what.
            idle_timeout: seconds that the body may stand still; the read timeout by default. The
                limit of the whole call, ``retry.deadline``, ends with the head of the answer.
            extra_headers, extra_query: as for :meth:`send`.

        Raises:
            OutpostHTTPException: the answer is not a success; of the class for its status.
            OutpostConnectionError: no answer came, or (while reading) it broke off.
        """
        from outpostkit._calls.streaming import ResponseStream

        response = self.open(
            plan, idle_timeout=idle_timeout, extra_headers=extra_headers, extra_query=extra_query
        )
        try:
            yield ResponseStream(
                plan.operation, response, lambda answer: self._calls.read(plan, answer)
            )
        finally:
            response.close()

    def close(self) -> None:
        """Close the connections; again does nothing. A later call raises ConfigurationError."""
        http = self._calls.connections.take()
        if http is not None:
            http.close()

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request below ``base_url``, with the options of ``httpx.Client.build_request``.

        For tools written against earlier versions; the token goes to the API's own origin only.
        """
        return self._calls.request(method, path, options)

    async def _async_request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request from ``async`` code, over its own connection; see :meth:`_request`."""
        if any(self._http_options.get(name) is not None for name in ("transport", "mounts")):
            raise ConfigurationError(
                "a blocking transport cannot be used from async code; use AsyncClient there"
            )
        settings = self._calls.settings
        source = settings.token_source
        async with AsyncClient(
            source.ask if source else settings.api_token,
            base_url=self.base_url,
            **self._http_options,
        ) as twin:
            return await twin._calls.using(settings).request(method, path, options)


class AsyncClient(_AnyClient, AsyncClosing):
    """A client for ``async`` code; its methods are those of :class:`Client`, awaited.

    Close it with ``await client.aclose()``, or use it in an ``async with`` statement.
    """

    _calls: AsyncCalls

    def __init__(
        self,
        api_token: Optional[tokens.AsyncToken] = None,
        *,
        base_url: Optional[str] = None,
        timeout: timeouts.Timeout = None,
        retry: Optional[RetryPolicy] = None,
        profile: Optional[str] = None,
        prediction_hosts: Optional[Sequence[str]] = None,
        repeatable: bool = False,
        strict: bool = False,
        max_response_bytes: Optional[int] = None,
        **http_options: options.Unpack[options.AsyncHttpOptions],
    ) -> None:
        """Make a client. The arguments are those of :class:`Client`; a transport is async."""
        try:
            settings = CallSettings(
                api_token,
                base_url,
                timeout,
                retry,
                profile,
                prediction_hosts,
                repeatable,
                strict,
                max_response_bytes,
            )
            options = checked_options(cast("Dict[str, Any]", http_options), is_async=True)
        except OutpostError as problem:
            del api_token  # monitors collect the locals of all who are on the way
            http_options = {}
            raise problem.with_traceback(None) from problem.__cause__
        self._account = {}
        source = settings.token_source
        if source is None:
            make = partial(async_http, options)
        else:
            make = partial(async_renewing_http, options, source)
        self._calls = AsyncCalls(settings, Connections(make))

    async def user(self) -> models.UserDetails:
        """Return the user that the token belongs to: ``client.user`` of the blocking client.

        Source: operation ``getUser``.
        """
        from outpost_api.api import user as operations

        return await self.call(operations.get_user.plan())

    def endpoints(self, entity: Optional[str] = None) -> endpoints.AsyncEndpoints:
        """Return the endpoints of a user or team; see :meth:`Client.endpoints`.

        ::

            for endpoint in await client.endpoints().list(): ...
        """
        from outpostkit.endpoints import AsyncEndpoints

        return AsyncEndpoints(self, entity)

    def repositories(self, entity: Optional[str] = None) -> repository.AsyncRepositories:
        """Return the repositories of a user or team; see :meth:`Client.repositories`."""
        from outpostkit.repository import AsyncRepositories

        return AsyncRepositories(self, entity)

    def finetunings(self, entity: Optional[str] = None) -> finetuning.AsyncFinetunings:
        """Return the finetuning services of a user or team; see :meth:`Client.finetunings`."""
        from outpostkit.finetuning import AsyncFinetunings

        return AsyncFinetunings(self, entity)

    async def _own_name(self) -> str:
        name = self._account.get("name")
        if name is None:
            name = self._account["name"] = (await self.user()).name
        return name

    @property
    def with_raw_response(self) -> calls.AsyncRawCalls:
        """The same calls, giving the whole answer: ``client.with_raw_response.call(plan)``."""
        from outpostkit._calls.calls import AsyncRawCalls

        return AsyncRawCalls(self._calls)

    async def send(
        self,
        plan: request.RequestPlan[S, E],
        *,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> response.Response[S, E]:
        """Send a plan of ``outpost_api`` and return the answer; see :meth:`Client.send`."""
        return await self._calls.with_extras(extra_headers, extra_query).send(plan)

    async def call(
        self,
        plan: request.RequestPlan[S, E],
        *,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> S:
        """Send a plan of ``outpost_api`` and return its parsed success; see :meth:`Client.call`."""
        answer = await self._calls.with_extras(extra_headers, extra_query).answer(plan)
        return answer.value()

    async def open(
        self,
        plan: request.RequestPlan[S, E],
        *,
        idle_timeout: Optional[float] = None,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> httpx.Response:
        """Send a plan, and return its success with its body unread; see :meth:`Client.open`."""
        calls = self._calls.with_extras(extra_headers, extra_query)
        return await calls.using(calls.settings.for_stream(idle_timeout)).open(plan)

    @asynccontextmanager
    async def stream(
        self,
        plan: request.RequestPlan[S, E],
        *,
        idle_timeout: Optional[float] = None,
        extra_headers: settings.ExtraHeaders = None,
        extra_query: settings.ExtraQuery = None,
    ) -> AsyncIterator[streaming.AsyncResponseStream[S, E]]:
        """Send a plan of ``outpost_api``, and read its success while it arrives.

        For ``async with``; see :meth:`Client.stream`.
        """
        from outpostkit._calls.streaming import AsyncResponseStream

        response = await self.open(
            plan, idle_timeout=idle_timeout, extra_headers=extra_headers, extra_query=extra_query
        )
        try:
            yield AsyncResponseStream(
                plan.operation, response, lambda answer: self._calls.read(plan, answer)
            )
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the connections; again does nothing. A later call raises ConfigurationError."""
        http = self._calls.connections.take()
        if http is not None:
            await http.aclose()

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send any request below ``base_url``; see :meth:`Client._request`."""
        return await self._calls.request(method, path, options)

    _async_request = _request
