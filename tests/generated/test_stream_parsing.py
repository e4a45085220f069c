"""Lines, JSON texts and server-sent events, however the bytes are cut."""

import subprocess
import sys
from typing import Any, Iterable, List, Tuple

import pytest
from hypothesis import given, strategies as st

from outpost_api import stream_parsing
from outpost_api.codec import read_json
from outpost_api.errors import DecodeError
from outpost_api.stream_parsing import EventParser, JsonLineParser, LineParser, ServerSentEvent
from tests.generated.stream_cases import (
    EVENTS,
    LINES,
    TEXTS,
    EventCase,
    LineCase,
    TextCase,
    pieces,
)


def lines(*content: bytes) -> List[str]:
    """All lines of a stream."""
    parser = LineParser()
    found = [line for piece in content for line in parser.feed(piece)]
    return [line.decode("utf-8", "replace") for line in found + parser.end()]


def values(*content: bytes) -> Tuple[List[Any], bool]:
    """All values of JSON lines, and whether an error follows them."""
    parser = JsonLineParser()
    found: List[Any] = []

    def read(texts: Iterable[bytes]) -> None:
        for text in texts:
            found.append(read_json(text))

    try:
        for piece in content:
            read(parser.feed(piece))
        read(parser.end())
    except DecodeError:
        return found, True
    return found, False


def events(*content: bytes) -> List[ServerSentEvent]:
    """All events of a stream."""
    parser = EventParser()
    return [event for piece in content for event in parser.feed(piece)]


@st.composite
def cut(draw: st.DrawFn, contents: st.SearchStrategy[bytes]) -> Tuple[bytes, List[bytes]]:
    """Some bytes, and the same cut anywhere."""
    content = draw(contents)
    places = sorted(draw(st.lists(st.integers(0, len(content)), max_size=6)))
    ends = [0, *places, len(content)]
    return content, [content[a:b] for a, b in zip(ends, ends[1:])]


streams = st.lists(
    st.sampled_from(
        [
            *["data", "event", "id", "retry", ":", ": ", " ", "\n", "\r", "\r\n", "\n\n", "x", "7"],
            *["ü", "\u2028", "\x85", "\ufeff", "\0", "\x1e", "🙂"],
        ]
    )
).map(lambda parts: "".join(parts).encode())


@given(cut(st.one_of(streams, st.binary())))
def test_lines_are_the_same_however_the_bytes_are_cut(case: Tuple[bytes, List[bytes]]) -> None:
    """Within a character, or between CR and LF."""
    whole, cut_up = case

    assert lines(*cut_up) == lines(whole)
    assert values(*cut_up) == values(whole)


@given(cut(st.one_of(streams, st.binary())))
def test_events_are_the_same_however_the_bytes_are_cut(case: Tuple[bytes, List[bytes]]) -> None:
    """The network decides where pieces end."""
    whole, cut_up = case

    assert events(*cut_up) == events(whole)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"))))
def test_lines_come_back_as_they_were_written(written: List[str]) -> None:
    """Only CR and LF end a line, not the other separators of Unicode."""
    for end in ("\n", "\r", "\r\n"):
        content = "".join(line + end for line in written).encode()

        assert lines(content) == written


payloads = st.text(st.characters(exclude_characters="\r", codec="utf-8"))
names = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), min_size=1)


@given(st.lists(st.tuples(payloads, names, names)))
def test_events_come_back_as_they_were_written(written: List[Tuple[str, str, str]]) -> None:
    """Payloads of several lines included."""
    content = "".join(
        f"event: {kind}\nid: {id}\n"
        + "".join(f"data: {line}\n" for line in data.split("\n"))
        + "\n"
        for data, kind, id in written
    ).encode()

    assert events(content) == [ServerSentEvent(data, kind, id) for data, kind, id in written]


@pytest.mark.parametrize("case", EVENTS, ids=lambda case: case.name)
def test_events_are_read_as_the_standard_says(case: EventCase) -> None:
    """However they are cut."""
    for cut_up in pieces(case.content):
        assert events(*cut_up) == case.events


@pytest.mark.parametrize("case", LINES, ids=lambda case: case.name)
def test_each_line_is_a_value(case: LineCase) -> None:
    """However they are cut, and up to the first that is none."""
    for cut_up in pieces(case.content):
        assert values(*cut_up) == (case.values, case.breaks)


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_text_is_cut_where_its_lines_end(case: TextCase) -> None:
    """And nowhere else."""
    for cut_up in pieces(case.content):
        assert lines(*cut_up) == case.lines


@pytest.mark.parametrize(
    "content", [b"x" * 11, b"12345\r12345\n" + b"x" * 11, b": 34567890\n", b"data: abc\n" * 3]
)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_what_would_fill_the_memory_is_given_up(
    monkeypatch: pytest.MonkeyPatch, content: bytes, size: int
) -> None:
    """A line, or the lines of an event, longer than the bound."""
    monkeypatch.setattr(stream_parsing, "MOST_BYTES", 9)
    cut_up = [content[at : at + size] for at in range(0, len(content), size)]

    with pytest.raises(DecodeError, match="one line or event of the stream is longer than 9 bytes"):
        events(*cut_up)


def test_an_event_holds_json() -> None:
    """Or says that it does not."""
    assert ServerSentEvent('{"token": "ü"}').json() == {"token": "ü"}
    with pytest.raises(DecodeError):
        ServerSentEvent("[DONE]").json()


def test_an_event_of_many_short_lines_takes_no_more_than_its_bytes() -> None:
    """A line of it costs what its characters cost."""
    # In a process of its own: other threads of this one may allocate at the same time.
    program = (
        "import tracemalloc; from outpost_api.stream_parsing import EventParser\n"
        "parser = EventParser(); tracemalloc.start()\n"
        "for _ in range(64): parser.feed(b'data:xy\\n' * 1024)\n"
        "print(tracemalloc.get_traced_memory()[1])"
    )
    peak = int(subprocess.check_output([sys.executable, "-c", program]))

    assert peak < 3 * 64 * 1024 * 8
