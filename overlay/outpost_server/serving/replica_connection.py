"""A connection to a replica, which speaks HTTP/1.1 on it whatever engine it is of.

Written for one thing, passing requests on, and for its cost per request: a client for everybody
takes more processor time than all the rest of the router. The other side is always the worker's
own web server, so that framing is by length or by chunks.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator
from typing import cast

import httptools

# Reading stops while this much of an answer has not been passed on. It bounds the memory that a
# slow client of a fast replica takes.
BUFFER_BYTES = 256 * 1024
WRITE_BUFFER_BYTES = 256 * 1024
# All headers of an answer, and whatever else that is no body and leads to nothing: a replica can be
# made to send them without end.
MAX_HEAD_BYTES = 256 * 1024
# Statuses whose answers have no body, whatever a template says.
BODILESS = frozenset((204, 304))
# So much, written at once, is one buffer of a Unix socket: it is read as a whole or not at all.
ONE_BUFFER_BYTES = 16 * 1024

Headers = list[tuple[bytes, bytes]]


class Lost(Exception):
    """The connection ended within a request.

    ``was_unread`` tells that the replica has read nothing of it.
    """

    def __init__(self, *, was_unread: bool = False) -> None:
        super().__init__()
        self.was_unread = was_unread


class ReplicaConnection(asyncio.Protocol):
    """One connection, for one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        #: Why what came is no answer, "" where nothing is wrong with it.
        self.refused_because = ""
        self._is_lost = False
        self._lost_because: Exception | None = None
        self._is_local = False
        self._is_paused = False
        self.begin(is_head=False)

    def begin(self, *, is_head: bool) -> None:
        """Forget the answer before."""
        self._is_head = is_head
        self.status = 0
        self.headers: Headers = []
        self.is_complete = False
        self._written = 0
        self._has_head = False
        self._keeps_alive = False
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._head_bytes = 0
        self._idle_bytes = 0

    # What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has another base class
        self._transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        mine = transport.get_extra_info("socket")
        self._is_local = mine is not None and mine.family == socket.AF_UNIX

    def data_received(self, data: bytes) -> None:
        self._idle_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse("it changes to another protocol")
        except httptools.HttpParserError as error:
            self._refuse(str(error))
        if self._head_bytes > MAX_HEAD_BYTES:
            self.is_complete = False  # whatever comes behind such a head
        if self._head_bytes > MAX_HEAD_BYTES or self._idle_bytes > MAX_HEAD_BYTES:
            self._refuse(f"its headers are longer than {MAX_HEAD_BYTES} bytes")
        if self._buffered > BUFFER_BYTES and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self._lost_because = exc
        self._wake()
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # What the parser calls

    def on_header(self, name: bytes, value: bytes) -> None:
        self._idle_bytes = 0
        self._head_bytes += len(name) + len(value)
        if not self._has_head:  # trailers go nowhere
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers = []  # an interim answer: the real one follows
            return
        self._has_head = True
        # Whatever length an answer to HEAD states, nothing follows. The parser cannot know.
        if self._is_head:
            self.is_complete = True

    def on_body(self, chunk: bytes) -> None:
        self._idle_bytes = 0
        self._chunks.append(chunk)
        self._buffered += len(chunk)

    def on_message_complete(self) -> None:
        self._idle_bytes = 0
        # The parser answers this here only: afterwards it is ready for another message.
        self._keeps_alive = self._parser.should_keep_alive()
        self.is_complete = self.is_complete or self._has_head

    # What the forwarding of a request calls

    @property
    def is_usable(self) -> bool:
        return not self._is_lost and not self._transport.is_closing()

    @property
    def can_be_kept(self) -> bool:
        return (
            self.is_usable
            and self.is_complete
            and not self._is_head
            # The parser takes these for complete, and a template may send a body all the same.
            and self.status not in BODILESS
            and not self._chunks
            and self._keeps_alive
        )

    @property
    def is_at_end(self) -> bool:
        """Whether the whole body has been taken."""
        return self.is_complete and not self._chunks

    def write(self, data: bytes) -> None:
        self._written += len(data)
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the replica has taken most of what was written.

        Raises:
            Lost: the connection ended.
        """
        if self._writable is not None:
            await self._writable
        if self._is_lost:
            raise Lost

    async def head(self) -> None:
        """Wait for the status and the headers of the answer.

        Raises:
            Lost: the connection ended before, or its head is refused.
        """
        while not self._has_head:
            if self._is_lost:
                raise Lost(was_unread=self._was_unread())
            await self._more()
        if self.refused_because:
            raise Lost

    async def whole(self) -> None:
        """Wait for the end of the answer, which must be shorter than ``BUFFER_BYTES``.

        Raises:
            Lost: the connection ended before.
        """
        while not self.is_complete:
            await self._more()

    async def chunk(self) -> bytes:
        """Return what there is of the body, b"" at its end.

        Raises:
            Lost: the connection ended before.
        """
        while True:
            if self._chunks:
                chunk = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
                self._chunks.clear()
                self._buffered = 0
                if self._is_paused:
                    self._is_paused = False
                    if not self._is_lost:
                        self._transport.resume_reading()
                return chunk
            if self.is_complete:
                return b""
            await self._more()

    @property
    def has_begun(self) -> bool:
        """Whether the head of the answer is there."""
        return self._has_head

    def close(self) -> None:
        self._transport.abort()

    def _refuse(self, why: str) -> None:
        if not self.is_complete:  # what follows an answer spoils only the connection
            self.refused_because = self.refused_because or why
        self.close()

    def _was_unread(self) -> bool:
        """Tell whether the replica has read nothing, from how the connection ended.

        A Unix socket that is closed with something left to read resets the connection, and one that
        is closed already takes nothing. Over TCP a reset can have other causes.
        """
        return (
            self._is_local
            and not self.status
            and self._written <= ONE_BUFFER_BYTES
            and isinstance(self._lost_because, (ConnectionResetError, BrokenPipeError))
        )

    async def _more(self) -> None:
        """Wait for something to come.

        Raises:
            Lost: nothing more will.
        """
        if self._is_lost:
            raise Lost
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def send_parts(
    connection: ReplicaConnection, parts: AsyncIterator[bytes], *, chunked: bool
) -> None:
    """Write a request body as it comes, no faster than the replica reads it."""
    async for part in parts:
        connection.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        await connection.drain()
    if chunked:
        connection.write(b"0\r\n\r\n")
