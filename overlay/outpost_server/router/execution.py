"""One prediction that has an idempotency key, apart from the connections that wait for its answer.

It goes on when its client has left, and whoever asks for it again gets the same answer: what has
been made of it so far, and the rest as it is made.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from outpost_server.router.asgi import Message, Receive, Send

#: So much of an answer that is not kept is held back for the slowest reader.
BUFFER_BYTES = 256 * 1024
#: Failures of a moment, besides those from 500 on: who repeats the request wants another answer.
PASSING = frozenset((408, 425, 429))
REPLAYED = (b"idempotency-replayed", b"true")


#: Takes so many bytes more for an answer; tells whether there is room for them.
Reserve = Callable[[int], bool]


class Unattended(Exception):
    """The answer became too long to be kept, and nobody reads it."""


class Execution:
    """What is known of it.

    ``asked`` is set when its request is here as a whole, or will never be: ``digest`` is of the
    request, "" where there is none.
    """

    def __init__(self, request_line: bytes, reserve: Reserve) -> None:
        self.asked = asyncio.Event()
        self.digest = ""
        self.is_over = False
        self.failure: Exception | None = None
        #: Whether the answer, as far as it has come, is here from its beginning.
        self.is_whole = True
        self.left_alone: Callable[[], None] | None = None
        self.attended: Callable[[], None] | None = None
        self._reserve = reserve
        self._hash = hashlib.sha256(request_line)
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: deque[bytes] = deque()
        #: The place of the first part that is here, and the bytes of all that are.
        self._first = 0
        self._bytes = 0
        self._places: dict[object, int] = {}
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def has_answer(self) -> bool:
        """Whether it has ended with an answer that stays the answer when it is asked for again."""
        return (
            self.is_over
            and self.failure is None
            and bool(self.digest)
            and self._status < 500
            and self._status not in PASSING
        )

    def taking(self, receive: Receive) -> Receive:
        """Return what receives its request, and takes the digest."""

        async def take() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not self.asked.is_set():
                self._hash.update(message.get("body", b""))
                if not message.get("more_body", False):
                    self.digest = self._hash.hexdigest()
                    self.asked.set()
            return message

        return take

    async def record(self, message: Message) -> None:
        """Take a message of the answer, as an application sends it.

        Where there is no room for it, it waits until those who read it have most of it.

        Raises:
            Unattended: there is no room, and nobody reads it.
        """
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], message["headers"]
            size = sum(len(name) + len(value) for name, value in self._headers)
            self.is_whole = self._reserve(size)
            self._changed()
            return
        if part := message.get("body", b""):
            self._parts.append(part)
            self._bytes += len(part)
            self.is_whole = self.is_whole and self._reserve(len(part))
        self.is_over = not message.get("more_body", False)
        self._changed()
        while not self.is_whole and not self.is_over:
            if not self._places:
                raise Unattended
            self._drop_what_all_have()
            if self._bytes <= BUFFER_BYTES:
                return
            await self._change()

    def end(self, failure: Exception | None) -> None:
        """Take note that it is over."""
        self.is_over = True
        self.failure = failure
        self.asked.set()
        if not self.is_whole:
            self._drop_what_all_have()
        self._changed()

    async def relay(self, send: Send, *, is_replay: bool) -> None:
        """Send the answer, from its beginning, as it is made.

        Raises:
            Exception: why there is none, or why it broke off.
        """
        with self._reading() as reader:
            while not self._status:
                self._raise_failure()
                await self._change()
            headers = [*self._headers, REPLAYED] if is_replay else list(self._headers)
            await send({"type": "http.response.start", "status": self._status, "headers": headers})
            is_last = False
            while not is_last:
                part = await self._next(reader)
                is_last = not part or (self._is_complete and self._is_at_end(reader))
                await send({"type": "http.response.body", "body": part, "more_body": not is_last})

    async def _next(self, reader: object) -> bytes:
        """Return the next part for a reader, b"" at the end."""
        while self._is_at_end(reader):
            self._raise_failure()
            if self.is_over:
                return b""
            await self._change()
        part = self._parts[self._places[reader] - self._first]
        self._places[reader] += 1
        if not self.is_whole:
            self._changed()  # whoever makes the answer may have waited for this
        return part

    @property
    def _is_complete(self) -> bool:
        return self.is_over and self.failure is None

    def _is_at_end(self, reader: object) -> bool:
        return self._places[reader] == self._first + len(self._parts)

    @contextmanager
    def _reading(self) -> Iterator[object]:
        reader = object()
        self._places[reader] = self._first
        if self.attended is not None:
            self.attended()
        try:
            yield reader
        finally:
            del self._places[reader]
            if not self.is_whole:
                self._drop_what_all_have()
            self._changed()
            if not self._places and not self.is_over and self.left_alone is not None:
                self.left_alone()

    def _drop_what_all_have(self) -> None:
        reached = min(self._places.values(), default=self._first + len(self._parts))
        while self._first < reached:
            self._bytes -= len(self._parts.popleft())
            self._first += 1

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def _change(self) -> None:
        change = asyncio.get_running_loop().create_future()
        self._waiting.append(change)
        await change

    def _changed(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)
