"""The asyncio transport: one event loop's connections, one pool for each loop."""

import asyncio
import functools
import socket
import threading
import time
from contextlib import suppress
from typing import Any, AsyncGenerator, AsyncIterator, Dict, List, Optional, Union

import httpx

from outpostkit.transport._exchange import LISTEN, NEXT_CHUNK, RECEIVE, Exchange
from outpostkit.transport._pool import DEFAULT_LIMITS, Pool, PooledConnection, Waiter
from outpostkit.transport._readiness import NOTHING, READABLE, wait_ready
from outpostkit.transport._request import Origin
from outpostkit.transport._tls import CertTypes, VerifyTypes, shared_context

__all__ = ["AsyncPooledTransport"]

#: More than this is not read from the socket before somebody has taken what is there.
MAX_BUFFERED_BYTES = 256 * 1024
#: Written at once, so that the write timeout watches progress and not the whole body.
WRITE_BYTES = 256 * 1024
#: How long one address may keep the next waiting (RFC 8305 recommends this value).
ATTEMPT_DELAY_S = 0.25

#: Seconds by phase, as httpx puts them into a request: connect, read, write, pool.
Timeouts = Dict[str, Optional[float]]


class Connection(PooledConnection, asyncio.Protocol):
    """A connection of an event loop, plain or TLS, for one request at a time.

    It learns of a connection closed by the server while it is idle, and leaves the pool then.
    """

    __slots__ = (
        "_buffered",
        "_ended",
        "_error",
        "_loop",
        "_pool",
        "_reading_paused",
        "_received",
        "_transport",
        "_waiting",
        "_writing_paused",
        "busy",
        "reused",
    )

    def __init__(self, origin: Origin, pool: "Pool[Connection]") -> None:
        super().__init__(origin)
        self._loop = asyncio.get_running_loop()
        self._pool = pool
        self._transport: Optional[asyncio.Transport] = None
        self._received: List[bytes] = []
        self._buffered = 0
        self._ended = False
        self._error: Optional[Exception] = None
        #: Whoever waits for bytes, or for room to write; True says that something happened.
        self._waiting: Optional[asyncio.Future[bool]] = None
        self._reading_paused = False
        self._writing_paused = False
        self.busy = True
        self.reused = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        sock = transport.get_extra_info("socket")
        # asyncio itself sets TCP_NODELAY.
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        if not self.busy:
            self._pool.discard(self)  # nobody asked for anything
            return
        self._received.append(data)
        self._buffered += len(data)
        if self._buffered > MAX_BUFFERED_BYTES and not self._reading_paused:
            assert self._transport is not None
            self._transport.pause_reading()
            self._reading_paused = True
        self._notify()

    def eof_received(self) -> None:
        self._ended = True
        self._notify()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._ended = True
        self._error = exc
        if not self.busy:
            self._pool.discard(self)
        self._notify()

    def pause_writing(self) -> None:
        self._writing_paused = True

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._notify()

    def _notify(self) -> None:
        if self._waiting is not None:
            _resolve(self._waiting, True)

    # What a request asks for

    async def _something_happens(self, timeout_s: Optional[float]) -> bool:
        """Return False when nothing happened in time."""
        self._waiting = self._loop.create_future()
        try:
            return await _in_time(self._waiting, timeout_s)
        finally:
            self._waiting = None

    async def receive(self, timeout_s: Optional[float]) -> bytes:
        """Return what has arrived, waiting for it if need be; empty at the end."""
        while not self._received:
            if self._ended:
                if self._error is not None:
                    raise httpx.ReadError(str(self._error)) from self._error
                return b""
            if not await self._something_happens(timeout_s):
                raise httpx.ReadTimeout(f"the server sent nothing for {timeout_s} s")
        return self._take()

    def _take(self) -> bytes:
        received, self._received, self._buffered = self._received, [], 0
        if self._reading_paused and not self._ended:
            assert self._transport is not None
            self._transport.resume_reading()
            self._reading_paused = False
        return received[0] if len(received) == 1 else b"".join(received)

    def send(self, data: Union[bytes, memoryview]) -> Optional[memoryview]:
        """Hand some of it to the loop; return what is left to write, or None."""
        if self._ended or self._transport is None or self._transport.is_closing():
            raise httpx.WriteError(str(self._error or "the server closed the connection"))
        if len(data) <= WRITE_BYTES:
            self._transport.write(data)
            return None
        view = memoryview(data)
        self._transport.write(view[:WRITE_BYTES])
        return view[WRITE_BYTES:]

    async def listen(self, timeout_s: Optional[float]) -> Optional[bytes]:
        """Wait until more can be written, or return what the server says first."""
        assert self._transport is not None
        waiting_to_leave = self._transport.get_write_buffer_size()
        while True:
            if self._received:
                return self._take()
            if self._ended:
                raise httpx.WriteError(str(self._error or "the server closed the connection"))
            if not self._writing_paused:
                return None
            if not await self._something_happens(timeout_s):
                left = self._transport.get_write_buffer_size()
                if left >= waiting_to_leave:
                    raise httpx.WriteTimeout(f"the server took nothing for {timeout_s} s")
                waiting_to_leave = left

    def is_stale(self) -> bool:
        """Whether the server closed the connection, also when the loop has not noticed yet."""
        if self._ended or self._transport is None or self._transport.is_closing():
            return True
        try:
            descriptor = self._transport.get_extra_info("socket").fileno()
            return descriptor < 0 or wait_ready(descriptor, READABLE, 0) != NOTHING
        except (OSError, ValueError):
            return True

    @property
    def has_unread_bytes(self) -> bool:
        return bool(self._received) or self._ended

    def interrupt(self) -> None:
        self.close()

    def close(self) -> None:
        self._ended = True
        # Not close(): it would first write what is left of the request, and TLS would wait for an
        # answer to its goodbye.
        if self._transport is not None:
            with suppress(RuntimeError):  # the loop was closed before us
                self._transport.abort()
        self._notify()


