"""The httpx clients behind ours, with a short way to their transport.

What ``httpx.Client.send`` does around a transport (authentication, redirects, event hooks, its own
log line with the whole query) is either not wanted here or not in use, and costs a third of a call.
A request therefore goes straight to the transport when that is ours, nothing else is asked for, and
nothing stands in for what it would pass in httpx, as :mod:`.interception` tells.
Importing this module imports httpx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Type, TypeVar, Union, cast

import httpx

from outpostkit._calls.deadline import ShrinkingTimeout
from outpostkit._calls.http_clients.interception import (
    AsyncStandingAside,
    StandingAside,
    async_client_is_replaced,
    async_transport_is_replaced,
    client_is_replaced,
    transport_is_replaced,
)

if TYPE_CHECKING:
    from outpostkit.transport._async import AsyncPooledTransport

#: Options of httpx's clients that make a transport what it is.
_TRANSPORT_OPTIONS = (
    "verify",
    "cert",
    "trust_env",
    "limits",
    "http1",
    "http2",
    "proxy",
    "socket_options",
)

C = TypeVar("C")


class BlockingHttp(httpx.Client):
    """An httpx client that sends over our transport, unless the options need another."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.direct: Optional[httpx.BaseTransport] = None
        self._aside: Optional[httpx.BaseTransport] = None
        self._own: Optional[httpx.BaseTransport] = None
        self.has_own_limits = has_own_limits(options)
        if options.get("transport") is None:
            from outpostkit.transport import choose_transport

            given = of_transport(options)
            transport = choose_transport(**given)
            if transport is None:
                from outpostkit.transport import routed

                self._aside = routed(given, lambda ours: StandingAside(ours, given))
            else:
                self._aside = StandingAside(transport, given)
            if options.get("mounts") is None:
                self._own = transport
                if not options.get("event_hooks"):
                    self.direct = transport
            options = _with_transport(options, self._aside)
        super().__init__(**options)
        if self._own is None:
            watch_transports(self)

    def transport_for(self, url: str) -> httpx.BaseTransport:
        """Return what requests to an address go through."""
        from outpostkit.transport._routing import RoutedTransport

        found = self._own or self._transport_for_url(httpx.URL(url))
        return found.serving(url) if isinstance(found, RoutedTransport) else found

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Send a request once, and return the answer with its body unread."""
        transport = self.direct
        if (
            transport is None
            or client_is_replaced()
            or transport_is_replaced()
            or self._transport is not self._aside
            or request.url.userinfo
        ):
            from outpostkit._calls.http_clients.quiet import unlogged

            let_ask_again(request)
            with unlogged(request):
                return self.send(request, stream=True)
        response = transport.handle_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return response


class AsyncHttp(httpx.AsyncClient):
    """An asynchronous httpx client, as :class:`BlockingHttp`."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.direct: Optional[AsyncPooledTransport] = None
        self._aside: Optional[httpx.AsyncBaseTransport] = None
        self._own: Optional[httpx.AsyncBaseTransport] = None
        self.has_own_limits = has_own_limits(options)
        if options.get("transport") is None:
            from outpostkit.transport import choose_async_transport

            given = of_transport(options)
            transport = choose_async_transport(**given)
            if transport is None:
                from outpostkit.transport import routed_async

                self._aside = routed_async(given, lambda ours: AsyncStandingAside(ours, given))
            else:
                self._aside = AsyncStandingAside(transport, given)
            if options.get("mounts") is None:
                self._own = transport
                if not options.get("event_hooks"):
                    self.direct = cast("Optional[AsyncPooledTransport]", transport)
            options = _with_transport(options, self._aside)
        super().__init__(**options)
        if self._own is None:
            watch_transports(self)

    def _is_direct(self) -> bool:
        return (
            self.direct is not None
            and not async_client_is_replaced()
            and not async_transport_is_replaced()
            and self._transport is self._aside
        )

    def keeps_time_for(self, request: httpx.Request) -> bool:
        """Tell whether the transport ends a request at its deadline, so that nobody else has to.

        A body that is made while it is sent may take its time wherever it comes from.
        """
        return isinstance(request.stream, httpx.ByteStream) and self.is_timed()

    def is_timed(self) -> bool:
        """Tell whether the transport looks at the clock whenever it reads or writes."""
        transport = self.direct
        return transport is not None and transport.keeps_time() and self._is_direct()

    def transport_for(self, url: str) -> httpx.AsyncBaseTransport:
        """Return what requests to an address go through."""
        from outpostkit.transport._routing import AsyncRoutedTransport

        found = self._own or self._transport_for_url(httpx.URL(url))
        return found.serving(url) if isinstance(found, AsyncRoutedTransport) else found

    async def deliver(self, request: httpx.Request, *, is_direct: bool = False) -> httpx.Response:
        """Send a request once, and return the answer with its body unread.

        ``is_direct`` says that nothing stands in for what it would pass in httpx, if that is known.
        """
        transport = self.direct
        if transport is None or request.url.userinfo or not (is_direct or self._is_direct()):
            from outpostkit._calls.http_clients.quiet import unlogged

            with unlogged(request):
                return await self.send(request, stream=True)
        response = await transport.handle_async_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return response


def blocking_http(options: Dict[str, Any]) -> BlockingHttp:
    """Return a client with these options, of the kind that ``httpx.Client`` is at this moment.

    Some tools put a subclass of theirs in its place.
    """
    return _as_it_is_now(BlockingHttp, httpx.Client)(options)


def async_http(options: Dict[str, Any]) -> AsyncHttp:
    """Return an asynchronous client with these options; see :func:`blocking_http`."""
    return _as_it_is_now(AsyncHttp, httpx.AsyncClient)(options)


def _as_it_is_now(ours: Type[C], theirs: type) -> Type[C]:
    base = ours.__mro__[1]
    if theirs is base or not (isinstance(theirs, type) and issubclass(theirs, base)):
        return ours
    return cast("Type[C]", type(ours.__name__, (ours, theirs), {}))


def has_own_limits(options: Dict[str, Any]) -> bool:
    """Tell whether the user has said how many connections there may be."""
    return any(options.get(name) is not None for name in ("limits", "transport", "mounts"))


def watch_transports(http: Union[httpx.Client, httpx.AsyncClient]) -> None:
    """Let the transports of httpx, which have proxies, keep to the deadline of a call."""
    from outpostkit.transport._watched import watch

    for transport in (http._transport, *http._mounts.values()):
        watch(transport)


def let_ask_again(request: httpx.Request) -> None:
    """Let a watched transport ask for the timeouts of a request as often as it reads."""
    timeouts = request.extensions.get("timeout")
    if isinstance(timeouts, ShrinkingTimeout):
        from outpostkit.transport._watched import AskedAgain

        request.extensions = {**request.extensions, "timeout": AskedAgain(timeouts)}


def of_transport(options: Dict[str, Any]) -> Dict[str, Any]:
    """Return the options that choose a transport."""
    return {name: options[name] for name in _TRANSPORT_OPTIONS if name in options}


def _with_transport(options: Dict[str, Any], transport: object) -> Dict[str, Any]:
    """Return the options of a client that sends over a transport, which heeds the others itself.

    httpx would look for proxies, and read files of certificates, once more.
    """
    rest = {name: value for name, value in options.items() if name not in _TRANSPORT_OPTIONS}
    return {**rest, "transport": transport, "trust_env": False}
