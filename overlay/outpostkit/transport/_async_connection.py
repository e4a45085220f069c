"""A connection of an asyncio event loop, and how to wait for it."""

import asyncio
import os
from contextlib import suppress
from typing import List, Optional, Sequence, Union, cast

import httpx

from outpostkit.exceptions import ConfigurationError
from outpostkit.transport._pool import Pool, PooledConnection
from outpostkit.transport._readiness import NOTHING, READABLE, wait_ready
from outpostkit.transport._request import Origin, Timeouts
from outpostkit.transport._settings.socket_options import SocketOption, configure

#: More than this is not read from the socket before somebody has taken what is there.
MAX_BUFFERED_BYTES = 256 * 1024
#: Written at once, so that the write timeout watches progress and not the whole body.
WRITE_BYTES = 256 * 1024


class AsyncConnection(PooledConnection, asyncio.Protocol):
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
        "_socket_options",
        "_transport",
        "_waiting",
        "_writing_paused",
        "busy",
        "misconfigured",
        "reused",
    )

    def __init__(
        self,
        origin: Origin,
        pool: "Pool[AsyncConnection]",
        socket_options: Sequence[SocketOption] = (),
    ) -> None:
        super().__init__(origin)
        self._socket_options = socket_options
        #: Why the connection cannot be as it was asked for.
        self.misconfigured: Optional[ConfigurationError] = None
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
        # Not asserted: those of uvloop are transports without saying so.
        self._transport = cast(asyncio.Transport, transport)
        # asyncio itself sets TCP_NODELAY.
        try:
            configure(transport.get_extra_info("socket"), self._socket_options)
        except ConfigurationError as problem:
            self.misconfigured = problem  # asyncio would only log it

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
        if exc is not None and not self._received:
            self._hear_last_words()
        if not self.busy:
            self._pool.discard(self)
        self._notify()

    def _hear_last_words(self) -> None:
        """Read what asyncio left in the socket when a write failed.

        A server that refuses a long upload answers and closes the connection. Then the next write
        breaks it, often before the loop has seen that there is an answer to read.
        """
        assert self._transport is not None
        if os.name == "posix" and self._transport.get_extra_info("ssl_object") is None:
            with suppress(OSError, ValueError, AttributeError):
                words = os.read(self._transport.get_extra_info("socket").fileno(), 65536)
                if words:
                    self._received.append(words)

    def pause_writing(self) -> None:
        self._writing_paused = True

    def resume_writing(self) -> None:
        self._writing_paused = False
        self._notify()

    def _notify(self) -> None:
        if self._waiting is not None:
            resolve(self._waiting, True)

    # What a request asks for

    async def _something_happens(self, timeout_s: Optional[float]) -> bool:
        """Return False when nothing happened in time."""
        self._waiting = self._loop.create_future()
        try:
            return await in_time(self._waiting, timeout_s)
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
                raise httpx.ReadTimeout(f"the server sent nothing for {timeout_s:.3g} s")
        return self._take()

    def _take(self) -> bytes:
        received, self._received, self._buffered = self._received, [], 0
        if self._reading_paused and not self._ended:
            assert self._transport is not None
            with suppress(AttributeError):  # see _unwritten
                self._transport.resume_reading()
            self._reading_paused = False
        return received[0] if len(received) == 1 else b"".join(received)

    def send(self, data: Union[bytes, memoryview]) -> Optional[memoryview]:
        """Hand some of it to the loop; return what is left to write, or None."""
        if self._ended or self._transport is None:
            raise httpx.WriteError(str(self._error or "the server closed the connection"))
        if len(data) <= WRITE_BYTES:
            self._transport.write(data)
            return None
        view = memoryview(data)
        self._transport.write(view[:WRITE_BYTES])
        return view[WRITE_BYTES:]

    async def listen(self, timeouts: Timeouts) -> Optional[bytes]:
        """Wait until more can be written, or return what the server says first."""
        await asyncio.sleep(0)  # lets the loop look for an answer, and other tasks have their turn
        waiting_to_leave = self._unwritten()
        while True:
            if self._received:
                return self._take()
            if self._ended:
                raise httpx.WriteError(str(self._error or "the server closed the connection"))
            if not self._writing_paused:
                return None
            # Asked anew each time: a server that reads slowly must not outlast a deadline.
            timeout_s = timeouts.get("write")
            if not await self._something_happens(timeout_s):
                left = self._unwritten()
                if left >= waiting_to_leave:
                    raise httpx.WriteTimeout(f"the server took nothing for {timeout_s} s")
                waiting_to_leave = left

    def _unwritten(self) -> int:
        """How many bytes asyncio has not given to the socket yet."""
        assert self._transport is not None
        try:
            return self._transport.get_write_buffer_size()
        except AttributeError:
            # Before Python 3.11, a TLS transport that has lost its connection, for one turn of the
            # loop until it tells us.
            return 0

    def is_stale(self) -> bool:
        """Whether the server closed the connection, also when the loop has not noticed yet."""
        sock = None if self._transport is None else self._transport.get_extra_info("socket")
        if self._ended or sock is None:
            return True
        try:
            return wait_ready(sock.fileno(), READABLE, 0) != NOTHING
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


def resolve(future: "asyncio.Future[bool]", value: bool) -> None:
    if not future.done():
        future.set_result(value)


async def in_time(future: "asyncio.Future[bool]", timeout_s: Optional[float]) -> bool:
    """Return the result of the future, or False when that takes longer.

    ``asyncio.wait_for`` costs more: older Pythons make a task for it, and lose the result when it
    is cancelled at the wrong moment.
    """
    if timeout_s is None:
        return await future
    timer = future.get_loop().call_later(timeout_s, resolve, future, False)
    try:
        return await future
    finally:
        timer.cancel()
