"""Transports for what ours do not speak: proxies and HTTP/2, each with httpx's own.

Addresses that no proxy serves are still reached over ours. Those of httpx are made when they are
first needed, so that files they read cannot be in the way of who does not need them.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Generic, Optional, TypeVar

import httpx

from outpostkit.exceptions import ConfigurationError
from outpostkit.transport._settings.proxies import Proxies, Proxy, proxies_for
from outpostkit.transport._settings.socket_options import KEEPALIVE, checked_options
from outpostkit.transport._settings.tls import TlsSettings
from outpostkit.transport._watched import watch

T = TypeVar("T")


class _Routes(Generic[T]):
    """The transports of httpx by the proxy that they go through."""

    def __init__(
        self, kind: Callable[..., T], proxies: Optional[Proxies], options: Dict[str, Any]
    ) -> None:
        self._kind = kind
        self._proxies = proxies
        self._options = options
        self._lock = threading.Lock()
        self.made: Dict[Optional[Proxy], T] = {}

    def choose(self, request: httpx.Request) -> Optional[T]:
        """Return the transport for a request, which is noted in it; None for one of ours."""
        if self._proxies is None:
            return self._through(None)
        proxy, words = self._proxies.route(request.url)
        request.extensions["way"] = words  # for errors
        return self._through(proxy)

    def serving(self, url: str) -> Optional[T]:
        """Return the transport for an address; None for one of ours."""
        if self._proxies is None:
            return self._through(None)
        return self._through(self._proxies.route(httpx.URL(url)).proxy)

    def _through(self, proxy: Optional[Proxy]) -> Optional[T]:
        if proxy is None and not _is_foreign(self._options):
            return None
        with self._lock:
            if proxy not in self.made:
                self.made[proxy] = self._make(proxy)
            return self.made[proxy]

    def _make(self, proxy: Optional[Proxy]) -> T:
        options = dict(self._options)
        tls = TlsSettings(
            options.pop("verify", True), options.pop("cert", None), options.get("trust_env", True)
        )
        # One that speaks HTTP/2 offers that, in a context that it takes for its own.
        options["verify"] = tls.own_context() if options.get("http2") else tls.context()
        added = checked_options(options.pop("socket_options", None))
        options["socket_options"] = [*KEEPALIVE, *added]
        options["proxy"] = None if proxy is None else proxy.for_httpx
        try:
            transport = self._kind(**options)
            watch(transport)
            return transport
        except ImportError:
            raise ConfigurationError(
                'http2: HTTP/2 needs the package h2: pip install "httpx[http2]"'
            ) from None


class RoutedTransport(httpx.BaseTransport):
    """Sends what needs a proxy or HTTP/2 over transports of httpx, and all else over another."""

    def __init__(
        self,
        ours: httpx.BaseTransport,
        direct: httpx.BaseTransport,
        proxies: Optional[Proxies],
        options: Dict[str, Any],
    ) -> None:
        self.ours = ours
        self._direct = direct
        self._routes = _Routes(httpx.HTTPTransport, proxies, options)

    def serving(self, url: str) -> httpx.BaseTransport:
        """Return what requests to an address go through."""
        return self._routes.serving(url) or self.ours

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return (self._routes.choose(request) or self._direct).handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        self._direct.close()
        for transport in self._routes.made.values():
            transport.close()


class AsyncRoutedTransport(httpx.AsyncBaseTransport):
    """The same, asynchronous."""

    def __init__(
        self,
        ours: httpx.AsyncBaseTransport,
        direct: httpx.AsyncBaseTransport,
        proxies: Optional[Proxies],
        options: Dict[str, Any],
    ) -> None:
        self.ours = ours
        self._direct = direct
        self._routes = _Routes(httpx.AsyncHTTPTransport, proxies, options)

    def serving(self, url: str) -> httpx.AsyncBaseTransport:
        """Return what requests to an address go through."""
        return self._routes.serving(url) or self.ours

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        transport = self._routes.choose(request) or self._direct
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._direct.aclose()
        for transport in self._routes.made.values():
            await transport.aclose()


def routed(
    options: Dict[str, Any], wrap: Callable[[httpx.BaseTransport], httpx.BaseTransport]
) -> RoutedTransport:
    """Return a transport that takes the proxies of these options, and one of ours where none is.

    The options are those of ``choose_transport``; ``wrap`` puts something around ours.

    Raises:
        ConfigurationError: a proxy, or a variable of the environment that names some, cannot be
            read.
    """
    from outpostkit.transport._sync import PooledTransport

    ours = PooledTransport(**_for_ours(options))
    return RoutedTransport(ours, wrap(ours), _proxies(options), options)


def routed_async(
    options: Dict[str, Any], wrap: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]
) -> AsyncRoutedTransport:
    """Return the same, asynchronous; see :func:`routed`."""
    from outpostkit.transport._async import AsyncPooledTransport

    ours = AsyncPooledTransport(**_for_ours(options))
    return AsyncRoutedTransport(ours, wrap(ours), _proxies(options), options)


def _proxies(options: Dict[str, Any]) -> Optional[Proxies]:
    return proxies_for(options.get("proxy"), options.get("trust_env", True))


def _for_ours(options: Dict[str, Any]) -> Dict[str, Any]:
    return {
        name: value for name, value in options.items() if name not in ("http1", "http2", "proxy")
    }


def _is_foreign(options: Dict[str, Any]) -> bool:
    return bool(options.get("http2")) or not options.get("http1", True)
