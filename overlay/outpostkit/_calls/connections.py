"""The httpx clients behind ours: made with the first request, shared by derived clients."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, Generic, Optional, TypeVar

from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from typing import Tuple

    from outpostkit._calls.http_clients.clients import AsyncHttp, BlockingHttp
    from outpostkit._calls.settings.tokens import TokenSource

#: ``httpx.Client`` or ``httpx.AsyncClient``.
H = TypeVar("H")
S = TypeVar("S", bound="Closing")
A = TypeVar("A", bound="AsyncClosing")


def blocking_http(options: Dict[str, Any]) -> BlockingHttp:
    """Return the httpx client of a :class:`outpostkit.Client` with these options."""
    from outpostkit._calls.http_clients.clients import blocking_http

    return blocking_http(options)


def async_http(options: Dict[str, Any]) -> AsyncHttp:
    """Return the httpx client of a :class:`outpostkit.AsyncClient` with these options."""
    from outpostkit._calls.http_clients.clients import async_http

    return async_http(options)


def renewing_http(options: Dict[str, Any], source: TokenSource) -> BlockingHttp:
    """Return the same of one whose token is a function."""
    from outpostkit._calls.http_clients.renewing import renewing_http

    return renewing_http(options, source)


def async_renewing_http(options: Dict[str, Any], source: TokenSource) -> AsyncHttp:
    """Return the same, asynchronous."""
    from outpostkit._calls.http_clients.renewing import async_renewing_http

    return async_renewing_http(options, source)


class Closing:
    """Closes itself at the end of a ``with`` block."""

    def close(self) -> None:
        """Close the connections; again does nothing."""
        raise NotImplementedError

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AsyncClosing:
    """Closes itself at the end of an ``async with`` block."""

    async def aclose(self) -> None:
        """Close the connections; again does nothing."""
        raise NotImplementedError

    async def __aenter__(self: A) -> A:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()


class Connections(Generic[H]):
    """At most one httpx client, made when it is first asked for."""

    def __init__(self, make: Callable[[], H]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._http: Optional[H] = None
        self._is_closed = False

    def __deepcopy__(self, memo: object) -> Connections[H]:
        return self  # sockets cannot be copied, so copies of a client share them

    def __reduce__(self) -> Tuple[object, ...]:
        from outpostkit._calls.settings.pickling import check_options

        check_options(self._make)
        return Connections, (self._make,)

    def open(self) -> H:
        """Return the httpx client.

        Raises:
            ConfigurationError: it was closed.
        """
        http = self._http
        if http is not None:
            return http
        with self._lock:
            if self._is_closed:
                raise ConfigurationError("this client is closed; make another one")
            if self._http is None:
                try:
                    self._http = self._make()
                except BaseException as error:
                    from outpostkit._calls.redaction import forget_locals

                    forget_locals(error)  # the options hold passwords of proxies and keys
                    raise
            return self._http

    def __del__(self) -> None:
        # A program that never closes its client is not punished with warnings about sockets. An
        # asynchronous one cannot be closed here, where nothing can be awaited.
        close = getattr(self._http, "close", None)
        if close is not None:
            close()

    def take(self) -> Optional[H]:
        """Mark as closed; return the httpx client that the caller must close, if there is one."""
        with self._lock:
            self._is_closed = True
            http, self._http = self._http, None
            return http
