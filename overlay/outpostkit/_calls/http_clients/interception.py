"""Whether something stands in for httpx's own sending, as tools for tests and monitoring do.

respx, pytest-httpx, vcrpy, Sentry, OpenTelemetry and their like put a function of theirs in the
place of one of httpx or httpcore, at any time, and back again. Our own transports would go round
them. So every call asks here first, which takes a few hundred nanoseconds.

What stands in can pretend to be what it replaced, by name, module, code and even equality. It
cannot be the same object, and what a package has written itself has that package's own namespace.
:class:`StandingAside` lets requests pass through what stands in for a transport.
"""

from __future__ import annotations

import sys
import threading
from types import FunctionType
from typing import Any, Callable, Dict, Generic, Optional, Tuple, Type, TypeVar

import httpx

Question = Callable[[], bool]


def _own(holder: object, name: str, package: str) -> Optional[FunctionType]:
    """Return a function as its package has written it, or None when it is somebody else's."""
    found = getattr(holder, name, None)
    # Not isinstance: what wraps a function says that it is an instance of a function's class.
    if type(found) is not FunctionType or found.__code__.co_name != name:
        return None
    written_in = found.__globals__.get("__name__", "")
    return found if written_in.partition(".")[0] == package else None


def _ask_client(client: Type[Any]) -> Question:
    """Return what tells whether the way through a client of httpx is not its own."""
    names = (
        "send",
        "_send_handling_auth",
        "_send_handling_redirects",
        "_send_single_request",
        "_transport_for_url",
    )
    send = auth = redirects = single = choice = None  # looked at when first asked

    def is_replaced() -> bool:
        nonlocal send, auth, redirects, single, choice
        try:
            if (
                client.send is send
                and client._send_single_request is single
                and client._transport_for_url is choice
                and client._send_handling_auth is auth
                and client._send_handling_redirects is redirects
            ):
                return False
        except AttributeError:  # an httpx that is made otherwise; it is right to go through it
            return True
        send, auth, redirects, single, choice = found = [
            _own(client, name, "httpx") for name in names
        ]
        return None in found

    return is_replaced


def _ask_transport(transport: Type[Any], name: str, kinds: Tuple[str, ...]) -> Question:
    """Return what tells whether a transport of httpx, or its part in httpcore, is not its own."""
    handle: Optional[FunctionType] = None
    known: Tuple[Tuple[object, Optional[FunctionType]], ...] = ()

    def is_replaced() -> bool:
        nonlocal handle, known
        if getattr(transport, name) is not handle:
            handle = _own(transport, name, "httpx")
            if handle is None:
                return True
        if not known:
            # httpx imports it when it first needs it, and what is not there is not replaced.
            httpcore = sys.modules.get("httpcore")
            found = [getattr(httpcore, kind, None) for kind in kinds]
            if None in found:
                return False
            known = tuple((kind, _own(kind, name, "httpcore")) for kind in found)
        for kind, own in known:
            if getattr(kind, name) is not own:
                known = tuple((kind, _own(kind, name, "httpcore")) for kind, _ in known)
                return any(own is None for _, own in known)
        return False

    return is_replaced


client_is_replaced = _ask_client(httpx.Client)
async_client_is_replaced = _ask_client(httpx.AsyncClient)
transport_is_replaced = _ask_transport(
    httpx.HTTPTransport, "handle_request", ("ConnectionPool", "HTTPConnection")
)
async_transport_is_replaced = _ask_transport(
    httpx.AsyncHTTPTransport,
    "handle_async_request",
    ("AsyncConnectionPool", "AsyncHTTPConnection"),
)


T = TypeVar("T")


class _OfHttpx(Generic[T]):
    """A transport of httpx that is made when it is needed, to the options of ours."""

    def __init__(self, kind: Callable[..., T], options: Dict[str, Any]) -> None:
        self._kind = kind
        self._options = options
        self._lock = threading.Lock()
        #: None while nobody has needed it.
        self.made: Optional[T] = None

    def get(self) -> T:
        with self._lock:
            if self.made is None:
                self.made = self._kind(**_for_httpx(self._options))
            return self.made


def _for_httpx(options: Dict[str, Any]) -> Dict[str, Any]:
    """Return the options of a transport of ours as one of httpx takes them; TLS is shared."""
    from outpostkit.transport._settings.tls import TlsSettings

    rest = {**options}
    settings = rest.pop("verify", True), rest.pop("cert", None), rest.pop("trust_env", True)
    rest.pop("proxy", None)  # there is none, or the transport would not be ours
    return {"verify": TlsSettings(*settings).context(), **rest}


class StandingAside(httpx.BaseTransport):
    """A transport of ours that leaves requests to httpx's while something stands in for that."""

    def __init__(self, ours: httpx.BaseTransport, options: Dict[str, Any]) -> None:
        self._ours = ours
        self._theirs = _OfHttpx(httpx.HTTPTransport, options)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if transport_is_replaced():
            return self._theirs.get().handle_request(request)
        return self._ours.handle_request(request)

    def close(self) -> None:
        self._ours.close()
        if self._theirs.made is not None:
            self._theirs.made.close()


class AsyncStandingAside(httpx.AsyncBaseTransport):
    """The same, asynchronous."""

    def __init__(self, ours: httpx.AsyncBaseTransport, options: Dict[str, Any]) -> None:
        self._ours = ours
        self._theirs = _OfHttpx(httpx.AsyncHTTPTransport, options)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if async_transport_is_replaced():
            return await self._theirs.get().handle_async_request(request)
        return await self._ours.handle_async_request(request)

    async def aclose(self) -> None:
        await self._ours.aclose()
        if self._theirs.made is not None:
            await self._theirs.made.aclose()
