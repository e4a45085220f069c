"""The clients: who is calling, where to, and how patiently.

:class:`Client` blocks, :class:`AsyncClient` is for ``async`` code. Both are thin shells: what a
request looks like is said in :class:`_Settings`, when it is repeated in :mod:`outpostkit.retry`.
"""

import copy
import os
from types import TracebackType
from typing import TYPE_CHECKING, Dict, Optional, Tuple, Type, TypeVar, Union, cast

from outpostkit._configuration import origin, resolve_base_url, resolve_token
from outpostkit._connections import Connections, async_http, blocking_http
from outpostkit._version import __version__
from outpostkit.exceptions import ConfigurationError, exception_for_status
from outpostkit.retry import RetryPolicy, Subject

if TYPE_CHECKING:
    from typing import Any, Callable

    import httpx
    from typing_extensions import Unpack

    from outpost_api.models import UserDetails
    from outpost_api.request import RequestPlan
    from outpost_api.response import Response
    from outpostkit._compat.retry_transport import RetryTransport as RetryTransport
    from outpostkit._connections import AsyncHttpOptions, SyncHttpOptions
    from outpostkit._exchange import Exchange
else:

    def __getattr__(name):
        if name.startswith("__"):  # asked for by every import
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from outpostkit._compat.names import lookup

        return lookup(__name__, name)


__all__ = ["AsyncClient", "Client"]

S = TypeVar("S")
E = TypeVar("E")
Self = TypeVar("Self", bound="_Settings")

#: Seconds for each phase of a request to the API.
API_TIMEOUT: Dict[str, Optional[float]] = {
    "connect": 5.0,
    "read": 30.0,
    "write": 30.0,
    "pool": 10.0,
}

IDEMPOTENCY_HEADER = "Idempotency-Key"


