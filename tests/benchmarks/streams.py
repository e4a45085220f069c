"""What a byte of a long line costs, as against one of a shorter line: it must cost the same."""

import statistics
import time
from typing import Any, Callable, Dict, Iterator, List

import httpx

from outpost_api import Client as PlainClient, streaming
from outpost_api.api.predictions import infer
from outpostkit import Client, Predictor
from tests.benchmarks.contestants import TOKEN
from tests.benchmarks.table import Line, limit

PIECE = 64
MIB = 2**20
URL = "http://outpost.invalid"


class Pieces(httpx.BaseTransport):
    """Answers with one line in pieces: a network would put them together again."""

    def __init__(self, size: int) -> None:
        value = b'"' + b"x" * size + b'"'
        self._contents = {"lines": value + b"\n", "events": b"data: " + value + b"\n\n"}
        self.what = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body(self._contents[self.what]))


class Body(httpx.SyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        content = self._content
        for at in range(0, len(content), PIECE):
            yield content[at : at + PIECE]


def measure_streams(rounds: int) -> List[Line]:
    """Compare a line of 16 MiB with one of 1 MiB, in the same round."""
    lines = []
    for name, read in {"outpost_api": _plain, "outpostkit": _sdk}.items():
        for what in ("lines", "events"):
            ratios = [_cost(read, what, 16) / _cost(read, what, 1) for _ in range(rounds)]
            title = f"16 MiB to 1 MiB, a byte: {name} {what}"
            lines.append(limit(title, statistics.median(ratios), 2, unit="x"))
    return lines


def _cost(read: "Callable[[Pieces, str], Any]", what: str, mib: int) -> float:
    """Return the CPU seconds for a MiB of one line."""
    transport = Pieces(mib * MIB)
    transport.what = what
    began = time.process_time()
    size = len(read(transport, what))
    assert size == mib * MIB
    return (time.process_time() - began) / mib


def _plain(transport: Pieces, what: str) -> Any:
    pieces: Dict[str, Any] = {"lines": streaming.Lines(str), "events": streaming.Events(Any)}
    http = httpx.Client(transport=transport)
    with http, PlainClient(TOKEN, base_url=URL, http_client=http) as client:
        answer = client.open(infer.plan(base_url=URL))
        (value,) = streaming.Stream(answer, pieces[what])
    return value


def _sdk(transport: Pieces, what: str) -> Any:
    client = Client(TOKEN, base_url=URL, transport=transport)
    predictor = Predictor(client, URL, "/predict", "/healthcheck")
    with client, predictor.infer_stream() as answer:
        if what == "lines":
            (value,) = answer.json_lines()
        else:
            value = next(answer.events()).json()
    return value
