"""Bytes pass through the router as they come, in both directions."""

from __future__ import annotations

import time
from http.client import HTTPConnection

import httpx
import pytest

STREAMING = """
import asyncio
from fastapi.responses import StreamingResponse

class Streaming:
    def predict(self, count: int = 3, die: bool = False):
        async def parts():
            for number in range(count):
                yield f"part {number}\\n"
                await asyncio.sleep(0.15)
            if die:
                import os
                os._exit(9)
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


def test_an_answer_arrives_part_by_part(api):
    """The first part is there long before the last."""
    endpoint = api.deployed(STREAMING, "Streaming")
    arrived = []

    with api.http.stream("POST", endpoint.url()) as response:
        for line in response.iter_lines():
            arrived.append((line, time.monotonic()))

    assert [line for line, _ in arrived] == ["part 0", "part 1", "part 2"]
    assert arrived[-1][1] - arrived[0][1] > 0.2


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
    connection = HTTPConnection(api.origin.removeprefix("http://"), timeout=5)
    headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/json"}
    sockets = set()
    path = echo.get()["predictionPath"]

    for _ in range(3):
        connection.request("POST", path, b"{}", headers)
        sockets.add(connection.sock)
        assert connection.getresponse().read() == b'{"echo":{}}'
    connection.close()

    assert len(sockets) == 1
