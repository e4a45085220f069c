"""The asyncio transport: one event loop's connections, one pool for each loop."""

import asyncio
import functools
import socket
import threading
import time
from contextlib import suppress
from typing import (
    Any,
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Dict,
    Iterable,
    Optional,
    Tuple,
    Union,
)

import httpx

from outpostkit.transport._async_connecting import connect_tcp_async
from outpostkit.transport._async_connection import AsyncConnection, in_time, resolve
from outpostkit.transport._connecting import is_address
from outpostkit.transport._exchange import LISTEN, NEXT_CHUNK, RECEIVE, Http1Exchange
from outpostkit.transport._pool import DEFAULT_LIMITS, Permit, Pool, Waiter, widened
from outpostkit.transport._request import Origin, Timeouts
from outpostkit.transport._settings.socket_options import KEEPALIVE, SocketOption, checked_options
from outpostkit.transport._settings.tls import CertTypes, TlsSettings, VerifyTypes


class AsyncPooledTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 for ``httpx.AsyncClient(transport=...)``: :class:`PooledTransport` for asyncio.

    One transport may be used in several event loops, one after another or each in its own
    thread: each has connections and limits of its own, because a connection belongs to the loop
    that opened it. They are closed by :meth:`aclose`, and at the latest when their loop shuts
    down, as at the end of ``asyncio.run``. A cancelled request closes its connection and gives up
    its place in the queue.

    Without a running asyncio loop, under Trio for example, it passes requests on to
    ``httpx.AsyncHTTPTransport``.

    Arguments, errors and limitations are those of :class:`PooledTransport`.
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
        self._pools: Dict[asyncio.AbstractEventLoop, Pool[AsyncConnection]] = {}
        self._closers: Dict[asyncio.AbstractEventLoop, AsyncGenerator[None, None]] = {}
        self._elsewhere: Optional[httpx.AsyncHTTPTransport] = None
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(request.stream, httpx.AsyncByteStream):
            raise RuntimeError("this request has a blocking body; send it with a Client")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return await self._not_asyncio().handle_async_request(request)
        pool = self._pools.get(loop)
        if pool is None or pool.closed:
            pool = await self._new_pool(loop)

        timeouts: Timeouts = request.extensions.get("timeout") or {}
        exchange = Http1Exchange(request)
        connection = await self._checkout(pool, exchange.request.origin, timeouts)
        try:
            while True:
                try:
                    await self._perform(exchange, connection, request.stream, timeouts)
                    break
                except httpx.TransportError as error:
                    if not exchange.may_repeat(error, reused=connection.reused):
                        raise
                permit = pool.reopen(connection)
                connection = await self._open(pool, permit, exchange.request.origin, timeouts)
        except BaseException:
            pool.discard(connection)
            raise
        if exchange.reader.done:
            # A short response has arrived as a whole: its reader holds no connection up.
            _check_in(pool, connection, exchange)
            return exchange.response(httpx.ByteStream(exchange.first_body))
        body = ResponseBody(self, pool, connection, exchange, timeouts)
        return exchange.response(body)

    @property
    def max_connections(self) -> Optional[int]:
        """How many connections each loop may have; None for any number."""
        return self._limits.max_connections

    def widen(self, by: int) -> None:
        """As :meth:`PooledTransport.widen`, for each loop."""
        with self._lock:
            self._limits = widened(self._limits, by)
            pools = dict(self._pools)
        for loop, pool in pools.items():
            if loop is _running_loop():
                pool.widen(by)
            elif not loop.is_closed():
                with suppress(RuntimeError):  # closed in this very moment
                    loop.call_soon_threadsafe(pool.widen, by)

    @staticmethod
    def keeps_time() -> bool:
        """Tell whether it asks for the timeouts of a request before every read and write.

        What httpx's own transport does without asyncio it begins with one limit for all of a phase.
        """
        return _running_loop() is not None

    async def aclose(self) -> None:
        """Close all connections of all loops; requests still under way fail."""
        with self._lock:
            self._closed = True
            pools, self._pools = self._pools, {}
            closers, self._closers = self._closers, {}
        elsewhere, self._elsewhere = self._elsewhere, None
        if elsewhere is not None:
            await elsewhere.aclose()
        for loop, pool in pools.items():
            closer = closers.pop(loop)
            if loop.is_closed():
                continue
            if _running_loop() is loop:
                await closer.aclose()
            else:
                with suppress(RuntimeError):  # closed in this very moment
                    loop.call_soon_threadsafe(pool.close)

    def _not_asyncio(self) -> httpx.AsyncHTTPTransport:
        if self._elsewhere is None:
            from outpostkit.transport._watched import watch

            self._check_open()
            self._elsewhere = httpx.AsyncHTTPTransport(
                verify=self._tls.context(),
                limits=self._limits,
                socket_options=[*KEEPALIVE, *self._socket_options],
            )
            watch(self._elsewhere)
        return self._elsewhere

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("this transport has been closed; make another one")

    async def _new_pool(self, loop: asyncio.AbstractEventLoop) -> "Pool[AsyncConnection]":
        with self._lock:
            self._check_open()
            for gone in [each for each in self._pools if each.is_closed()]:
                del self._pools[gone], self._closers[gone]
            pool = self._pools[loop] = Pool(self._limits)
            closer = self._closers[loop] = _close_at_the_end(pool)
        await closer.__anext__()
        return pool

    async def _checkout(
        self, pool: "Pool[AsyncConnection]", origin: Origin, timeouts: Timeouts
    ) -> AsyncConnection:
        """Return a connection that is now busy with us, kept or new."""
        while True:
            found = pool.acquire(origin, time.monotonic())
            if isinstance(found, Waiter):
                found = await self._wait(pool, found, timeouts.get("pool"))
            if isinstance(found, Permit):
                return await self._open(pool, found, origin, timeouts)
            found.busy = True
            if not found.is_stale():
                found.reused = True
                return found
            pool.discard(found)

    @staticmethod
    async def _wait(
        pool: "Pool[AsyncConnection]", waiter: "Waiter[AsyncConnection]", timeout_s: Optional[float]
    ) -> Union[AsyncConnection, Permit]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiter.wake = functools.partial(resolve, future, True)
        try:
            await in_time(future, timeout_s)
        except BaseException:
            pool.give_up(waiter, time.monotonic())
            raise
        if waiter.granted is not None:
            return waiter.granted
        pool.give_up(waiter, time.monotonic())
        pool.check_open()
        raise httpx.PoolTimeout(f"no connection became free within {timeout_s} s")

    async def _open(
        self, pool: "Pool[AsyncConnection]", permit: Permit, origin: Origin, timeouts: Timeouts
    ) -> AsyncConnection:
        """Return a new connection in the place that the pool has granted."""
        try:
            connection = await self._connect(pool, origin, timeouts.get("connect"))
        except BaseException:
            pool.not_opened(permit)
            raise
        pool.opened(permit, connection)
        return connection

    async def _connect(
        self, pool: "Pool[AsyncConnection]", origin: Origin, timeout_s: Optional[float]
    ) -> AsyncConnection:
        scheme, host, port, server_name = origin
        options: Dict[str, Any] = {}
        if scheme == "https":
            options["ssl"] = self._tls.context()
            options["server_hostname"] = server_name or host
        attempt = asyncio.ensure_future(
            _create_connection(
                lambda: AsyncConnection(origin, pool, self._socket_options), host, port, options
            )
        )
        in_use = False
        try:
            in_use = bool((await asyncio.wait({attempt}, timeout=timeout_s))[0])
        finally:
            # Out of time or cancelled: what has succeeded in spite of that must not stay open.
            if not in_use:
                attempt.cancel()
                attempt.add_done_callback(_close_late_connection)
        if not in_use:
            raise httpx.ConnectTimeout(f"no connection to {host}:{port} within {timeout_s} s")
        try:
            _, connection = attempt.result()
        except (OSError, UnicodeError, ValueError) as error:
            raise httpx.ConnectError(f"cannot connect to {host}:{port}: {error}") from error
        if connection.misconfigured is not None:
            connection.close()
            raise connection.misconfigured
        return connection

    @staticmethod
    async def _perform(
        exchange: Http1Exchange,
        connection: AsyncConnection,
        stream: httpx.AsyncByteStream,
        timeouts: Timeouts,
    ) -> None:
        """Carry out the steps of the exchange up to the head of the response."""
        chunks: Optional[AsyncIterator[bytes]] = None
        steps = exchange.steps()
        with suppress(StopIteration):
            step = next(steps)
            while True:
                reply: Union[bytes, memoryview, None]
                try:
                    if step is RECEIVE:
                        reply = await connection.receive(timeouts.get("read"))
                    elif step is LISTEN:
                        reply = await connection.listen(timeouts)
                    elif step is NEXT_CHUNK:
                        chunks = stream.__aiter__() if chunks is None else chunks
                        try:
                            reply = await chunks.__anext__()
                        except StopAsyncIteration:
                            reply = None
                    else:
                        reply = connection.send(step)
                except httpx.TransportError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(reply)


