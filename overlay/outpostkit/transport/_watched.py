"""httpx's own transports, kept to the deadline of a call.

The blocking ones ask for the timeout of a phase when it begins, and let every read of it take so
long: a head that trickles in, or a proxy that takes the body a little at a time, would outlast any
deadline. The timeouts that they get from here know where they come from, and the network below
them asks again. And all of them wait for name servers as long as the system does.
"""

from __future__ import annotations

import functools
import socket
from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, Optional

import anyio
import httpcore

from outpostkit.transport._connecting import is_address, lookup
from outpostkit.transport._threads import abandonable

#: Written at once; each asks for what is left of the time.
WRITE_BYTES = 64 * 1024

Timeouts = Dict[str, Optional[float]]


class AskedAgain(Timeouts):
    """The timeouts of a request; each that is asked for can be asked for again."""

    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__(timeouts)
        self._timeouts = timeouts

    def get(  # type: ignore[override]  # only ever asked for phases, with or without a default
        self, phase: str, default: Optional[float] = None
    ) -> Optional[float]:
        allowed = self._timeouts.get(phase, default)
        return None if allowed is None else _Allowed(allowed, self._timeouts, phase)


class _Allowed(float):
    """Seconds, and where they are from."""

    timeouts: Timeouts
    phase: str

    def __new__(cls, seconds: float, timeouts: Timeouts, phase: str) -> _Allowed:
        allowed = super().__new__(cls, seconds)
        allowed.timeouts = timeouts
        allowed.phase = phase
        return allowed


def watch(transport: object) -> None:
    """Let a transport ask again for the timeouts of requests, if it is one of httpx."""
    # httpx gives no way to it. A transport that is made otherwise stays as it is.
    pool: Any = getattr(transport, "_pool", None)
    backend = getattr(pool, "_network_backend", None)
    if isinstance(backend, (_WatchedBackend, _WatchedAsyncBackend)):
        return
    if isinstance(backend, httpcore.NetworkBackend):
        pool._network_backend = _WatchedBackend(backend)
    elif isinstance(backend, httpcore.AsyncNetworkBackend):
        pool._network_backend = _WatchedAsyncBackend(backend)


def _left(timeout: Optional[float]) -> Optional[float]:
    if isinstance(timeout, _Allowed):
        return timeout.timeouts.get(timeout.phase)
    return timeout


class _WatchedBackend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Optional[float] = None,
        local_address: Optional[str] = None,
        socket_options: Optional[Iterable[Any]] = None,
    ) -> httpcore.NetworkStream:
        if not (timeout is None or is_address(host)):
            # The system asks no name server in less than seconds, and httpcore waits for it.
            with _as_httpcore():
                lookup(host, port, _left(timeout))
        return _WatchedStream(
            self._backend.connect_tcp(host, port, _left(timeout), local_address, socket_options)
        )

    def connect_unix_socket(
        self,
        path: str,
        timeout: Optional[float] = None,
        socket_options: Optional[Iterable[Any]] = None,
    ) -> httpcore.NetworkStream:
        return _WatchedStream(
            self._backend.connect_unix_socket(path, _left(timeout), socket_options)
        )

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _WatchedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: Optional[float] = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: Optional[float] = None) -> None:
        for begin in range(0, len(buffer), WRITE_BYTES):
            self._stream.write(buffer[begin : begin + WRITE_BYTES], _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> httpcore.NetworkStream:
        return _WatchedStream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _WatchedAsyncBackend(httpcore.AsyncNetworkBackend):
    """Leaves name servers that do not answer to themselves; all else can be cancelled."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Optional[float] = None,
        local_address: Optional[str] = None,
        socket_options: Optional[Iterable[Any]] = None,
    ) -> httpcore.AsyncNetworkStream:
        if not is_address(host):
            with _as_httpcore(), anyio.fail_after(timeout):
                await abandonable(functools.partial(lookup, host, port, None))
        return await self._backend.connect_tcp(host, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: Optional[float] = None,
        socket_options: Optional[Iterable[Any]] = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._backend.connect_unix_socket(path, timeout, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


@contextmanager
def _as_httpcore() -> Iterator[None]:
    """Name the errors of a lookup as httpcore does."""
    try:
        yield
    except (socket.timeout, TimeoutError) as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