class _Settings:
    """What both clients know, and how they turn a call into an exchange. Performs nothing."""

    def __init__(
        self,
        api_token: Optional[str],
        base_url: Optional[str],
        timeout: "Union[float, httpx.Timeout, None]",
        retry: Optional[RetryPolicy],
    ) -> None:
        self._api_token = resolve_token(api_token)
        self._base_url = resolve_base_url(base_url)
        self._timeout = _phases(timeout)
        self._retry = retry if retry is not None else RetryPolicy()
        # Predictions have other defaults, which what the user said goes before.
        self._has_own_timeout = timeout is not None
        self._has_own_retry = retry is not None
        self._secrets: Tuple[str, ...] = (self._api_token,)

    @property
    def base_url(self) -> str:
        """Address of the API, without a slash at its end."""
        return self._base_url

    @property
    def poll_interval(self) -> float:
        """Seconds; a setting of earlier versions that nothing used, and nothing uses."""
        from outpostkit._compat.warning import warn_once

        warn_once(
            f"{type(self).__name__}.poll_interval", "wait_until_healthy(), which knows when to ask"
        )
        return float(os.environ.get("OUTPOST_POLL_INTERVAL") or 0.5)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"

    def _derive(
        self: Self,
        *,
        retry: Optional[RetryPolicy] = None,
        timeout: Optional[Dict[str, Optional[float]]] = None,
        secrets: Tuple[str, ...] = (),
    ) -> Self:
        """Return a client with other settings that shares the connections of this one.

        ``secrets`` are taken out of the errors of its calls, as the token is.
        """
        derived = copy.copy(self)
        if retry is not None:
            derived._retry = retry
        if timeout is not None:
            derived._timeout = timeout
        derived._secrets = (*self._secrets, *secrets)
        return derived

    def _exchange_for_plan(
        self, http: "Union[httpx.Client, httpx.AsyncClient]", plan: "RequestPlan[S, E]"
    ) -> "Exchange":
        import httpx

        from outpost_api.bodies import FileBody, MultipartBody
        from outpostkit._exchange import PlanStream

        headers = httpx.Headers(http.headers)
        headers.update(plan.headers)
        if plan.operation.security:
            headers["Authorization"] = f"Bearer {self._api_token}"
        if IDEMPOTENCY_HEADER not in headers and _takes_idempotency_key(plan):
            headers[IDEMPOTENCY_HEADER] = os.urandom(16).hex()
        body = plan.body
        stream: Optional[PlanStream] = None
        if isinstance(body, (FileBody, MultipartBody)):
            if body.content_length is not None:
                headers["Content-Length"] = str(body.content_length)
            else:
                headers["Transfer-Encoding"] = "chunked"
            stream, body = PlanStream(body), None
        params = http.params.merge(plan.query) if http.params or plan.query else None
        request = httpx.Request(
            plan.method,
            plan.url(self._base_url),
            params=params,
            headers=headers,
            cookies=http.cookies,
            content=body,
        )
        if stream is not None:
            # Not as an argument of Request, which then leaves out the Host header.
            request.stream = stream
        return self._exchange(request, is_replayable=plan.replayable)

    def _exchange_for_path(
        self,
        http: "Union[httpx.Client, httpx.AsyncClient]",
        method: str,
        path: str,
        options: "Dict[str, Any]",
    ) -> "Exchange":
        timeout = options.pop("timeout", None)
        url = path if "://" in path else f"{self._base_url}/{path.lstrip('/')}"
        request = http.build_request(method, url, **options)
        # The token belongs to the API alone, not to whatever address a caller passes.
        if origin(url) == origin(self._base_url) and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {self._api_token}"
        settings = self if timeout is None else self._derive(timeout=_phases(timeout))
        return settings._exchange(request, is_replayable=can_be_sent_again(request, options))

    def _exchange(
        self,
        request: "httpx.Request",
        *,
        is_replayable: bool,
        is_refused_unexecuted: "Optional[Callable[[httpx.Response], bool]]" = None,
    ) -> "Exchange":
        from outpostkit._exchange import Exchange

        return Exchange(
            request,
            subject=Subject(
                method=request.method,
                label=f"{request.method} {request.url.path}",
                has_idempotency_key=IDEMPOTENCY_HEADER in request.headers,
                is_replayable=is_replayable,
            ),
            policy=self._retry,
            timeout=self._timeout,
            secrets=self._secrets,
            is_refused_unexecuted=is_refused_unexecuted,
        )

    def _read(self, plan: "RequestPlan[S, E]", response: "httpx.Response") -> "Response[S, E]":
        from outpost_api.errors import DecodeError
        from outpost_api.response import read_response
        from outpostkit._answers import unreadable

        try:
            return read_response(plan, response)
        except DecodeError as problem:
            raise unreadable(problem, self._secrets) from None


