"""One request and its response on one connection: what to do next, without doing it.

:meth:`Http1Exchange.steps` is a generator that both transports drive; the blocking one and the
asyncio one differ only in how they carry a step out. A step is

* bytes: write some of them; the reply is what could not be written yet, or None;
* ``LISTEN``: wait until more can be written or the server speaks; the reply is what it said
  (empty at the end of the connection), or None;
* ``RECEIVE``: wait for bytes; the reply is those, empty at the end of the connection;
* ``NEXT_CHUNK``: the reply is the next piece of the request body, or None at its end.

A transport error is thrown into the generator where the step was asked for.
"""

from __future__ import annotations

import enum
from typing import Final, Generator, List, Optional, Union

import httpx

from outpostkit.transport._request import OutgoingRequest
from outpostkit.transport._response import ResponseReader


class Signal(enum.Enum):
    """The steps that are not bytes to write."""

    LISTEN = "listen"
    RECEIVE = "receive"
    NEXT_CHUNK = "next chunk"


LISTEN: Final = Signal.LISTEN
RECEIVE: Final = Signal.RECEIVE
NEXT_CHUNK: Final = Signal.NEXT_CHUNK

#: How a connection that the other side closed shows.
_DISCONNECTED = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)

#: Pieces of at least so many bytes follow each other without a look at what the server says, ...
LARGE_BYTES = 32 * 1024
#: ... until there were so many: each look is a system call, and costs as much as the write.
UNHEARD_BYTES = 512 * 1024

Buffer = Union[bytes, memoryview]
Step = Union[Buffer, Signal]
Steps = Generator[Step, Optional[Buffer], None]


class Http1Exchange:
    """A request on its way, and the response that comes back for it."""

    __slots__ = (
        "_all_sent", "_began_sending", "_heard", "_unheard", "first_body", "reader", "request",
    )  # fmt: skip

    def __init__(self, request: httpx.Request) -> None:
        self.request = OutgoingRequest(request)
        self._restart()

    def _restart(self) -> None:
        self.reader = ResponseReader(self.request.method)
        #: Body bytes that arrived before the last byte of the head and of the request.
        self.first_body = b""
        self._heard: List[bytes] = []
        self._unheard = 0
        self._began_sending = False
        self._all_sent = False

    def steps(self) -> Steps:
        """Send the request and read the head of the response; the body is the caller's to read."""
        self._restart()
        reader = self.reader
        try:
            rest = yield self.request.opening
            self._began_sending = True
            if rest is None and self.request.body == b"":
                self._all_sent = True  # the whole request was in the opening
            else:
                yield from self._send_rest(rest)
        except httpx.WriteError:
            if not self._began_sending:
                raise
            # A server may refuse a long body, answer and close: the answer may have arrived.
        while not reader.status:
            data = yield RECEIVE
            assert data is not None
            self._heard.append(reader.feed(bytes(data)))
        self.first_body = b"".join(self._heard)

    def _send_rest(self, rest: Optional[Buffer]) -> Steps:
        """Send what follows the opening, until it is out or the answer has made it useless."""
        request = self.request
        if not (yield from self._push(rest)):
            return
        if request.body is not None:
            self._all_sent = yield from self._push(request.body or None)
            return
        sent = 0
        while True:
            if self._answered and sent != request.length:
                return
            chunk = yield NEXT_CHUNK
            if chunk is None:
                break
            size = len(chunk)
            if not size:
                continue  # an empty chunk would mark the end of a chunked body
            sent += size
            request.check_length(sent)
            if request.chunked:
                chunk = b"".join((b"%x\r\n" % size, chunk, b"\r\n"))
            if not (yield from self._push(chunk)):
                return
        request.check_length(sent, finished=True)
        if request.chunked:
            self._all_sent = yield from self._push(b"0\r\n\r\n")
        else:
            self._all_sent = True

    def _push(self, rest: Optional[Buffer]) -> Generator[Step, Optional[Buffer], bool]:
        """Write all of it and return True, or False when the answer came first."""
        if rest is not None and self._answered:
            return False
        while rest is not None:
            size = len(rest)
            rest = yield rest
            if rest is None and size >= LARGE_BYTES:
                self._unheard += size
                if self._unheard < UNHEARD_BYTES:
                    return True
            self._unheard = 0
            heard = yield LISTEN
            while heard is not None:
                self._heard.append(self.reader.feed(bytes(heard)))
                if self._answered:
                    return rest is None
                # A server that echoes does not read on before we have read what it wrote, so the
                # next piece has to wait until there is nothing more to hear and room for it.
                heard = yield LISTEN
        return True

    @property
    def _answered(self) -> bool:
        """Whether the rest of the request has become useless.

        A server that refuses an upload often stops reading, so going on would end in a timeout. One
        that streams its answer while it reads must get the rest.
        """
        return self.reader.done or self.reader.status >= 300

    def may_repeat(self, error: httpx.TransportError, *, reused: bool) -> bool:
        """Whether a connection that died was merely stale, and the request may go out once more.

        A server may close an idle connection at the moment it is used again. The request is
        repeated when not one byte of an answer has come and it is certain that nothing was sent, or
        executing it twice leaves the same state and its body is in memory.
        """
        if not reused or self.reader.begun or not isinstance(error, _DISCONNECTED):
            return False
        return not self._began_sending or (
            self.request.idempotent and self.request.body is not None
        )

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another exchange."""
        reader = self.reader
        return reader.done and reader.keep_alive and self._all_sent and not self.request.closes

    def response(
        self, stream: Union[httpx.SyncByteStream, httpx.AsyncByteStream]
    ) -> httpx.Response:
        """Return the response whose body is ``stream``."""
        reader = self.reader
        return httpx.Response(
            reader.status,
            headers=reader.headers,
            stream=stream,
            extensions={"http_version": reader.http_version, "reason_phrase": reader.reason},
        )
