"""Following a log, part by part."""

from __future__ import annotations

import html
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


@pytest.mark.parametrize(
    "query",
    [{"log": "none"}, {"since": "x"}, {"since": "9" * 30}, {}, {"since": "1", "level": "loud"}],
)
def test_there_is_no_other_part_of_a_log(visitor, echo_page, query):
    """Rubbish in the address is not an error of the server."""
    assert visitor.get(echo_page + "/logs", **query).status_code == 404


MANY = """
class Echo:
    def predict(self, first: int, count: int) -> int:
        for number in range(first, first + count):
            print(f"<b>Number</b> {number}" if number % 10 else f"tenth {number}")
        return count

    def __init__(self):
        import logging
        logging.error("an error of its own")
"""


@pytest.fixture(scope="module")
def many(visitor, api, eventually):
    """The path of an endpoint that has written some thousand lines."""
    path = visitor.created(MANY)
    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)
    url = visitor.origin + api.get(path)["predictionPath"]
    api.http.post(url, params={"first": 0, "count": 3000}).raise_for_status()
    eventually(lambda: visitor.get(path, q="Number</b> 2999").text, lambda page: "<mark>" in page)
    return path


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"tenth</mark> (\d+)", page)]


def test_the_whole_log_is_searched_page_by_page(visitor, many):
    """In upper or lower case; each line that has the text is on one page."""
    page = visitor.get(many, q="TENTH").text
    seen = numbers(page)
    while older := re.search(r'href="\?([^"]*before=[^"]*)#logs">Older lines', page):
        page = visitor.http.get(many + "?" + html.unescape(older[1])).text
        seen = numbers(page) + seen

    assert seen == list(range(0, 3000, 10))
    assert ">Newest lines</a>" in page
    assert 'class="more"' not in page


def test_what_is_found_is_text_and_marked(visitor, many):
    """Also where it is markup."""
    page = visitor.get(many, q="<B>number</b> 11").text

    assert "<mark>&lt;b&gt;Number&lt;/b&gt; 11</mark>" in page
    assert 'value="&lt;B&gt;number&lt;/b&gt; 11"' in page


def test_a_search_follows_the_log(visitor, many, api, eventually):
    """Lines that match and are written later come as well; others do not."""
    part = visitor.get(many, q="tenth 9").text
    asked = html.unescape(re.search(r'/logs\?([^"]*)"', part)[1])
    url = visitor.origin + api.get(many)["predictionPath"]
    api.http.post(url, params={"first": 9_990_001, "count": 10}).raise_for_status()

    found = eventually(
        lambda: visitor.http.get(f"{many}/logs?{asked}").text,
        lambda text: "<mark>tenth 9</mark>990010" in text,
    )

    assert found.count('class="line') == 1


def test_lines_can_be_chosen_by_their_level(visitor, many, text_of):
    """What is less grave is left out."""
    shown = text_of(visitor.get(many, level="ERROR"))

    assert "an error of its own" in shown
    assert "tenth" not in shown


def test_a_search_that_finds_nothing_has_a_way_back(visitor, many):
    """The other logs can be searched for the same."""
    page = visitor.get(many, q="no such & words").text

    assert page.count('class="line') == 0
    assert '<a href="?log=runtime#logs">Show all</a>' in page
    assert 'href="?log=dep&amp;q=no+such+%26+words#logs"' in page
