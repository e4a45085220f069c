"""Connections of clients that do not finish: how much they may send, and how long they may take."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# From the connection, or from the first byte of a further request, to the end of its headers.
# A client that sends a byte now and then could hold any number of connections otherwise.
HEADERS_PATIENCE_S = 10.0
# Without a byte of a body that is not complete, while the server reads. Slow uploads go on.
BODY_PATIENCE_S = 120.0
# Of a request that has its answer already: nobody waits for the rest.
REST_PATIENCE_S = 10.0
# The request line and the headers, and whatever else is no body: trailers, extensions of chunks.
MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 256
HEAD_REFUSED = (
    b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 56\r\n\r\n"
    b"The headers are over 64 KiB or 256. Send fewer of them.\n"
)


class HeadTooLarge(Exception):
    """The request line and the headers are over their bound."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, which waits without end and keeps headers without bound."""

    _give_up: asyncio.TimerHandle | None = None
    _is_open = False  # within a request
    _in_head = False
    _got_on = False
    _is_refused = False
    _is_too_large = False
    _overhead = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEADERS_PATIENCE_S)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._got_on = False
        super().data_received(data)
        if not self._is_open or self._is_refused:
            return
        if not self._got_on:
            # The parser keeps what it has of one header: its length counts before it ends.
            self._overhead += len(data)
            if self._overhead > MAX_HEAD_BYTES:
                self._refuse_head()
        elif not self._in_head:
            self._wait_for_body()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_open = self._in_head = True
        self._get_on()
        self._wait(HEADERS_PATIENCE_S)

    def on_header(self, name: bytes, value: bytes) -> None:
        # Those after the body are trailers. As headers they would be of a request that has been
        # judged by those that it had.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MAX_HEAD_BYTES or len(self.headers) > MAX_HEADERS:
            self._is_too_large = True
            raise HeadTooLarge
        self._in_head = False
        self._get_on()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._get_on()
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
        super().connection_lost(exc)

    def _refuse_head(self) -> None:
        self._is_refused = True
        self._stop_waiting()
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(STATUS_LINE[431] + HEAD_REFUSED)
        self.transport.close()

    def _get_on(self) -> None:
        self._got_on = True
        self._overhead = 0

    def _wait_for_body(self) -> None:
        is_answered = self.cycle is None or self.cycle.response_complete
        self._wait(REST_PATIENCE_S if is_answered else BODY_PATIENCE_S)

    def _wait(self, patience_s: float) -> None:
        self._stop_waiting()
        self._give_up = self.loop.call_later(patience_s, self._end)

    def _end(self) -> None:
        # Where the server has stopped reading, it is not the client who is slow.
        if self._is_open and not self._in_head and self.flow.read_paused:
            self._wait_for_body()
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
