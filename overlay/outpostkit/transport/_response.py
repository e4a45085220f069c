"""The incoming half of HTTP/1.1: bytes from a connection become a head and a body.

It is our own because of cost. Measured against a whole ``httpx.Client.get``, a request on one
httpcore connection takes 0.49 of the CPU, with h11 on a bare socket 0.38, with this reader 0.16.
It is strict where leniency would let two readers disagree about where a message ends (RFC 9112,
section 6.3), and a property test holds it against h11.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

import httpx

#: Room for the status line and all headers together, and for trailers; httpx allows the same.
MAX_HEAD_BYTES = 100 * 1024
#: Room for the size of a chunk and its extensions, which nobody uses.
MAX_CHUNK_LINE_BYTES = 4 * 1024

# A line may end with a bare LF: RFC 9112 lets a recipient accept it, and small servers send it.
_BLANK_LINE = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/(1\.[0-9]) ([1-9][0-9]{2})(?: ([^\0\r\n]*))?\r?\n")
_FIELD = re.compile(rb"^([-!#$%&'*+.^_`|~0-9a-zA-Z]+):[ \t]*([^\0\r\n]*)\r?$", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_KEEP_ALIVE_TIMEOUT = re.compile(rb"(?i)\btimeout=([0-9]{1,6})\b")
_CHUNK_LINE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n\0]*)?\r\n")
_NEXT_CHUNK_LINE = re.compile(rb"\r\n" + _CHUNK_LINE.pattern)
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"keep-alive"})


class ResponseReader:
    """Reads one response: feed it what the connection delivers until ``done``."""

    __slots__ = (
        "_buffer",
        "_chunks",
        "_left",
        "_length",
        "_method",
        "_searched",
        "begun",
        "done",
        "headers",
        "http_version",
        "idle_limit_s",
        "keep_alive",
        "reason",
        "status",
    )

    def __init__(self, method: str) -> None:
        self._method = method
        self._buffer = b""
        self._searched = 0
        #: Body bytes still to come; None when the body has no declared length.
        self._left: Optional[int] = None
        self._length = 0
        self._chunks: Optional[ChunkedDecoder] = None
        #: Whether any byte of a response has arrived.
        self.begun = False
        #: 0 until the final head has arrived.
        self.status = 0
        self.reason = b""
        self.http_version = b""
        self.headers: List[Tuple[bytes, bytes]] = []
        #: Whether the server lets the connection be used again.
        self.keep_alive = True
        #: Seconds after which the server said it closes an idle connection.
        self.idle_limit_s: Optional[float] = None
        self.done = False

    def feed(self, data: bytes) -> bytes:
        """Return the body bytes that ``data`` completes; empty ``data`` means the connection ended.

        Raises:
            httpx.RemoteProtocolError: what arrived is not HTTP/1.1, or it ended too early.
        """
        if not self.status:
            if not data:
                raise httpx.RemoteProtocolError(
                    "Server disconnected in the middle of the response head."
                    if self.begun
                    else "Server disconnected without sending a response."
                )
            self.begun = True
            data = self._read_head(data)
            if not self.status:
                return b""
        elif not data:
            self._end_of_connection()
            return b""

        left = self._left
        if left is not None:
            size = len(data)
            if size < left:
                self._left = left - size
                return data
            self.done = True
            if size > left:
                # Bytes that nobody asked for: whatever they are, no response may begin with them.
                self.keep_alive = False
                return data[:left]
            return data
        if self._chunks is not None:
            data = self._chunks.decode(data)
            if self._chunks.done:
                self.done = True
                self.keep_alive = self.keep_alive and not self._chunks.excess
            return data
        return data  # until the connection ends

    def _end_of_connection(self) -> None:
        if self._left is not None:
            received = self._length - self._left
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body "
                f"(received {received} bytes, expected {self._length})"
            )
        if self._chunks is not None:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body "
                "(incomplete chunked read)"
            )
        self.done = True

    def _read_head(self, data: bytes) -> bytes:
        """Take the head off; return what follows it, or nothing while it is incomplete."""
        buffer = self._buffer + data if self._buffer else data
        while True:
            blank = _BLANK_LINE.search(buffer, self._searched)
            if blank is None:
                if len(buffer) > MAX_HEAD_BYTES:
                    raise httpx.RemoteProtocolError(
                        f"response headers exceed {MAX_HEAD_BYTES // 1024} KiB"
                    )
                if not buffer.startswith(b"HTTP/1."[: len(buffer)]):
                    raise _not_http(buffer)
                self._searched = max(0, len(buffer) - 2)
                self._buffer = buffer
                return b""
            head, buffer = buffer[: blank.start() + 1], buffer[blank.end() :]
            self._buffer, self._searched = b"", 0
            if len(head) > MAX_HEAD_BYTES:
                raise httpx.RemoteProtocolError(
                    f"response headers exceed {MAX_HEAD_BYTES // 1024} KiB"
                )
            self._parse(head)
            # Interim answers (100 Continue, 103 Early Hints) come before the real one.
            if self.status or not buffer:
                return buffer

    def _parse(self, head: bytes) -> None:
        first = _STATUS_LINE.match(head)
        if first is None:
            raise _not_http(head)
        version, code, reason = first.groups()
        status = int(code)
        if status < 200:
            if status == 101:
                raise httpx.RemoteProtocolError(
                    "the server switched to another protocol, which this transport does not speak"
                )
            return
        rest = head[first.end() :]
        headers = _FIELD.findall(rest)
        if len(headers) != rest.count(b"\n"):
            # Values may continue on the next line in an obsolete syntax, to be read as one space.
            rest = _FOLD.sub(b" ", rest)
            headers = _FIELD.findall(rest)
            if len(headers) != rest.count(b"\n"):
                raise httpx.RemoteProtocolError("illegal line among the response headers")
        self._choose_framing(status, version, headers)
        self.headers = headers
        self.http_version = b"HTTP/" + version
        self.reason = reason or b""
        self.status = status

    def _choose_framing(
        self, status: int, version: bytes, headers: List[Tuple[bytes, bytes]]
    ) -> None:
        length: Optional[int] = None
        repeated: List[int] = []
        chunked = False
        self.keep_alive = version != b"1.0"
        for index, (name, value) in enumerate(headers):
            if value[-1:] in (b" ", b"\t"):
                value = value.rstrip(b" \t")
                headers[index] = (name, value)
            lower = name.lower()
            if lower not in _FRAMING:
                continue
            if lower == b"content-length":
                found = _content_length(value)
                if length is not None:
                    if length != found:
                        raise httpx.RemoteProtocolError("conflicting Content-Length headers")
                    repeated.append(index)
                length = found
                headers[index] = (name, b"%d" % found)
            elif lower == b"transfer-encoding":
                if chunked or value.lower() != b"chunked":
                    raise httpx.RemoteProtocolError(
                        "only Transfer-Encoding: chunked is supported, once"
                    )
                chunked = True
            elif lower == b"connection":
                if b"close" in [token.strip() for token in value.lower().split(b",")]:
                    self.keep_alive = False
            else:
                hint = _KEEP_ALIVE_TIMEOUT.search(value)
                if hint is not None:
                    self.idle_limit_s = float(hint.group(1))
        for index in reversed(repeated):
            del headers[index]
        if self._method == "HEAD" or status in (204, 304):
            self._left = 0
        elif chunked:
            if length is not None or version == b"1.0":
                # Somebody on the way may have read the message differently (RFC 9112, 6.3).
                self.keep_alive = False
            self._chunks = ChunkedDecoder()
        elif length is not None:
            self._left = self._length = length
        else:
            self.keep_alive = False


def _content_length(value: bytes) -> int:
    # "5, 5" is what a proxy makes of two equal headers.
    values = {part.strip() for part in value.split(b",")}
    only = values.pop()
    if values:
        raise httpx.RemoteProtocolError("conflicting Content-Length headers")
    if not only.isdigit() or len(only) > 19:
        raise httpx.RemoteProtocolError("bad Content-Length")
    return int(only)


def _not_http(received: bytes) -> httpx.RemoteProtocolError:
    line = received[:60].split(b"\n")[0]
    return httpx.RemoteProtocolError(f"illegal status line: {line!r}")


class ChunkedDecoder:
    """Takes the chunk sizes out of a chunked body. Trailers are read and dropped."""

    __slots__ = ("_buffer", "_in_trailers", "_left", "_line", "done", "excess")

    def __init__(self) -> None:
        self._buffer = b""
        self._left = 0
        self._line = _CHUNK_LINE
        self._in_trailers = False
        self.done = False
        #: Whether anything came after the end.
        self.excess = False

    def decode(self, data: bytes) -> bytes:
        """Return the body bytes in ``data``; several small chunks come out as one piece."""
        if len(data) < self._left:
            self._left -= len(data)
            return data
        buffer = self._buffer + data if self._buffer else data
        position = 0
        pieces: List[bytes] = []
        while not self._in_trailers:
            if self._left:
                piece = buffer[position : position + self._left]
                pieces.append(piece)
                position += len(piece)
                self._left -= len(piece)
                if self._left:
                    self._buffer = b""
                    return b"".join(pieces)
            line = self._line.match(buffer, position)
            if line is None:
                self._buffer = self._unfinished_line(buffer[position:])
                return b"".join(pieces)
            self._line = _NEXT_CHUNK_LINE
            self._left = int(line.group(1), 16)
            position = line.end()
            self._in_trailers = not self._left
        self._read_trailers(buffer[position:])
        return b"".join(pieces)

    def _unfinished_line(self, rest: bytes) -> bytes:
        after_data = self._line is _NEXT_CHUNK_LINE
        if (
            (after_data and not b"\r\n".startswith(rest[:2]))
            or b"\n" in rest[2 if after_data else 0 :]
            or len(rest) > MAX_CHUNK_LINE_BYTES
        ):
            raise httpx.RemoteProtocolError("malformed chunk in the response body")
        return rest

    def _read_trailers(self, rest: bytes) -> None:
        if rest[:2] == b"\r\n" or rest[:1] == b"\n":
            end = rest.index(b"\n") + 1
        else:
            blank = _BLANK_LINE.search(rest)
            if blank is None:
                if len(rest) > MAX_HEAD_BYTES:
                    raise httpx.RemoteProtocolError(
                        f"response trailers exceed {MAX_HEAD_BYTES // 1024} KiB"
                    )
                self._buffer = rest
                return
            end = blank.end()
        self.done = True
        self.excess = len(rest) > end
        self._buffer = b""
