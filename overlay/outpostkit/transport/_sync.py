"""The blocking transport: threads, sockets, one pool behind a lock."""

from __future__ import annotations

import math
import os
import socket
import threading
import time
import weakref
from contextlib import suppress
from typing import Iterable, Iterator, Optional, Union

import httpx

from outpostkit.exceptions import ConfigurationError
from outpostkit.transport._connecting import connect_tcp
from outpostkit.transport._exchange import LISTEN, NEXT_CHUNK, RECEIVE, Http1Exchange
from outpostkit.transport._pool import DEFAULT_LIMITS, Permit, Pool, Waiter, widened
from outpostkit.transport._request import Origin, Timeouts
from outpostkit.transport._settings.socket_options import SocketOption, checked_options, configure
from outpostkit.transport._settings.tls import CertTypes, TlsSettings, VerifyTypes
from outpostkit.transport._sync_connection import TIMED_OUT, SyncConnection

#: Seconds after which whoever waits for a connection looks whether one was lost.
LOOK_AGAIN_S = 1.0


class PooledTransport(httpx.BaseTransport):
    """HTTP/1.1 for ``httpx.Client(transport=...)``, cheaper than httpx's own transport.

    Connections are kept and used again, by any number of threads. A request that was sent on a
    kept connection just when the server closed it is repeated on a new one when that is safe.
    Making a transport costs next to nothing, because transports share their TLS settings. A
    child process after ``fork`` begins with no connections.

    It speaks to ``http`` and ``https`` servers directly, and leaves proxies, HTTP/2, Unix sockets
    and protocol upgrades to httpx: :func:`outpostkit.transport.choose_transport` tells when. There
    is no ``trace`` extension of requests and no ``network_stream`` extension of responses.

    Args:
        verify: True for the usual authorities, the path of a file or folder of other
            authorities, an ``ssl.SSLContext``, or False to check nothing.
        cert: a client certificate: one file, or the files of certificate and key and the key's
            password.
        trust_env: whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name the usual authorities.
        limits: how many connections there may be, how many of them idle, and for how many
            seconds. A request that finds every connection busy waits for its turn.
        socket_options: tuples as ``socket.setsockopt`` takes them, set for every connection after
            keep-alive probes, which ask a side that was silent for 60 seconds whether it is there.

    Raises, when used:
        ConfigurationError: a file of certificates or a socket option cannot be used.
        httpx.ConnectError, httpx.ConnectTimeout: no connection, or no TLS.
        httpx.PoolTimeout: no connection became free in time.
        httpx.WriteError, httpx.ReadError: the connection broke.
        httpx.WriteTimeout, httpx.ReadTimeout: nothing moved on it for the time allowed.
        httpx.LocalProtocolError: the request is not valid HTTP/1.1; nothing was sent.
        httpx.RemoteProtocolError: the response is not valid HTTP/1.1, or ended too early.
        httpx.UnsupportedProtocol: the URL is neither http nor https.
    """

    def __init__(
        self,
        verify: Optional[VerifyTypes] = True,
        cert: Optional[CertTypes] = None,
        trust_env: bool = True,
        limits: httpx.Limits = DEFAULT_LIMITS,
        socket_options: Optional[Iterable[SocketOption]] = None,
    ) -> None:
        self._tls = TlsSettings(verify, cert, trust_env)
        self._socket_options = checked_options(socket_options)
        self._limits = limits
        self._lock = threading.Lock()
        self._pool: Pool[SyncConnection] = Pool(limits)
        _transports.add(self)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(request.stream, httpx.SyncByteStream):
            raise RuntimeError("this request has an async body; send it with an AsyncClient")
        timeouts: Timeouts = request.extensions.get("timeout") or {}
        exchange = Http1Exchange(request)
        connection = self._checkout(exchange.request.origin, timeouts)
        try:
            while True:
                try:
                    self._perform(exchange, connection, request.stream, timeouts)
                    break
                except httpx.TransportError as error:
                    if not exchange.may_repeat(error, reused=connection.reused):
                        raise
                with self._lock:
                    permit = self._pool.reopen(connection)
                connection = self._open(permit, exchange.request.origin, timeouts)
        except BaseException:
            with self._lock:
                self._pool.discard(connection)
            raise
        if exchange.reader.done:
            # A short response has arrived as a whole: its reader holds no connection up.
            self._check_in(connection, exchange)
            return exchange.response(httpx.ByteStream(exchange.first_body))
        return exchange.response(ResponseBody(self, connection, exchange, timeouts))

    @property
    def max_connections(self) -> Optional[int]:
        """How many connections there may be; None for any number."""
        return self._limits.max_connections

    def widen(self, by: int) -> None:
        """Allow that many connections more, or fewer if negative, as when they are taken back."""
        with self._lock:
            self._limits = widened(self._limits, by)
            self._pool.widen(by)

    def close(self) -> None:
        """Close all connections; requests still under way in other threads fail."""
        with self._lock:
            self._pool.close()

    def __del__(self) -> None:
        # Not there when __init__ has failed.
        if hasattr(self, "_pool"):
            self.close()

    def _checkout(self, origin: Origin, timeouts: Timeouts) -> SyncConnection:
        """Return a connection that is now busy with us, kept or new."""
        pool = self._pool
        while True:
            with self._lock:
                found = pool.acquire(origin, time.monotonic())
            if isinstance(found, Waiter):
                found = self._wait(found, timeouts.get("pool"))
            if isinstance(found, Permit):
                return self._open(found, origin, timeouts)
            if not found.is_stale():
                found.reused = True
                return found
            with self._lock:
                pool.discard(found)

    def _wait(
        self, waiter: Waiter[SyncConnection], timeout_s: Optional[float]
    ) -> Union[SyncConnection, Permit]:
        # Not an Event: an exception in the midst of its wait can be lost to one of its own.
        pool, gate = self._pool, threading.Lock()
        gate.acquire()
        with self._lock:
            waiter.wake = gate.release
            if waiter.granted is not None or pool.closed:
                gate.release()
        try:
            self._wait_at(gate, waiter, timeout_s)
        except BaseException:
            with self._lock:
                pool.give_up(waiter, time.monotonic())
            raise
        with self._lock:
            if waiter.granted is not None:
                return waiter.granted
            pool.give_up(waiter, time.monotonic())
            pool.check_open()
        raise httpx.PoolTimeout(f"no connection became free within {timeout_s} s")

    def _wait_at(
        self, gate: threading.Lock, waiter: Waiter[SyncConnection], timeout_s: Optional[float]
    ) -> None:
        left_s = math.inf if timeout_s is None else timeout_s
        until = time.monotonic() + left_s
        while not gate.acquire(timeout=max(0.0, min(left_s, LOOK_AGAIN_S))):
            with self._lock:
                self._pool.look_again(waiter)
            left_s = until - time.monotonic()
            if waiter.granted is not None or left_s <= 0:
                return

    def _open(self, permit: Permit, origin: Origin, timeouts: Timeouts) -> SyncConnection:
        """Return a new connection in the place that the pool has granted."""
        try:
            connection = SyncConnection(origin, self._connect(origin, timeouts.get("connect")))
        except BaseException:
            with self._lock:
                self._pool.not_opened(permit)
            raise
        with self._lock:
            self._pool.opened(permit, connection)
        return connection

    def _connect(self, origin: Origin, timeout_s: Optional[float]) -> socket.socket:
        scheme, host, port, server_name = origin
        context = self._tls.context() if scheme == "https" else None
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        sock = connect_tcp(host, port, timeout_s)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            configure(sock, self._socket_options)
            if context is not None:
                sock.settimeout(
                    None if deadline is None else max(0.001, deadline - time.monotonic())
                )
                sock = context.wrap_socket(sock, server_hostname=server_name or host)
        except TIMED_OUT as error:
            sock.close()
            raise httpx.ConnectTimeout(f"no TLS with {host}:{port} within {timeout_s} s") from error
        except ConfigurationError:
            sock.close()
            raise
        except (OSError, ValueError) as error:
            sock.close()
            raise httpx.ConnectError(f"no TLS with {host}:{port}: {error}") from error
        except BaseException:
            sock.close()
            raise
        return sock

    @staticmethod
    def _perform(
        exchange: Http1Exchange,
        connection: SyncConnection,
        stream: httpx.SyncByteStream,
        timeouts: Timeouts,
    ) -> None:
        """Carry out the steps of the exchange up to the head of the response."""
        chunks: Optional[Iterator[bytes]] = None
        steps = exchange.steps()
        with suppress(StopIteration):
            step = next(steps)
            while True:
                reply: Union[bytes, memoryview, None]
                try:
                    if step is RECEIVE:
                        reply = connection.receive(timeouts.get("read"))
                    elif step is LISTEN:
                        reply = connection.listen(timeouts.get("write"))
                    elif step is NEXT_CHUNK:
                        chunks = iter(stream) if chunks is None else chunks
                        reply = next(chunks, None)
                    else:
                        reply = connection.send(step, timeouts.get("write"))
                except httpx.TransportError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)

    def _check_in(self, connection: SyncConnection, exchange: Http1Exchange) -> None:
        with self._lock:
            if exchange.reusable:
                self._pool.release(connection, time.monotonic(), exchange.reader.idle_limit_s)
            else:
                self._pool.discard(connection)

    def _drop(self, connection: SyncConnection) -> None:
        """Give a connection up at any moment in any thread, perhaps in the midst of the pool."""
        if self._lock.acquire(blocking=False):
            try:
                self._pool.discard(connection)
            finally:
                self._lock.release()
        else:
            self._pool.abandoned.append(connection)

    def _forget_connections(self) -> None:
        self._lock = threading.Lock()
        pool, self._pool = self._pool, Pool(self._limits)
        self._pool.closed = pool.closed
        pool.forget()


