"""Bytes pass through the router as they come, in both directions."""

from __future__ import annotations

import hashlib
import random
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

STREAMING = """
import asyncio, os
from fastapi.responses import StreamingResponse

class Streaming:
    def predict(self, count: int = 3, die: bool = False):
        async def parts():
            for number in range(count):
                yield f"part {number}\\n"
                await asyncio.sleep(0.15)
            if die:
                os._exit(9)
        return StreamingResponse(parts(), media_type="text/plain")
"""

GATED = """
import asyncio, os, pathlib
from fastapi.responses import StreamingResponse

class Gated:
    def predict(self):
        async def parts():
            yield "the first part\\n"
            while not pathlib.Path(os.environ["GATE"]).exists():
                await asyncio.sleep(0.02)
            yield "the last part\\n"
        return StreamingResponse(parts(), media_type="text/plain")
"""

COUNTING = """
from fastapi import Request

class Counting:
    async def predict(self, request: Request):
        size, parts = 0, 0
        async for part in request.stream():
            size += len(part)
            parts += 1
        return {"size": size, "parts": parts}
"""


def test_an_answer_arrives_part_by_part(api, shared_folder):
    """The first part is there before the last one is made."""
    gate = shared_folder / "gate"
    endpoint = api.deployed(GATED, "Gated", secrets=[{"name": "GATE", "value": str(gate)}])

    with api.http.stream("POST", endpoint.url()) as response:
        lines = response.iter_lines()
        first = next(lines)
        gate.touch()
        rest = list(lines)

    assert (first, rest) == ("the first part", ["the last part"])


def test_a_stream_counts_as_pending_until_its_end(api):
    """A replica is not taken away from under an answer, however long it takes."""
    endpoint = api.deployed(STREAMING, "Streaming", replicaScalingConfig={"scaledownPeriod": 1})

    response = endpoint.predict(params={"count": 10})

    assert response.text.count("part") == 10


def test_an_answer_cut_short_is_seen_as_cut_short(api):
    """The connection ends without the end of the answer when the replica dies within it."""
    endpoint = api.deployed(STREAMING, "Streaming")

    with pytest.raises(httpx.RemoteProtocolError):
        api.http.post(endpoint.url(), params={"count": 1, "die": True})


def test_a_short_answer_that_is_cut_short_is_a_502(api):
    """Its length is known: nothing of it is passed on before there is all of it."""
    template = """
import os
from fastapi.responses import Response

class Dying(Response):
    async def __call__(self, scope, receive, send):
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * 10, "more_body": True})
        os._exit(9)

class Cut:
    async def predict(self):
        return Dying()
"""
    endpoint = api.deployed(template, "Cut")

    answer = endpoint.predict()

    assert (answer.status_code, answer.json()["code"]) == (502, "replica_lost")


def test_a_body_of_unknown_length_is_passed_on_as_it_comes(api):
    """Chunked uploads reach the template without being held."""
    endpoint = api.deployed(COUNTING, "Counting")

    response = api.http.post(endpoint.url(), content=(b"x" * 100_000 for _ in range(30)), params={})

    assert response.json()["size"] == 3_000_000
    assert response.json()["parts"] > 1


def test_compressed_answers_are_not_touched(api):
    """What the template encodes, the client decodes."""
    template = """
import gzip
from fastapi import Response

class Gzip:
    def predict(self):
        return Response(gzip.compress(b"hello"), headers={"Content-Encoding": "gzip", "X-A": "1"})
"""
    endpoint = api.deployed(template, "Gzip")

    response = api.http.post(endpoint.url())

    assert response.content == b"hello"
    assert response.headers["x-a"] == "1"


def test_several_requests_use_one_connection(api, echo):
    """HTTP/1.1 keep-alive on the way to the router."""
    connection = HTTPConnection(api.origin.removeprefix("http://"), timeout=60)
    headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/json"}
    sockets = set()
    path = echo.get()["predictionPath"]

    for _ in range(3):
        connection.request("POST", path, b"{}", headers)
        sockets.add(connection.sock)
        assert connection.getresponse().read() == b'{"echo":{}}'
    connection.close()

    assert len(sockets) == 1


def test_an_answer_to_head_has_no_body_and_the_connection_is_used_again(api, echo):
    """What a HEAD answer says about its length is not waited for."""
    heads = [api.http.head(echo.url()) for _ in range(2)]

    assert [answer.status_code for answer in heads] == [405, 405]
    assert echo.predict(json={}).status_code == 200


def test_a_template_may_answer_before_it_has_read_everything(api):
    """The answer arrives, and the next request is not confused by the rest of the upload."""
    template = """
from fastapi import Request
from fastapi.responses import PlainTextResponse

class Hasty:
    async def predict(self, request: Request):
        return PlainTextResponse("enough", status_code=413)
"""
    endpoint = api.deployed(template, "Hasty")

    url = endpoint.url()

    answers = [api.http.post(url, content=(b"x" * 65536 for _ in range(3))) for _ in range(3)]

    assert {(answer.status_code, answer.text) for answer in answers} == {(413, "enough")}