class ResponseBody(httpx.AsyncByteStream):
    """The rest of a response, read from the connection as it is asked for."""

    def __init__(
        self,
        transport: AsyncPooledTransport,
        pool: "Pool[AsyncConnection]",
        connection: AsyncConnection,
        exchange: Http1Exchange,
        timeouts: Timeouts,
    ) -> None:
        self._transport = transport  # whose end would close the connection
        self._pool = pool
        self._connection = connection
        self._exchange = exchange
        # Asked anew for every read: whoever made the request may let them shrink.
        self._timeouts = timeouts
        self._settled = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        reader = self._exchange.reader
        try:
            data, self._exchange.first_body = self._exchange.first_body, b""
            if data:
                yield data
            while not reader.done:
                data = reader.feed(await self._connection.receive(self._timeouts.get("read")))
                if reader.done:
                    self._settle()
                if data:
                    yield data
        finally:
            self._settle()

    async def aclose(self) -> None:
        """Give the connection back if the body was read to its end; close it otherwise."""
        self._settle()

    def _settle(self) -> None:
        if not self._settled:
            self._settled = True
            _check_in(self._pool, self._connection, self._exchange)

    def __del__(self) -> None:
        # This may run at any moment in any thread.
        if not self._settled:
            self._pool.abandoned.append(self._connection)