def _resolve(future: "asyncio.Future[bool]", value: bool) -> None:
    if not future.done():
        future.set_result(value)


async def _in_time(future: "asyncio.Future[bool]", timeout_s: Optional[float]) -> bool:
    """Return the result of the future, or False when that takes longer.

    ``asyncio.wait_for`` costs more: older Pythons make a task for it, and lose the result when it
    is cancelled at the wrong moment.
    """
    if timeout_s is None:
        return await future
    timer = future.get_loop().call_later(timeout_s, _resolve, future, False)
    try:
        return await future
    finally:
        timer.cancel()


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
        verify: VerifyTypes = True,
        cert: Optional[CertTypes] = None,
        trust_env: bool = True,
        limits: httpx.Limits = DEFAULT_LIMITS,
    ) -> None:
        self._verify = verify
        self._cert = cert
        self._trust_env = trust_env
        self._limits = limits
        self._lock = threading.Lock()
        self._pools: Dict[asyncio.AbstractEventLoop, Pool[Connection]] = {}
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
        exchange = Exchange(request)
        connection = await self._checkout(pool, exchange.request.origin, timeouts)
        try:
            while True:
                try:
                    await self._perform(exchange, connection, request.stream, timeouts)
                    break
                except httpx.TransportError as error:
                    if not exchange.may_repeat(error, reused=connection.reused):
                        raise
                pool.reopen(connection)
                connection = await self._open(pool, exchange.request.origin, timeouts)
        except BaseException:
            pool.discard(connection)
            raise
        if exchange.reader.done:
            # A short response has arrived as a whole: its reader holds no connection up.
            _check_in(pool, connection, exchange)
            return exchange.response(httpx.ByteStream(exchange.first_body))
        body = ResponseBody(self, pool, connection, exchange, timeouts.get("read"))
        return exchange.response(body)

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
            self._check_open()
            context = shared_context(self._verify, self._cert, self._trust_env)
            self._elsewhere = httpx.AsyncHTTPTransport(verify=context, limits=self._limits)
        return self._elsewhere

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("this transport has been closed; make another one")

    async def _new_pool(self, loop: asyncio.AbstractEventLoop) -> "Pool[Connection]":
        with self._lock:
            self._check_open()
            for gone in [each for each in self._pools if each.is_closed()]:
                del self._pools[gone], self._closers[gone]
            pool = self._pools[loop] = Pool(self._limits)
            closer = self._closers[loop] = _close_at_the_end(pool)
        await closer.__anext__()
        return pool

    async def _checkout(
        self, pool: "Pool[Connection]", origin: Origin, timeouts: Timeouts
    ) -> Connection:
        """Return a connection that is now busy with us, kept or new."""
        while True:
            found = pool.acquire(origin, time.monotonic())
            if isinstance(found, Waiter):
                found = await self._wait(pool, found, timeouts.get("pool"))
            if found is None:
                return await self._open(pool, origin, timeouts)
            found.busy = True
            if not found.is_stale():
                found.reused = True
                return found
            pool.discard(found)

    @staticmethod
    async def _wait(
        pool: "Pool[Connection]", waiter: "Waiter[Connection]", timeout_s: Optional[float]
    ) -> Optional[Connection]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiter.wake = functools.partial(_resolve, future, True)
        try:
            await _in_time(future, timeout_s)
        except BaseException:
            pool.give_up(waiter, time.monotonic())
            raise
        if waiter.granted:
            return waiter.connection
        pool.give_up(waiter, time.monotonic())
        pool.check_open()
        raise httpx.PoolTimeout(f"no connection became free within {timeout_s} s")

    async def _open(
        self, pool: "Pool[Connection]", origin: Origin, timeouts: Timeouts
    ) -> Connection:
        """Return a new connection in the place that the pool has granted."""
        try:
            connection = await self._connect(pool, origin, timeouts.get("connect"))
        except BaseException:
            pool.not_opened()
            raise
        pool.opened(connection)
        return connection

    async def _connect(
        self, pool: "Pool[Connection]", origin: Origin, timeout_s: Optional[float]
    ) -> Connection:
        scheme, host, port, server_name = origin
        loop = asyncio.get_running_loop()
        options: Dict[str, Any] = {}
        if scheme == "https":
            options["ssl"] = shared_context(self._verify, self._cert, self._trust_env)
            options["server_hostname"] = server_name or host
        # Loops of other makers (uvloop) try the addresses one after another.
        if isinstance(loop, asyncio.BaseEventLoop) and not _is_address(host):
            options["happy_eyeballs_delay"] = ATTEMPT_DELAY_S
        attempt = loop.create_task(
            loop.create_connection(lambda: Connection(origin, pool), host, port, **options)
        )
        try:
            await asyncio.wait({attempt}, timeout=timeout_s)
        finally:
            # Out of time or cancelled: what succeeds in spite of that must not stay open.
            if not attempt.done():
                attempt.cancel()
                attempt.add_done_callback(_close_late_connection)
        if not attempt.done():
            raise httpx.ConnectTimeout(f"no connection to {host}:{port} within {timeout_s} s")
        try:
            _, connection = attempt.result()
        except (OSError, UnicodeError, ValueError) as error:
            raise httpx.ConnectError(f"cannot connect to {host}:{port}: {error}") from error
        return connection

    @staticmethod
    async def _perform(
        exchange: Exchange,
        connection: Connection,
        stream: httpx.AsyncByteStream,
        timeouts: Timeouts,
    ) -> None:
        """Carry out the steps of the exchange up to the head of the response."""
        read_s, write_s = timeouts.get("read"), timeouts.get("write")
        chunks: Optional[AsyncIterator[bytes]] = None
        steps = exchange.steps()
        with suppress(StopIteration):
            step = next(steps)
            while True:
                reply: Union[bytes, memoryview, None]
                try:
                    if step is RECEIVE:
                        reply = await connection.receive(read_s)
                    elif step is LISTEN:
                        reply = await connection.listen(write_s)
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
        pool: "Pool[Connection]",
        connection: Connection,
        exchange: Exchange,
        timeout_s: Optional[float],
    ) -> None:
        self._transport = transport  # whose end would close the connection
        self._pool = pool
        self._connection = connection
        self._exchange = exchange
        self._timeout_s = timeout_s
        self._settled = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        reader = self._exchange.reader
        try:
            data, self._exchange.first_body = self._exchange.first_body, b""
            if data:
                yield data
            while not reader.done:
                data = reader.feed(await self._connection.receive(self._timeout_s))
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


def _check_in(pool: "Pool[Connection]", connection: Connection, exchange: Exchange) -> None:
    if exchange.reusable and not connection.has_unread_bytes:
        connection.busy = False
        pool.release(connection, time.monotonic(), exchange.reader.idle_limit_s)
    else:
        pool.discard(connection)


async def _close_at_the_end(pool: "Pool[Connection]") -> AsyncGenerator[None, None]:
    """Close the pool when the event loop shuts down.

    asyncio has no other hook for that: a loop closes the asynchronous generators that were
    begun in it, as long as it can still run.
    """
    try:
        yield
    finally:
        pool.close()
        await asyncio.sleep(0)  # the loop closes the sockets in its next turn


def _close_late_connection(attempt: "asyncio.Task[Any]") -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result()[0].abort()


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