@pytest.mark.parametrize("size", [0, 10, 5_000_000])
def test_a_template_may_read_the_body_late(api, size):
    """Watching for clients that go away takes nothing of it."""
    template = """
import asyncio, hashlib
from fastapi import Request

class Late:
    async def predict(self, request: Request):
        await asyncio.sleep(0.2)
        body = await request.body()
        await asyncio.sleep(0.2)
        return hashlib.sha256(body).hexdigest()
"""
    endpoint = api.deployed(template, "Late")
    body = random.Random(size).randbytes(size)

    answer = api.http.post(endpoint.url(), content=body)

    assert answer.json() == hashlib.sha256(body).hexdigest()


def test_large_bodies_pass_without_being_held(api, outpost):
    """128 MiB each way: the server's memory stays where it is."""
    template = """
from fastapi import Request
from fastapi.responses import StreamingResponse

class Bulk:
    async def predict(self, request: Request, size: int = 0):
        received = 0
        async for part in request.stream():
            received += len(part)
        async def parts():
            for _ in range(size):
                yield bytes(2**20)
        return StreamingResponse(parts(), headers={"x-received": str(received)})
"""
    endpoint = api.deployed(template, "Bulk")
    url, size, sent = endpoint.url(), 0, 128 * 2**20
    before = peak_memory(outpost.pid)

    content = (bytes(2**20) for _ in range(128))
    with api.http.stream("POST", url, params={"size": 128}, content=content) as response:
        for part in response.iter_bytes():
            size += len(part)

    assert (size, int(response.headers["x-received"])) == (sent, sent)
    assert peak_memory(outpost.pid) - before < 32 * 2**20


def peak_memory(pid: int) -> int:
    """Return the most memory that a process ever had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_an_answer_that_may_have_no_body_and_has_one_costs_only_itself(api):
    """The connection that it came on is not kept: what is left there would be read as an answer."""
    template = """
from fastapi import Response

class Wordy:
    def predict(self, status: int = 200):
        return Response(b"a body", status_code=status, headers={"Content-Length": "6"})
"""
    endpoint = api.deployed(template, "Wordy")

    seen = [
        api.http.post(endpoint.url(), params={"status": status}).status_code
        for status in [204, 200, 304, 200] * 5
    ]

    assert seen == [204, 200, 304, 200] * 5


BREAKING = """
from fastapi.responses import StreamingResponse

class Breaking:
    def predict(self, kind: str):
        def parts():
            yield "data: one\\n\\n"
            raise ValueError("no more tokens")
        return StreamingResponse(parts(), media_type=kind)
"""


@pytest.fixture(scope="module")
def breaking(api):
    return api.deployed(BREAKING, "Breaking")


def test_an_answer_within_which_the_template_raises_is_cut_short(breaking, eventually):
    """It does not end properly, and the log has the error once, with the template's own frames."""
    with pytest.raises(httpx.RemoteProtocolError):
        breaking.predict(params={"kind": "text/plain"}, headers={"X-Request-Id": "of-mine"})

    told = eventually(lambda: [
        line["data"] for line in breaking.logs("runtime") if "of-mine" in line["data"]["message"]
    ])  # fmt: skip
    assert [one["message"] for one in told] == [
        "predict raised ValueError: no more tokens, within its answer (request of-mine)"
    ]
    frames = [line for line in told[0]["exc_info"].splitlines() if "File" in line]
    assert [line.endswith("in parts") for line in frames] == [True]
    assert not any("ASGI" in message for message in breaking.messages("runtime"))


def test_events_say_why_there_are_no_more(breaking):
    """The last event is an error, and the connection is cut all the same."""
    seen = bytearray()

    def read() -> None:
        request = {"params": {"kind": "text/event-stream"}}
        with breaking.api.http.stream("POST", breaking.url(), **request) as response:
            for part in response.iter_raw():
                seen.extend(part)

    with pytest.raises(httpx.RemoteProtocolError):
        read()

    assert b'event: error\ndata: {"error": {"message": "ValueError: no more tokens"' in seen


ENDLESS = """
from fastapi.responses import StreamingResponse

class Endless:
    made = 0

    async def predict(self, asks: bool = False):
        return self.made if asks else StreamingResponse(self.parts(), media_type="text/plain")

    async def parts(self):
        try:
            while True:
                self.made += 1
                yield f"part {self.made}\\n"
        finally:
            print("left", flush=True)
"""


def test_a_stream_that_never_waits_ends_with_its_reader_and_lets_others_through(api, eventually):
    """It has nothing to await, so nothing else would ever run in its replica."""
    endpoint = api.deployed(ENDLESS, "Endless")

    def made() -> int:
        return endpoint.predict(params={"asks": True}).json()

    with api.http.stream("POST", endpoint.url()) as response:
        assert next(response.iter_lines()) == "part 1"
        assert made() > 0

    assert eventually(lambda: endpoint.messages("runtime") == ["left"])
    assert made() == made()
