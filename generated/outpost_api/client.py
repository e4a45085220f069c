# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/client.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Plain clients over httpx: one request per call, no retries.

Anything with the methods of :class:`SyncSender` or :class:`AsyncSender` can be given to the functions
of this package instead, for example a client with retries.
"""

import ssl
from functools import lru_cache
from types import TracebackType
from typing import (
    Any,
    AsyncIterator,
    Dict,
    List,
    Mapping,
    Optional,
    Protocol,
    Tuple,
    Type,
    TypeVar,
    Union,
)

import httpx

from outpost_api.bodies import FileBody, MultipartBody
from outpost_api.request import RequestPlan
from outpost_api.response import Response, read_response
from outpost_api.security import Credential, apply_credentials, token_credentials

S = TypeVar("S")
E = TypeVar("E")
C = TypeVar("C", bound="Client")
A = TypeVar("A", bound="AsyncClient")

#: Address of the first server of the document.
DEFAULT_BASE_URL = "https://api.outpost.run/v1"
#: Seconds: connect 5, wait for a pooled connection 10, each write and each wait for bytes 30.
DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=5.0, pool=10.0)


class SyncSender(Protocol):
    """What the ``sync`` functions need: something that sends plans."""

    def send(self, plan: RequestPlan[S, E]) -> Response[S, E]:
        """Send the plan and return the answer, whatever its status."""
        ...

    def call(self, plan: RequestPlan[S, E]) -> S:
        """Send the plan and return the parsed success; raise for every other status."""
        ...


class AsyncSender(Protocol):
    """What the ``asyncio`` functions need: something that sends plans."""

    async def send(self, plan: RequestPlan[S, E]) -> Response[S, E]:
        """Send the plan and return the answer, whatever its status."""
        ...

    async def call(self, plan: RequestPlan[S, E]) -> S:
        """Send the plan and return the parsed success; raise for every other status."""
        ...


class SyncOpener(Protocol):
    """What the ``stream`` functions need: something that opens an answer and leaves its body unread."""

    def open(self, plan: RequestPlan[S, E]) -> httpx.Response:
        """Send the plan and return the answer of a success; raise for every other status."""
        ...


class AsyncOpener(Protocol):
    """What the ``astream`` functions need."""

    async def open(self, plan: RequestPlan[S, E]) -> httpx.Response:
        """Send the plan and return the answer of a success; raise for every other status."""
        ...


class _Settings:
    """What both clients know, and how they turn a plan into a request. Performs nothing."""

    def __init__(
        self,
        token: Optional[str] = None,
        *,
        base_url: str = DEFAULT_BASE_URL,
        credentials: Optional[Mapping[str, Credential]] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Union[float, httpx.Timeout, None] = DEFAULT_TIMEOUT,
        strict: bool = False,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = dict(headers or {})
        self.timeout = timeout
        self.strict = strict
        self._credentials: Dict[str, Credential] = token_credentials(token) if token else {}
        self._credentials.update(credentials or {})

    def arguments(self, plan: RequestPlan[S, E]) -> Dict[str, Any]:
        """Return the arguments of ``httpx.Client.build_request`` for a plan, its body aside."""
        headers = {**self.headers, **plan.headers}
        query: List[Tuple[str, str]] = list(plan.query)
        apply_credentials(plan.operation.security, self._credentials, headers, query)
        return {
            "method": plan.operation.method,
            "url": plan.url(self.base_url),
            "params": query or None,
            "headers": headers,
            "timeout": self.timeout,
        }


class Client(_Settings):
    """A blocking client. Close it, or use it as a context manager."""

    def __init__(
        self,
        token: Optional[str] = None,
        *,
        base_url: str = DEFAULT_BASE_URL,
        credentials: Optional[Mapping[str, Credential]] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Union[float, httpx.Timeout, None] = DEFAULT_TIMEOUT,
        strict: bool = False,
        http_client: Optional[httpx.Client] = None,
    ) -> None:
        """Make a client.

        Args:
            token: bearer token, sent with the operations that ask for one.
            base_url: address that the paths of the operations are added to.
            credentials: by the name of their security scheme; goes before ``token``.
            headers: sent with every request.
            timeout: seconds, an ``httpx.Timeout``, or ``None`` to wait for ever.
            strict: whether a successful body must fit the document exactly.
            http_client: an httpx client to send with. It stays yours: closing this one leaves it open.
        """
        super().__init__(
            token,
            base_url=base_url,
            credentials=credentials,
            headers=headers,
            timeout=timeout,
            strict=strict,
        )
        self._owns_http = http_client is None
        self._http = http_client if http_client is not None else httpx.Client(verify=_ssl_context())

    def send(self, plan: RequestPlan[S, E]) -> Response[S, E]:
        """Send the plan and return the answer, whatever its status.

        Raises:
            DecodeError: the status is a success and the body is not what the document says.
            httpx.TransportError: no answer came.
        """
        # Redirects are not followed: the next address could be another host, and it would see the token.
        answer = self._http.send(self._request(plan), follow_redirects=False)
        return read_response(plan, answer, strict=self.strict)

    def open(self, plan: RequestPlan[S, E]) -> httpx.Response:
        """Send the plan and return the answer of a success, its body unread: close it.

        Raises:
            ResponseError: the status is not a success.
            httpx.TransportError: no answer came.
        """
        answer = self._http.send(self._request(plan), follow_redirects=False, stream=True)
        if answer.is_success:
            return answer
        try:
            answer.read()
        finally:
            answer.close()
        raise read_response(plan, answer).error()

    def _request(self, plan: RequestPlan[S, E]) -> httpx.Request:
        body = plan.body
        return self._http.build_request(
            **_with_length(self.arguments(plan), body),
            content=body.chunks() if isinstance(body, (FileBody, MultipartBody)) else body,
        )

    def call(self, plan: RequestPlan[S, E]) -> S:
        """Send the plan and return the parsed success.

        Raises:
            ResponseError: the status is not a success.
            DecodeError: the body of a success is not what the document says.
            httpx.TransportError: no answer came.
        """
        return self.send(plan).value()

    def close(self) -> None:
        """Close the connections, unless the httpx client was given."""
        if self._owns_http:
            self._http.close()

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(base_url={self.base_url!r})"


class AsyncClient(_Settings):
    """A client for asyncio and trio. Close it, or use it as an async context manager."""

    def __init__(
        self,
        token: Optional[str] = None,
        *,
        base_url: str = DEFAULT_BASE_URL,
        credentials: Optional[Mapping[str, Credential]] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Union[float, httpx.Timeout, None] = DEFAULT_TIMEOUT,
        strict: bool = False,
        http_client: Optional[httpx.AsyncClient] = None,
    ) -> None:
        """Make a client. The arguments are those of :class:`Client`."""
        super().__init__(
            token,
            base_url=base_url,
            credentials=credentials,
            headers=headers,
            timeout=timeout,
            strict=strict,
        )
        self._owns_http = http_client is None
        self._http = (
            http_client if http_client is not None else httpx.AsyncClient(verify=_ssl_context())
        )

    async def send(self, plan: RequestPlan[S, E]) -> Response[S, E]:
        """Send the plan and return the answer, whatever its status. See :meth:`Client.send`."""
        answer = await self._http.send(self._request(plan), follow_redirects=False)
        return read_response(plan, answer, strict=self.strict)

    async def open(self, plan: RequestPlan[S, E]) -> httpx.Response:
        """Send the plan and return the answer of a success, its body unread. See :meth:`Client.open`."""
        answer = await self._http.send(self._request(plan), follow_redirects=False, stream=True)
        if answer.is_success:
            return answer
        try:
            await answer.aread()
        finally:
            await answer.aclose()
        raise read_response(plan, answer).error()

    def _request(self, plan: RequestPlan[S, E]) -> httpx.Request:
        body = plan.body
        return self._http.build_request(
            **_with_length(self.arguments(plan), body),
            content=_async_chunks(body) if isinstance(body, (FileBody, MultipartBody)) else body,
        )

    async def call(self, plan: RequestPlan[S, E]) -> S:
        """Send the plan and return the parsed success. See :meth:`Client.call`."""
        return (await self.send(plan)).value()

    async def aclose(self) -> None:
        """Close the connections, unless the httpx client was given."""
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self: A) -> A:
        return self

    async def __aexit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient(base_url={self.base_url!r})"


@lru_cache(maxsize=None)
def _ssl_context() -> ssl.SSLContext:
    # Reading the certificates takes 20 ms and most of a megabyte, so all clients share one context.
    return httpx.create_ssl_context()


async def _async_chunks(body: Union[FileBody, MultipartBody]) -> AsyncIterator[bytes]:
    for chunk in body.chunks():
        yield chunk


def _with_length(arguments: Dict[str, Any], body: object) -> Dict[str, Any]:
    if isinstance(body, (FileBody, MultipartBody)) and body.content_length is not None:
        # Told beforehand, so that httpx does not fall back to chunked transfer, which some servers refuse.
        arguments["headers"]["Content-Length"] = str(body.content_length)
    return arguments


__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_TIMEOUT",
    "AsyncClient",
    "AsyncOpener",
    "AsyncSender",
    "Client",
    "SyncOpener",
    "SyncSender",
]
