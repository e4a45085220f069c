"""What streamed answers may look like, and what their readers get: one table for all readers."""

from typing import Any, List, NamedTuple, Tuple

from outpost_api.stream_parsing import ServerSentEvent as Event


class EventCase(NamedTuple):
    """A ``text/event-stream`` and its events."""

    name: str
    content: bytes
    events: List[Event]


class LineCase(NamedTuple):
    """A stream of JSON lines, the values in it, and whether an error follows the last of them."""

    name: str
    content: bytes
    values: List[Any]
    breaks: bool = False


class TextCase(NamedTuple):
    """A stream of text and its lines."""

    name: str
    content: bytes
    lines: List[str]


BOM = b"\xef\xbb\xbf"
#: What Unicode, and Python's ``str.splitlines``, take for line ends, and streams do not.
SEPARATORS = "\u2028\u2029\x85\x0b\x0c\x1c"

EVENTS = [
    EventCase("LF", b"data: a\n\ndata: b\n\n", [Event("a"), Event("b")]),
    EventCase("CR LF", b"data: a\r\n\r\ndata: b\r\n\r\n", [Event("a"), Event("b")]),
    EventCase("CR", b"data: a\r\rdata: b\r\r", [Event("a"), Event("b")]),
    EventCase(
        "mixed line ends",
        b"data: a\r\ndata: b\n\rdata: c\rdata: d\r\n\ndata: e\n\r\n",
        [Event("a\nb"), Event("c\nd"), Event("e")],
    ),
    EventCase("LF CR", b"data: a\n\rdata: b\n\r", [Event("a"), Event("b")]),
    EventCase("mark at the beginning", BOM + b"data: a\n\n", [Event("a")]),
    EventCase("two marks at the beginning", BOM + BOM + b"data: a\n\n", []),
    EventCase(
        "mark within", b"data: a\n\n" + BOM + b"data: b\n\ndata: c\n\n", [Event("a"), Event("c")]
    ),
    EventCase("mark in the data", b"data: " + BOM + b"a\n\n", [Event("\ufeffa")]),
    EventCase("mark alone", BOM, []),
    EventCase("nothing", b"", []),
    EventCase("blank lines", b"\n\r\n\r\n\n", []),
    EventCase("cut off before its end", b"data: a\n\ndata: b\n", [Event("a")]),
    EventCase("cut off within its end", b"data: a\n\ndata: b\r", [Event("a")]),
    EventCase("cut off within a line", b"data: a\n\ndata: b", [Event("a")]),
    EventCase("comments", b": hello\n\ndata: a\n:\n:data: x\ndata: b\n\n", [Event("a\nb")]),
    EventCase("several lines", b"data: a\ndata:\ndata: b\n\n", [Event("a\n\nb")]),
    EventCase("empty data", b"data:\n\ndata: \n\n", [Event(""), Event("")]),
    EventCase("no colon", b"data\n\ndata\ndata\n\n", [Event(""), Event("\n")]),
    EventCase("no data", b"event: ping\nid: 1\n\ndata: a\n\n", [Event("a", id="1")]),
    EventCase("one space is left out", b"data:a\ndata:  b\ndata:\tc\n\n", [Event("a\n b\n\tc")]),
    EventCase("a colon in the data", b"data: a: b\n\n", [Event("a: b")]),
    EventCase("unknown field", b"other: 1\nDATA: x\n data: y\ndata: a\n\n", [Event("a")]),
    EventCase("name", b"event: a\ndata: 1\n\ndata: 2\n\n", [Event("1", "a"), Event("2")]),
    EventCase("last name counts", b"event: a\nevent: b\ndata: 1\n\n", [Event("1", "b")]),
    EventCase("empty name", b"event: a\nevent\ndata: 1\n\n", [Event("1")]),
    EventCase(
        "id lasts", b"id: 7\ndata: a\n\ndata: b\n\n", [Event("a", id="7"), Event("b", id="7")]
    ),
    EventCase(
        "id is taken back", b"id: 7\ndata: a\n\nid\ndata: b\n\n", [Event("a", id="7"), Event("b")]
    ),
    EventCase(
        "id with NUL",
        b"id: 7\ndata: a\n\nid: 8\0\ndata: b\n\n",
        [Event("a", id="7"), Event("b", id="7")],
    ),
    EventCase("retry", b"retry: 250\ndata: a\n\n", [Event("a", retry=250)]),
    EventCase(
        "retry that is no number",
        b"retry: 5x\nretry: -1\nretry: 1.5\nretry\ndata: a\n\n",
        [Event("a")],
    ),
    EventCase(
        "retry of other digits", "retry: \u0665\nretry: \u00b2\ndata: a\n\n".encode(), [Event("a")]
    ),
    EventCase("other separators", f"data: a{SEPARATORS}b\n\n".encode(), [Event(f"a{SEPARATORS}b")]),
    EventCase("several bytes a character", "data: ü€🙂\n\n".encode(), [Event("ü€🙂")]),
    EventCase(
        "bytes that are no UTF-8",
        b"data: \xff\xe2\x82\ndata: \xf0\x9f\nevent: \x80\n\ndata: a\n\n",
        [Event("\ufffd\ufffd\n\ufffd", "\ufffd"), Event("a")],
    ),
]

