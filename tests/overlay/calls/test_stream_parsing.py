"""Lines and server-sent events, however the bytes are cut."""

from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpost_api.errors import DecodeError
from outpostkit._calls.stream_parsing import EventParser, LineParser, ServerSentEvent


def lines(*pieces: bytes) -> List[str]:
    """All lines of a stream."""
    parser = LineParser()
    found = [line for piece in pieces for line in parser.feed(piece)]
    return found + parser.end()


def events(*pieces: bytes) -> List[ServerSentEvent]:
    """All events of a stream."""
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


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
            *["ü", "\u2028", "\x85", "\ufeff", "\0", "🙂"],
        ]
    )
).map(lambda parts: "".join(parts).encode())


@given(cut(st.one_of(streams, st.binary())))
def test_lines_are_the_same_however_the_bytes_are_cut(case: Tuple[bytes, List[bytes]]) -> None:
    """Within a character, or between CR and LF."""
    whole, pieces = case

    assert lines(*pieces) == lines(whole)


@given(cut(st.one_of(streams, st.binary())))
def test_events_are_the_same_however_the_bytes_are_cut(case: Tuple[bytes, List[bytes]]) -> None:
    """The network decides where pieces end."""
    whole, pieces = case

    assert events(*pieces) == events(whole)


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


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"data: a\n\n", [ServerSentEvent("a")]),
        (b"data:a\ndata:  b\n\n", [ServerSentEvent("a\n b")]),
        (b"\xef\xbb\xbfdata: a\r\rdata\r\n\r\n", [ServerSentEvent("a"), ServerSentEvent("")]),
        (b": comment\n\nevent: ping\n\ndata: a\n\n", [ServerSentEvent("a")]),
        (
            b"id: 1\ndata: a\n\ndata: b\n\n",
            [ServerSentEvent("a", id="1"), ServerSentEvent("b", id="1")],
        ),
        (b"id: 1\0\nretry: 5x\nother: 1\ndata: a\n\n", [ServerSentEvent("a")]),
        (b"retry: 250\ndata: a\n\n", [ServerSentEvent("a", retry=250)]),
        (b"data: broken off\n", []),
    ],
)
def test_events_are_read_as_the_standard_says(
    content: bytes, expected: List[ServerSentEvent]
) -> None:
    """Fields without a value, comments, unknown fields, ids that last, and a broken end."""
    assert events(content) == expected


def test_an_event_holds_json() -> None:
    """Or says that it does not."""
    assert ServerSentEvent('{"token": "ü"}').json() == {"token": "ü"}
    with pytest.raises(DecodeError):
        ServerSentEvent("[DONE]").json()