def _check_in(
    pool: "Pool[AsyncConnection]", connection: AsyncConnection, exchange: Http1Exchange
) -> None:
    if exchange.reusable and not connection.has_unread_bytes:
        connection.busy = False
        pool.release(connection, time.monotonic(), exchange.reader.idle_limit_s)
    else:
        pool.discard(connection)


async def _close_at_the_end(pool: "Pool[AsyncConnection]") -> AsyncGenerator[None, None]:
    """Close the pool when the event loop shuts down.

    asyncio has no other hook for that: a loop closes the asynchronous generators that were
    begun in it, as long as it can still run.
    """
    try:
        yield
    finally:
        pool.close()
        await asyncio.sleep(0)  # the loop closes the sockets in its next turn


async def _create_connection(
    make: Callable[[], AsyncConnection], host: str, port: int, options: Dict[str, Any]
) -> Tuple[asyncio.BaseTransport, AsyncConnection]:
    loop = asyncio.get_running_loop()
    if is_address(host):
        return await loop.create_connection(make, host, port, **options)
    sock = await connect_tcp_async(host, port)
    is_the_loops = False

    def make_for_loop() -> AsyncConnection:
        nonlocal is_the_loops
        is_the_loops = True
        return make()

    try:
        return await loop.create_connection(make_for_loop, sock=sock, **options)
    except BaseException:
        if is_the_loops:
            # It watches the socket still, and would take the next one of that number for it.
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        else:
            sock.close()
        raise


def _close_late_connection(attempt: "asyncio.Task[Any]") -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result()[0].abort()


def _running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
