"""Connections of clients that do not finish: how much they may send, and how long they may take."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from outpost_server.router.asgi import Message, Receive, Scope, Send, send_problem
from outpost_server.rules.problem import Problem
from outpost_server.running.crowd import thin_out

# From the connection, or from the first byte of a further request, to the end of its headers.
# A client that sends a byte now and then could hold any number of connections otherwise.
HEADERS_PATIENCE_S = 10.0
# Without a byte of a body that is not complete, while the server reads. Slow uploads go on.
BODY_PATIENCE_S = 120.0
# Of a request that has its answer already: nobody waits for the rest.
REST_PATIENCE_S = 10.0
# Without a byte of an answer being taken by a client that is slow to read it.
READER_PATIENCE_S = 120.0
# The request line and the headers, and whatever else is no body: trailers, extensions of chunks.
MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 256
# What comes is parsed in parts of this size, so that it is counted before all of a read is parsed.
PART_BYTES = 4 * 1024
# Of a body whose length is not known, which smaller parts would make three times slower.
BODY_PART_BYTES = 64 * 1024
# Requests that wait for the answer to an earlier one. Those of a part of heads are never so many.
MAX_WAITING = 256
# What frames the chunks of a body, beyond the size of the body itself.
MAX_FRAMING_BYTES = 1024 * 1024
HEAD_REFUSED = (
    b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 91\r\n\r\n"
    b"The headers are over 64 KiB or 256, or the chunks of the body are hardly any. Send larger.\n"
)


async def no_room(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request for which there is no descriptor, as an ASGI application."""
    message = "The server has as many connections as it can. Try again in a moment."

    async def send_last(event: Message) -> None:
        if event["type"] == "http.response.start":
            event["headers"].append((b"connection", b"close"))
        await send(event)

    await send_problem(send_last, Problem(503, message, "too_many_connections", retry_after_s=1))


class HeadTooLarge(Exception):
    """The request line and the headers are over their bound."""