class Client(_Settings):
    """A client that blocks until the answer is there.

    It may be used from several threads. Close it, or use it in a ``with`` statement, to give its
    connections back; closing it twice is fine.
    """

    def __init__(
        self,
        api_token: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        timeout: "Union[float, httpx.Timeout, None]" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "Unpack[SyncHttpOptions]",
    ) -> None:
        """Make a client. Nothing is sent, and httpx is not even loaded, before the first call.

        Args:
            api_token: your Outpost token; the environment variable ``OUTPOST_API_TOKEN`` if empty.
            base_url: address of the API; ``OUTPOST_BASE_URL`` if empty, else ``V1_API_URL``.
            timeout: seconds for each phase of a request, or an ``httpx.Timeout``; by default 5 to
                connect, 30 between bytes read or written, 10 for a free connection. The limit of
                a whole call is ``retry.deadline``.
            retry: which failures are tried again, and for how long; see
                :class:`outpostkit.retry.RetryPolicy`.
            http_options: handed to ``httpx.Client``: ``proxy``, ``verify``, ``transport``,
                ``limits``, ``headers`` and so on.

        Raises:
            MissingTokenError: there is no token.
            ConfigurationError: the token or the address cannot be used.
        """
        super().__init__(api_token, base_url, timeout, retry)
        options = _checked_options(cast("Dict[str, Any]", http_options))
        self._connections: Connections[httpx.Client] = Connections(lambda: blocking_http(options))
        self._http_options = options

    @property
    def user(self) -> "UserDetails":
        """The user that the token belongs to; every access asks the server.

        Source: operation ``getUser``.
        """
        from outpost_api.api import user as operations

        return self.call(operations.get_user.plan())

    def send(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        """Send a plan of ``outpost_api`` and return the answer, whatever its status.

        Raises:
            OutpostConnectionError: no answer came.
            UnreadableResponseError: a success whose body is not what the API documents.
        """
        http = self._connections.open()
        return self._read(plan, self._perform(self._exchange_for_plan(http, plan)))

    def call(self, plan: "RequestPlan[S, E]") -> S:
        """Send a plan of ``outpost_api`` and return its parsed success.

        Raises:
            OutpostHTTPException: the answer is not a success; of the class for its status.
            OutpostConnectionError: no answer came.
            UnreadableResponseError: a success whose body is not what the API documents.
        """
        return self._answer(plan).value()

    def close(self) -> None:
        """Close the connections; again does nothing. A later call raises ConfigurationError."""
        http = self._connections.take()
        if http is not None:
            http.close()

    def __enter__(self: "C") -> "C":
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def _answer(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        exchange = self._exchange_for_plan(self._connections.open(), plan)
        return _successful(self._read(plan, self._perform(exchange)), exchange.attempts)

    def _perform(self, exchange: "Exchange") -> "httpx.Response":
        from outpostkit._exchange import perform

        return perform(self._connections.open(), exchange)

    def _request(self, method: str, path: str, **options: "Any") -> "httpx.Response":
        """Send any request below ``base_url``, with the options of ``httpx.Client.build_request``.

        For tools written against earlier versions; the token goes to the API's own origin only.
        """
        http = self._connections.open()
        exchange = self._exchange_for_path(http, method, path, options)
        return _checked(self._perform(exchange), exchange.attempts)

    async def _async_request(self, method: str, path: str, **options: "Any") -> "httpx.Response":
        """Send any request from ``async`` code, over its own connection; see :meth:`_request`."""
        if any(self._http_options.get(name) is not None for name in ("transport", "mounts")):
            raise ConfigurationError(
                "a blocking transport cannot be used from async code; use AsyncClient there"
            )
        async with AsyncClient(
            self._api_token, base_url=self._base_url, **self._http_options
        ) as twin:
            return await twin._derive(retry=self._retry, timeout=self._timeout)._request(
                method, path, **options
            )


class AsyncClient(_Settings):
    """A client for ``async`` code; its methods are those of :class:`Client`, awaited.

    Close it with ``await client.aclose()``, or use it in an ``async with`` statement.
    """

    def __init__(
        self,
        api_token: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        timeout: "Union[float, httpx.Timeout, None]" = None,
        retry: Optional[RetryPolicy] = None,
        **http_options: "Unpack[AsyncHttpOptions]",
    ) -> None:
        """Make a client. The arguments are those of :class:`Client`; a transport is async."""
        super().__init__(api_token, base_url, timeout, retry)
        options = _checked_options(cast("Dict[str, Any]", http_options))
        self._connections: Connections[httpx.AsyncClient] = Connections(lambda: async_http(options))

    async def user(self) -> "UserDetails":
        """Return the user that the token belongs to.

        Source: operation ``getUser``.
        """
        from outpost_api.api import user as operations

        return await self.call(operations.get_user.plan())

    async def send(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        """Send a plan of ``outpost_api`` and return the answer; see :meth:`Client.send`."""
        http = self._connections.open()
        return self._read(plan, await self._perform(self._exchange_for_plan(http, plan)))

    async def call(self, plan: "RequestPlan[S, E]") -> S:
        """Send a plan of ``outpost_api`` and return its parsed success; see :meth:`Client.call`."""
        return (await self._answer(plan)).value()

    async def aclose(self) -> None:
        """Close the connections; again does nothing. A later call raises ConfigurationError."""
        http = self._connections.take()
        if http is not None:
            await http.aclose()

    async def __aenter__(self: "A") -> "A":
        return self

    async def __aexit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()

    async def _answer(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        exchange = self._exchange_for_plan(self._connections.open(), plan)
        return _successful(self._read(plan, await self._perform(exchange)), exchange.attempts)

    async def _perform(self, exchange: "Exchange") -> "httpx.Response":
        from outpostkit._exchange import perform_async

        return await perform_async(self._connections.open(), exchange)

    async def _request(self, method: str, path: str, **options: "Any") -> "httpx.Response":
        """Send any request below ``base_url``; see :meth:`Client._request`."""
        http = self._connections.open()
        exchange = self._exchange_for_path(http, method, path, options)
        return _checked(await self._perform(exchange), exchange.attempts)

    _async_request = _request


C = TypeVar("C", bound=Client)
A = TypeVar("A", bound=AsyncClient)


def _phases(timeout: "Union[float, httpx.Timeout, None]") -> Dict[str, Optional[float]]:
    """Return the seconds of each phase, without loading httpx for a number."""
    if timeout is None:
        return API_TIMEOUT
    if isinstance(timeout, (int, float)):
        if not timeout > 0:
            raise ConfigurationError("timeout must be more than 0 seconds")
        return dict.fromkeys(API_TIMEOUT, float(timeout))
    return timeout.as_dict()


def _checked_options(http_options: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the options for httpx with our User-Agent, which the caller's own replaces."""
    if http_options.get("follow_redirects"):
        raise ConfigurationError(
            "follow_redirects: redirects are not followed, because the next address could be "
            "another host, and it would see what was sent; set base_url to where the API is"
        )
    if http_options.get("auth") is not None:
        raise ConfigurationError("auth: the client sends the API token itself; pass api_token=")
    headers = {"User-Agent": f"outpost-python/{__version__}"}
    headers.update(http_options.get("headers") or {})
    return {**http_options, "headers": headers}


def _takes_idempotency_key(plan: "RequestPlan[S, E]") -> bool:
    """Tell whether the operation creates something and lets the server recognise a repetition."""
    if plan.method != "POST":
        return False
    from outpost_api.operations import OPERATIONS

    known = OPERATIONS.get(plan.operation.id)
    return known is not None and any(
        parameter.location == "header" and parameter.wire_name.lower() == IDEMPOTENCY_HEADER.lower()
        for parameter in known.parameters
    )


def can_be_sent_again(request: "httpx.Request", options: "Dict[str, Any]") -> bool:
    import httpx

    if isinstance(request.stream, httpx.ByteStream):
        return True
    files = options.get("files")
    if not files:
        return False
    parts = files.values() if hasattr(files, "values") else [part for _, part in files]
    return all(_is_rereadable(part[1] if isinstance(part, tuple) else part) for part in parts)


def _is_rereadable(content: object) -> bool:
    if isinstance(content, (str, bytes)):
        return True
    seekable = getattr(content, "seekable", None)
    return callable(seekable) and bool(seekable())


def _successful(response: "Response[S, E]", attempts: int) -> "Response[S, E]":
    if response.is_success:
        return response
    from outpostkit._answers import http_error

    raise http_error(
        exception_for_status(response.status_code),
        response.http_response,
        attempts=attempts,
        operation_id=response.operation.id,
        parsed=response.parsed,
    )


def _checked(response: "httpx.Response", attempts: int) -> "httpx.Response":
    if response.is_success:
        return response
    from outpostkit._answers import http_error

    raise http_error(exception_for_status(response.status_code), response, attempts=attempts)
