"""What the bytes of a streamed answer say: lines, and server-sent events. Pure.

Both parsers take bytes in pieces of any size and give the same parts however they were cut.
"""

import codecs
import dataclasses
from typing import TYPE_CHECKING, List, Optional

if TYPE_CHECKING:
    from outpost_api.types import JsonValue

__all__ = ["EventParser", "LineParser", "ServerSentEvent"]


@dataclasses.dataclass(frozen=True)
class ServerSentEvent:
    """One event of a ``text/event-stream``."""

    #: Its payload; several ``data:`` lines are joined by line breaks.
    data: str
    #: Its kind; ``message`` unless the stream says otherwise.
    event: str = "message"
    #: The last id that the stream has given, so far; empty when it gave none.
    id: str = ""
    #: Milliseconds that the server asks a client to wait before it connects again.
    retry: Optional[int] = None

    def json(self) -> "JsonValue":
        """Return the payload as a JSON value.

        Raises:
            DecodeError: it is not JSON.
        """
        from outpost_api.codec import read_json

        value: JsonValue = read_json(self.data.encode("utf-8", "surrogatepass"))
        return value


class LineParser:
    """Cuts bytes into lines of text, which end with LF, CR LF or CR.

    The bytes are UTF-8; those that are not become U+FFFD.
    """

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pieces: List[str] = []
        self._ends_with_cr = False

    def feed(self, content: bytes) -> List[str]:
        """Return the lines that are complete with these bytes, without their ends."""
        return self._cut(self._decode(content))

    def end(self) -> List[str]:
        """Return what is left as a last line, if anything is."""
        lines = self._cut(self._decode(b"", True))
        rest = "".join(self._pieces)
        self._pieces = []
        return [*lines, rest] if rest else lines

    def _cut(self, text: str) -> List[str]:
        if self._ends_with_cr and text:
            # The CR has ended a line already; an LF right behind it belongs to it.
            self._ends_with_cr = False
            if text[0] == "\n":
                text = text[1:]
        if not text:
            return []
        self._ends_with_cr = text[-1] == "\r"
        # Not splitlines(), which also cuts at characters that JSON and event streams keep.
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        # Only what ends a line is joined: a long line that comes in bits would else be copied
        # again with every bit.
        self._pieces.append(lines[0])
        if len(lines) == 1:
            return []
        complete = ["".join(self._pieces), *lines[1:-1]]
        self._pieces = [lines[-1]] if lines[-1] else []
        return complete


class EventParser:
    """Reads ``text/event-stream`` as the HTML standard says (section 9.2.6).

    An event that is not ended by an empty line is dropped, as the connection broke within it.
    """

    def __init__(self) -> None:
        self._lines = LineParser()
        self._is_first_line = True
        self._data: List[str] = []
        self._event = ""
        self._id = ""
        self._retry: Optional[int] = None

    def feed(self, content: bytes) -> List[ServerSentEvent]:
        """Return the events that are complete with these bytes."""
        events = []
        for line in self._lines.feed(content):
            event = self._take(line)
            if event is not None:
                events.append(event)
        return events

    def _take(self, line: str) -> Optional[ServerSentEvent]:
        if self._is_first_line:
            self._is_first_line = False
            line = line[1:] if line.startswith("\ufeff") else line
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self._retry = int(value[:18])
        return None

    def _dispatch(self) -> Optional[ServerSentEvent]:
        data, event = self._data, self._event
        self._data, self._event = [], ""
        if not data:
            return None
        return ServerSentEvent("\n".join(data), event or "message", self._id, self._retry)
