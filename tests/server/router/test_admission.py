"""What goes on ends when whoever it is for may no longer have it."""

from __future__ import annotations

import time
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from outpost_server.router.admission import RECHECK_S

ENDLESS = """
import asyncio
from fastapi.responses import StreamingResponse

class Endless:
    async def predict(self):
        async def parts():
            while True:
                yield "more\\n"
                await asyncio.sleep(0.05)
        return StreamingResponse(parts(), media_type="text/plain")
"""
TALK = """
from fastapi import WebSocket

class Talk:
    async def predict(self, websocket: WebSocket):
        await websocket.accept()
        while True:
            await websocket.send_text(await websocket.receive_text())
"""


def stream_of(api, endpoint):
    """Return the parts of an answer without end, which is asked for by ``api``."""
    with api.http.stream("POST", endpoint.url()) as response:
        yield from response.iter_text()


@pytest.fixture(scope="module")
def endless(api):
    return api.deployed(ENDLESS, "Endless")


@pytest.fixture(scope="module")
def talk(api):
    return api.deployed(TALK, "Talk")


def test_streams_and_websockets_end_with_their_token(sign_up, command, endless, talk):
    """Soon after it has been renewed; what others have open goes on."""
    ada, other = sign_up("ada-of-streams"), sign_up("other-of-streams")
    with ExitStack() as opened:
        hers, others = stream_of(ada, endless), stream_of(other, endless)
        socket = opened.enter_context(
            connect(
                talk.url().replace("http:", "ws:"),
                additional_headers={"Authorization": f"Bearer {ada.token}"},
                proxy=None,
            )
        )
        begun = next(hers), next(others)
        socket.send("hello")
        assert socket.recv() == "hello"

        command("user", "renew", "ada-of-streams")
        renewed_at = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in hers:
                pass
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
        took_s = time.monotonic() - renewed_at
        others_go_on = next(others)
        others.close()

    assert begun[0].startswith("more")
    assert others_go_on.startswith("more")
    assert closed.value.rcvd.code == 1008
    assert "not valid" in closed.value.rcvd.reason
    assert took_s < RECHECK_S + 5


def test_a_stream_ends_when_its_endpoint_becomes_private(api, sign_up, endless):
    """As it would be refused if it were asked for then."""
    stranger = sign_up("stranger-of-streams")
    stream = stream_of(stranger, endless)
    next(stream)
    hidden = api.call("PUT", endless.path, json={"visibility": "private"})

    with pytest.raises(httpx.RemoteProtocolError):
        for _ in stream:
            pass
    assert hidden.status_code == 200