LINES = [
    LineCase("LF", b'{"n": 1}\n[2]\n', [{"n": 1}, [2]]),
    LineCase("CR LF", b'{"n": 1}\r\n[2]\r\n', [{"n": 1}, [2]]),
    LineCase("CR", b'{"n": 1}\r[2]\r', [{"n": 1}, [2]]),
    LineCase("mixed line ends", b"1\r\n2\n\r3\r4\n5", [1, 2, 3, 4, 5]),
    LineCase("last line without end", b'1\n{"n": 2}', [1, {"n": 2}]),
    LineCase("last line cut off", b'1\n{"n": ', [1], breaks=True),
    LineCase("blank lines", b"\n1\n  \n\t\r\n2\n\n \n", [1, 2]),
    LineCase("nothing", b"", []),
    LineCase("mark at the beginning", BOM + b"1\n2\n", [1, 2]),
    LineCase("mark alone", BOM, []),
    LineCase("mark within", b"1\n" + BOM + b"2\n", [1], breaks=True),
    LineCase("two marks at the beginning", BOM + BOM + b"1\n", [], breaks=True),
    LineCase("text sequence", b'\x1e{"n": 1}\n\x1e[2]\n\x1e"3"\n', [{"n": 1}, [2], "3"]),
    LineCase("text sequence without line ends", b"\x1e[1]\x1e[2]", [[1], [2]]),
    LineCase("no JSON", b"1\nnonsense\n2\n", [1], breaks=True),
    LineCase("two values in a line", b"1 2\n", [], breaks=True),
    LineCase("other separators", '["a\u2028\u2029\x85b"]\n'.encode(), [["a\u2028\u2029\x85b"]]),
    LineCase("VT, FF and FS between values", b"1\x0b2\n", [], breaks=True),
    LineCase("several bytes a character", '["ü€🙂"]\n'.encode(), [["ü€🙂"]]),
    LineCase(
        "bytes that are no UTF-8", b'["\xff\xe2\x82"]\n["\xf0\x9f"]', [["\ufffd\ufffd"], ["\ufffd"]]
    ),
]

TEXTS = [
    TextCase("LF", b"a\nb\n", ["a", "b"]),
    TextCase("CR LF", b"a\r\nb\r\n", ["a", "b"]),
    TextCase("CR", b"a\rb\r", ["a", "b"]),
    TextCase("mixed line ends", b"a\r\n\nb\n\r\rc\n", ["a", "", "b", "", "", "c"]),
    TextCase("last line without end", b"a\n b ", ["a", " b "]),
    TextCase("nothing", b"", []),
    TextCase("blank lines", b"\n\r\n", ["", ""]),
    TextCase("other separators", f"a{SEPARATORS}b\n".encode(), [f"a{SEPARATORS}b"]),
    TextCase("mark at the beginning", BOM + b"a\n", ["\ufeffa"]),
    TextCase("several bytes a character", "ü\n€🙂".encode(), ["ü", "€🙂"]),
    TextCase("bytes that are no UTF-8", b"\xff\xe2\x82\n\xf0\x9f", ["\ufffd\ufffd", "\ufffd"]),
]


def pieces(content: bytes) -> List[Tuple[bytes, ...]]:
    """Return the content as a whole, and cut into pieces of one, two and three bytes."""
    cuts = [
        tuple(content[at : at + size] for at in range(0, len(content), size)) for size in (1, 2, 3)
    ]
    return [(content,), *cuts, (b"", *content.partition(b"\r"), b"")]
