"""Looking for lines of a log by their text and their level."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from outpost_server.keeping.log_search import LogSearch
from outpost_server.log_files import LEVELS, log_line

texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(texts, st.text(st.characters(codec="utf-8"), min_size=1, max_size=4))
def test_a_line_is_found_by_what_its_message_contains(message, text):
    """As a reader sees the message, however its characters are written in the file."""
    line = log_line("runtime", "INFO", "x", message)

    assert LogSearch(text).takes(line) == (text.lower() in message.lower())


@given(texts, st.data())
def test_every_part_of_a_message_finds_it(message, data):
    """In upper case, too, where that has the same lower case."""
    begin = data.draw(st.integers(0, len(message)))
    part = message[begin : data.draw(st.integers(begin, len(message)))]

    assert LogSearch(part).takes(log_line("runtime", "INFO", "x", f"before {message} after"))


@pytest.mark.parametrize("text", ["ValueError", "pod-ab12", "in predict", "TOLD TO"])
def test_tracebacks_and_replicas_are_looked_at(text):
    """What the page shows of a line is what it is found by."""
    line = log_line(
        *("runtime", "ERROR", "x", "told to fail"),
        pod_name="pod-ab12",
        exc_info="Traceback:\n  in predict\nValueError",
    )

    assert LogSearch(text).takes(line)


@pytest.mark.parametrize("text", ["timestamp", "log_type", "runtime", "logger", '"', "{"])
def test_what_only_the_file_has_finds_nothing(text):
    """Neither names of fields nor the signs of JSON are part of what a line says."""
    assert not LogSearch(text).takes(log_line("runtime", "INFO", "logger", "message"))


@pytest.mark.parametrize(
    ("written", "text"), [("\\u0041\\/b", "a/b"), ("Ä", "ä"), ("\\u00c4", "ä")]
)
def test_other_ways_to_write_json_are_read(written, text):
    """Lines of other programs may escape any character, or none."""
    line = json.dumps({"timestamp": "1", "data": {"message": "?"}}).replace("?", written)

    assert LogSearch(text).takes(line.encode())


@pytest.mark.parametrize("wanted", LEVELS)
def test_a_level_stands_for_graver_ones_too(wanted):
    """By the numbers of Python's logging."""
    taken = [one for one in LEVELS if LogSearch(level=wanted).takes(log_line("dep", one, "x", ""))]

    assert taken == [one for one in LEVELS if LEVELS[one] >= LEVELS[wanted]]


def test_a_line_that_was_cut_is_not_found():
    """A disk that was full has cut lines in two."""
    assert not LogSearch("begun").takes(
        b'{"timestamp":"1700000000000000000","data":{"mess\\begun\n'
    )