class ResponseBody(httpx.SyncByteStream):
    """The rest of a response, read from the connection as it is asked for."""

    def __init__(
        self,
        transport: PooledTransport,
        connection: SyncConnection,
        exchange: Http1Exchange,
        timeouts: Timeouts,
    ) -> None:
        self._transport = transport
        #: None as soon as it is given back.
        self._connection: Optional[SyncConnection] = connection
        self._exchange = exchange
        # Asked anew for every read: whoever made the request may let them shrink.
        self._timeouts = timeouts

    def __iter__(self) -> Iterator[bytes]:
        reader = self._exchange.reader
        try:
            data, self._exchange.first_body = self._exchange.first_body, b""
            if data:
                yield data
            while not reader.done:
                data = reader.feed(self._receive())
                if reader.done:
                    self.close()
                if data:
                    yield data
        except BaseException:
            self._drop()  # garbage collection may be what ends it
            raise

    def _receive(self) -> bytes:
        if self._connection is None:
            raise httpx.ReadError("the response has been closed")
        return self._connection.receive(self._timeouts.get("read"))

    def close(self) -> None:
        """Give the connection back if the body was read to its end; close it otherwise."""
        # Taken first: what is interrupted on the way back must not be given back twice.
        connection, self._connection = self._connection, None
        if connection is not None:
            self._transport._check_in(connection, self._exchange)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._transport._drop(connection)

    def __del__(self) -> None:
        self._drop()


_transports: weakref.WeakSet[PooledTransport] = weakref.WeakSet()


def _after_fork() -> None:
    # Two processes that write to one socket would garble each other's requests.
    for transport in list(_transports):
        transport._forget_connections()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
