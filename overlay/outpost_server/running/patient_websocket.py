"""WebSockets whose client sends more than anybody takes: bounded, and others have their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from websockets.frames import Frame

# So much is parsed at once: the smallest frames of it take some milliseconds.
PART_BYTES = 4 * 1024
# Of one message. Each takes room, however small it is; the size of all is bounded by itself.
MAX_FRAGMENTS = 16 * 1024
# RFC 6455, section 7.4.1: the message is too big.
TOO_BIG = 1009
HANDSHAKE_REFUSED = (
    b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: 37\r\n\r\n"
    b"This is no handshake of a WebSocket.\n"
)


class PatientWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's, which parses all of a read at once and answers pings that nobody reads."""

    _held = b""
    _is_to_go_on = False

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            # All of the head, from the protocol that has read it. What the library cannot read of
            # it, such as a method that is not GET, it would leave without an answer.
            super().data_received(data)
            if not self.handshake_initiated:
                self.transport.write(STATUS_LINE[400] + HANDSHAKE_REFUSED)
                self.transport.close()
            return
        self._held += data
        if not self._is_to_go_on:
            self._go_on()

    async def run_asgi(self) -> None:
        app = self.app

        async def answered(scope: Any, receive: Any, send: Any) -> None:
            await app(scope, receive, send)
            # uvicorn counts a handshake that was refused with an answer, or whose client has gone,
            # as forgotten: every stranger could write an error into the log.
            self.handshake_complete |= self.close_sent or self.disconnected

        self.app = answered
        await super().run_asgi()

    async def receive(self) -> Any:
        message = await super().receive()
        # What it takes has made room for more.
        if self._held and not self._is_to_go_on:
            self._go_on()
        return message

    def _go_on(self) -> None:
        """Parse a part of what has come, unless messages wait to be taken."""
        self._is_to_go_on = False
        if not self.read_paused:
            part, self._held = self._held[:PART_BYTES], self._held[PART_BYTES:]
            super().data_received(part)
        if self.transport.is_closing():
            self._held = b""
        elif self._held:
            self.transport.pause_reading()
            if not self.read_paused:
                self._is_to_go_on = True
                self.loop.call_soon(self._go_on)
        elif not self.read_paused:
            self.transport.resume_reading()

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > MAX_FRAGMENTS:
            self.frames = []
            self.conn.fail(TOO_BIG, f"a message has more than {MAX_FRAGMENTS} fragments")
            self.handle_parser_exception()

    def handle_ping(self) -> None:
        # RFC 6455, section 5.5.3: of several pings the last one may be answered alone.
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
