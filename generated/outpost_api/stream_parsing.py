# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/stream_parsing.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""What the bytes of a streamed answer say: lines, JSON texts and server-sent events. Pure.

The parsers take bytes in pieces of any size, give the same parts however they were cut, and cost the
same for each byte however long a line is.
"""

from typing import Iterator, List, NamedTuple, Optional

from outpost_api.codec import read_json
from outpost_api.errors import DecodeError
from outpost_api.types import JsonValue

#: A line or event longer than this is not read to its end: it would fill the memory.
MOST_BYTES = 64 * 1024 * 1024

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LF, _CR = b"\n\r"


class ServerSentEvent(NamedTuple):
    """One event of a ``text/event-stream``."""

    #: Its payload; several ``data:`` lines are joined by line breaks.
    data: str
    #: Its kind; ``message`` unless the stream says otherwise.
    event: str = "message"
    #: The last id that the stream has given, so far; empty when it gave none.
    id: str = ""
    #: Milliseconds that the server asks a client to wait before it connects again.
    retry: Optional[int] = None

    def json(self) -> JsonValue:
        """Return the payload as a JSON value.

        Raises:
            DecodeError: it is not JSON.
        """
        value: JsonValue = read_json(self.data.encode("utf-8", "surrogatepass"))
        return value


class LineParser:
    """Cuts bytes into lines, which end with LF, CR LF or CR and with nothing else.

    With ``skips_mark`` the byte order mark that a stream may begin with is no part of its first line.
    """

    def __init__(self, skips_mark: bool = False) -> None:
        self._rest = bytearray()
        self._skips_mark = skips_mark
        self._ends_with_cr = False

    def feed(self, content: bytes) -> List[bytes]:
        """Return the lines that are complete with these bytes, without their ends.

        Raises:
            DecodeError: a line is longer than ``MOST_BYTES``.
        """
        if self._ends_with_cr and content:
            # The CR has ended a line already; an LF right behind it belongs to it.
            self._ends_with_cr = False
            if content[0] == _LF:
                content = content[1:]
        if not content:
            return []
        lines = content.splitlines()  # of bytes: at no other separator that Unicode knows
        last = content[-1]
        self._ends_with_cr = last == _CR
        begun = b"" if last in (_LF, _CR) else lines.pop()
        # Only what ends a line copies it: a long line that comes in bits would else be copied
        # again with every bit.
        if lines and self._rest:
            self._rest += lines[0]
            check_length(len(self._rest))
            lines[0] = bytes(self._rest)
            self._rest.clear()
        if begun:
            self._rest += begun
            check_length(len(self._rest))
        return self._without_mark(lines) if self._skips_mark and lines else lines

    def end(self) -> List[bytes]:
        """Return what is left as a last line, if anything is."""
        lines = [bytes(self._rest)] if self._rest else []
        self._rest.clear()
        return self._without_mark(lines) if self._skips_mark and lines else lines

    def _without_mark(self, lines: List[bytes]) -> List[bytes]:
        self._skips_mark = False
        if lines[0].startswith(_BYTE_ORDER_MARK):
            lines[0] = lines[0][len(_BYTE_ORDER_MARK) :]
        return lines


class JsonLineParser:
    """Cuts bytes into JSON texts, one in a line: NDJSON, JSON lines, JSON text sequences.

    Blank lines are none. Bytes that are not UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._lines = LineParser(skips_mark=True)

    def feed(self, content: bytes) -> Iterator[bytes]:
        """Yield the texts that are complete with these bytes.

        Raises:
            DecodeError: a line is too long, or begins with a byte order mark within the stream.
        """
        # What separates the texts of a sequence (RFC 7464) cannot be part of one.
        return map(
            _json_text, filter(bytes.strip, self._lines.feed(content.replace(b"\x1e", b"\n")))
        )

    def end(self) -> Iterator[bytes]:
        """Yield what is left as a last text, if anything is."""
        return map(_json_text, filter(bytes.strip, self._lines.end()))


class EventParser:
    """Reads ``text/event-stream`` as the HTML standard says (section 9.2.6).

    An event that is not ended by an empty line is dropped, as the connection broke within it.
    """

    def __init__(self) -> None:
        self._lines = LineParser(skips_mark=True)
        self._data = bytearray()  # each line of it with a line break behind
        self._event = b""
        self._id = b""
        self._retry: Optional[int] = None

    def feed(self, content: bytes) -> List[ServerSentEvent]:
        """Return the events that are complete with these bytes.

        Raises:
            DecodeError: a line or an event is longer than ``MOST_BYTES``.
        """
        events = []
        for line in self._lines.feed(content):
            if line:
                self._take(line)
            else:
                if self._data:
                    events.append(self._whole())
                self._event = b""
        return events

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if field == b"data":
            self._data += value
            self._data += b"\n"
            check_length(len(self._data))
        elif field == b"event":
            self._event = value
        elif field == b"id":
            if b"\0" not in value:
                self._id = value
        elif field == b"retry" and value.isdigit():  # of bytes: ASCII digits
            self._retry = int(value[:18])

    def _whole(self) -> ServerSentEvent:
        data = bytes(self._data[:-1])
        self._data.clear()
        return ServerSentEvent(
            _text(data),
            _text(self._event) or "message",
            _text(self._id),
            self._retry,
        )


def check_length(length: int) -> None:
    """Raise ``DecodeError`` for a line or event that is too long."""
    if length > MOST_BYTES:
        raise DecodeError(f"one line or event of the stream is longer than {MOST_BYTES} bytes")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _json_text(line: bytes) -> bytes:
    if line.isascii():
        return line
    if line.startswith(_BYTE_ORDER_MARK):
        raise DecodeError("not JSON: a byte order mark within the stream", content=line)
    return _text(line).encode("utf-8")


__all__ = ["MOST_BYTES", "EventParser", "JsonLineParser", "LineParser", "ServerSentEvent"]