class HeadRefused(Exception):
    """A head that may mean one thing to the server and another one to whoever has passed it on."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, which waits without end and keeps headers without bound."""

    #: Of connections and of requests under way, together: each takes a descriptor. With more,
    #: connections that wait are closed, or the new request is refused.
    max_taken: ClassVar[int] = 2**31
    #: So many connections whose request is to be refused may wait for it.
    max_surplus: ClassVar[int] = 64

    _give_up: asyncio.TimerHandle | None = None
    _give_up_reader: asyncio.TimerHandle | None = None
    _patience_s = 0.0
    _unread = 0
    _is_surplus = False
    _is_open = False  # within a request
    _in_head = False
    _got_on = False
    _is_refused = False
    _is_too_large = False
    _overhead = 0
    _taken = 0  # bytes, before the part that is being parsed
    _part = 0
    _begun_at = 0
    _framing = 0
    _held = b""
    _body_left = 0
    _answering: RequestResponseCycle | None = None

    def connection_made(self, transport: Any) -> None:
        taken = len(self.connections) + len(self.tasks)
        if taken >= self.max_taken:
            self._find_room(taken)
        super().connection_made(transport)
        self._wait(HEADERS_PATIENCE_S)

    def data_received(self, data: bytes) -> None:
        self._held += data
        self._go_on()

    def _go_on(self) -> None:
        """Parse what has come, as long as no request waits for the answer to another one.

        Requests that wait take a hundred times the room that they took on the wire.
        """
        held, self._held = self._held, b""
        start = 0
        while start < len(held):
            if self.pipeline:
                self._held = held[start:]
                break
            end = start + self._part_bytes()
            if self.transport.get_protocol() is self:  # a WebSocket has one of its own
                self._receive(held[start:end])
            start = end
        if self.pipeline and not self.transport.is_closing():
            self.flow.pause_reading()

    def _part_bytes(self) -> int:
        if not self._is_open or self._in_head:
            return PART_BYTES
        return self._body_left or BODY_PART_BYTES

    def _receive(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._got_on = False
        self._taken += self._part
        self._part = len(data)
        if self._is_open and not self._in_head:
            self._framing += len(data)
        idle = self.timeout_keep_alive_task
        super().data_received(data)
        if not self._is_open:
            if idle is not None and not self._got_on:
                # Empty lines before a request: nothing has begun.
                self.timeout_keep_alive_task = self.loop.call_at(
                    idle.when(), self.timeout_keep_alive_handler
                )
            return
        if self._is_refused:
            return
        if not self._got_on:
            # The parser keeps what it has of one header: its length counts before it ends.
            self._overhead += len(data)
            if self._overhead > MAX_HEAD_BYTES:
                self._refuse_head()
        elif self._framing > MAX_FRAMING_BYTES:
            self._refuse_head()
        elif not self._in_head:
            self._wait_for_body()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_open = self._in_head = True
        self._begun_at = self._taken
        self._framing = 0
        self._get_on()
        self._wait(HEADERS_PATIENCE_S)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        if len(self.headers) > MAX_HEADERS or (
            # Of what came since it began, it cannot be more.
            self._taken + self._part - self._begun_at > MAX_HEAD_BYTES
            and self._head_size() > MAX_HEAD_BYTES
        ):
            self._is_too_large = True
            raise HeadTooLarge
        assert self.parser is not None
        hosts = self._body_left = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"content-length":
                self._body_left = int(value)
        if hosts != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            raise HeadRefused("one Host")
        if len(self.pipeline) >= MAX_WAITING:
            raise HeadRefused("fewer requests at once")
        self._in_head = False
        self._get_on()
        taken = len(self.connections) + len(self.tasks)
        if taken >= self.max_taken:
            self._find_room(taken)
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:
            # Trailers, which come after the body, are no headers of a request that has been judged
            # by those that it had.
            self.headers = []

    def on_body(self, body: bytes) -> None:
        self._get_on()
        self._framing = max(0, self._framing - 2 * len(body))
        self._body_left = max(0, self._body_left - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_open = False
        self._stop_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._is_too_large:
            self._refuse_head()
            return
        self._is_refused = True
        self._stop_waiting()
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_watching_reader()
        if self._answering is not None:
            # uvicorn tells the last request alone, which may wait behind this one.
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        self._stop_watching_reader()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reader()
        else:
            self._go_on()

    def timeout_keep_alive_handler(self) -> None:
        self._leave()

    @property
    def waiting_since(self) -> float | None:
        """When the client last did something that the server waits for; None if it does not."""
        timer = self.timeout_keep_alive_task
        if timer is not None:
            return timer.when() - self.timeout_keep_alive
        if self.transport.is_closing():
            return 0.0
        if self._give_up is None or (self._is_open and self.flow.read_paused):
            return None
        return self._give_up.when() - self._patience_s

    @property
    def is_known(self) -> bool:
        """Whether the last request came with a token or a cookie, and goes on or is over."""
        if self._in_head or self.cycle is None or (self._is_open and self._has_answer()):
            return False
        return any(name in (b"authorization", b"cookie") for name, _ in self.scope["headers"])

    def give_up(self) -> None:
        """Close the connection now, whatever is still to be sent."""
        self.connections.discard(self)
        self.transport.abort()

    def _find_room(self, taken: int) -> None:
        spares_surplus = taken - self.max_taken < self.max_surplus
        others = [
            one
            for one in self.connections
            if isinstance(one, PatientProtocol)
            and one is not self
            and not (spares_surplus and one._is_surplus)
        ]
        self._is_surplus = not thin_out(others)
        self.app = no_room if self._is_surplus else self.config.loaded_app

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse_head(self) -> None:
        self._is_refused = True
        self._stop_waiting()
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(STATUS_LINE[431] + HEAD_REFUSED)
        self._leave()

    def _get_on(self) -> None:
        self._got_on = True
        self._overhead = 0

    def _wait_for_body(self) -> None:
        self._wait(REST_PATIENCE_S if self._has_answer() else BODY_PATIENCE_S)

    def _has_answer(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, patience_s: float) -> None:
        self._stop_waiting()
        self._patience_s = patience_s
        self._give_up = self.loop.call_later(patience_s, self._end)

    def _end(self) -> None:
        # Where the server has stopped reading, it is not the client who is slow.
        if self._is_open and self.flow.read_paused:
            self._wait(self._patience_s)
        else:
            self._leave()

    def _leave(self) -> None:
        self.transport.close()
        self._watch_reader()

    def _watch_reader(self) -> None:
        """Close the connection if the client takes nothing more of what is to be sent."""
        self._stop_watching_reader()
        self._unread = self.transport.get_write_buffer_size()
        if self._unread:
            self._give_up_reader = self.loop.call_later(READER_PATIENCE_S, self._judge_reader)

    def _judge_reader(self) -> None:
        if self.transport.get_write_buffer_size() < self._unread:
            self._watch_reader()
        else:
            self.transport.abort()

    def _stop_watching_reader(self) -> None:
        if self._give_up_reader is not None:
            self._give_up_reader.cancel()
            self._give_up_reader = None

    def _stop_waiting(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
