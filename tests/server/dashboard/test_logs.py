"""Following a log, part by part."""

from __future__ import annotations

import re

import pytest

TEMPLATE = """
class Echo:
    def predict(self, first: int, count: int) -> int:
        for number in range(first, first + count):
            print(f"line {number} of many")
        return count
"""


def next_part(text: str) -> dict[str, str]:
    """Return the query with which the page asks for what comes after ``text``."""
    return {"log": "runtime", "since": re.search(r"since=(\d+)", text)[1]}


def test_every_line_comes_once(visitor, api, eventually):
    """Each part begins where the one before ended, also while lines are being written."""
    path = visitor.created(TEMPLATE)
    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)
    url = visitor.origin + api.get(path)["predictionPath"]
    seen: list[str] = []
    part = visitor.get(path).text

    def look() -> list[str]:
        nonlocal part
        part = visitor.get(path + "/logs", **next_part(part)).text
        seen.extend(re.findall(r"line (\d+) of many", part))
        return seen

    for first in range(0, 50, 10):
        api.http.post(url, params={"first": first, "count": 10}).raise_for_status()
        look()

    eventually(look, lambda seen: "49" in seen)
    look()

    assert [int(number) for number in seen] == list(range(50))


@pytest.mark.parametrize("log", ["runtime", "dep", "event"])
def test_each_log_has_its_own_view(visitor, echo_page, log):
    """The chosen one is marked for readers who cannot see the mark."""
    page = visitor.get(echo_page, log=log).text

    assert f'<a href="?log={log}#logs" aria-current="page">' in page
    assert page.count("aria-current") == 1


def test_events_name_the_replica(visitor, echo_page, text_of, eventually):
    """The last part of the pod's name is the replica's id; a line settles before it is shown."""
    text = eventually(
        lambda: text_of(visitor.get(echo_page, log="event")), lambda text: "is ready after" in text
    )

    replica = re.search(r"Replica (\w+) is ready", text)[1]
    assert f"INFO {replica} Replica {replica} is ready" in text


@pytest.mark.parametrize("query", [{"log": "none"}, {"since": "x"}, {"since": "9" * 30}, {}])
def test_there_is_no_other_part_of_a_log(visitor, echo_page, query):
    """Rubbish in the address is not an error of the server."""
    assert visitor.get(echo_page + "/logs", **query).status_code == 404
