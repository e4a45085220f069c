"""What a method yields goes by the rules of what it returns, item by item."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

YIELDING = """
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from outpost_runtime import post

ITEMS = [1.5, SimpleNamespace(a=(1,)), {"p": [float("nan")]}, 2]

class Yielding:
    def predict(self):
        yield from ITEMS

    @post("/async")
    async def waited(self):
        for item in ITEMS:
            yield item

    @post("/whole")
    def whole(self) -> Iterator[dict[str, int]]:
        yield {"a": 1}
        yield {"a": "one"}

    @post("/texts")
    async def texts(self) -> AsyncIterator[str]:
        yield "a"
        yield "half \\ud83d"
"""


@pytest.fixture(scope="module")
def yielding(api: Any) -> Any:
    return api.deployed(YIELDING, "Yielding")


@pytest.mark.parametrize(("path", "lines", "told"), [
    ("/predict", ["1.5", '{"a": [1]}'], "Item 3 of the stream has nan at p[0]"),
    ("/async", ["1.5", '{"a": [1]}'], "Item 3 of the stream has nan at p[0]"),
    ("/whole", ['{"a":1}'], "Item 2 of the stream is not what the annotation of the method says"),
    ("/texts", ['"a"'], "Item 2 of the stream has text with half a character, '\\ud83d'"),
])  # fmt: skip
def test_a_stream_breaks_off_at_what_cannot_be_sent_and_the_log_says_where(
    yielding, eventually, path, lines, told
):
    """No client takes the part for the whole, and none reads null for NaN."""
    url = yielding.url().removesuffix("/predict") + path
    read = []
    with (
        pytest.raises(httpx.RemoteProtocolError),
        yielding.api.http.stream("POST", url) as response,
    ):
        read.extend(response.iter_lines())

    request_id = response.headers["X-Request-Id"]
    assert read == lines
    found = eventually(
        lambda: [line for line in yielding.messages("runtime") if request_id in line]
    )
    assert len(found) == 1
    assert told in found[0]
