"""A template that talks over a WebSocket, and the pages that describe templates."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

SHOUT = """
from fastapi import WebSocket, WebSocketDisconnect

class Shout:
    async def predict(self, websocket: WebSocket, mark: str = "!"):
        await websocket.accept(subprotocol="shout")
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    print("the client closed with", message["code"])
                    return
                if message.get("text") == "bye":
                    await websocket.close(4001)
                    return
                if message.get("text") is not None:
                    await websocket.send_text(message["text"].upper() + mark)
                else:
                    await websocket.send_bytes(message["bytes"][::-1])
        except WebSocketDisconnect:
            pass
"""


@pytest.fixture
def shout(api):
    return api.deployed(SHOUT, "Shout", replicaScalingConfig={"scaledownPeriod": 1})


def open_socket(endpoint, token):
    headers = {"Authorization": f"Bearer {token}"}
    url = endpoint.url().replace("http:", "ws:") + "?mark=%3F"
    return connect(
        url, additional_headers=headers, subprotocols=["shout"], proxy=None, open_timeout=60
    )


def test_messages_pass_in_both_directions(api, shout):
    """Text and bytes, with the query, the subprotocol and the close code of the template."""
    with open_socket(shout, api.token) as socket:
        socket.send("hello")
        text = socket.recv()
        socket.send(b"abc" * 100_000)
        reverse = socket.recv()
        socket.send("bye")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()

    assert text == "HELLO?"
    assert reverse == b"cba" * 100_000
    assert socket.subprotocol == "shout"
    assert closed.value.rcvd.code == 4001


def test_a_websocket_wakes_an_endpoint_and_keeps_it_awake(api, shout, eventually):
    """It counts as pending until it closes; the template learns with which code."""
    eventually(shout.status, lambda status: status == "scaled_to_zero")

    with open_socket(shout, api.token) as socket:
        socket.send("a")
        socket.recv()
        awake = shout.status()
        socket.close(4002)

    assert awake == "healthy"
    assert eventually(lambda: "the client closed with 4002" in shout.messages("runtime"))
    assert eventually(shout.status, lambda status: status == "scaled_to_zero")


def test_a_websocket_needs_the_token(api, shout):
    """The handshake is refused as a request would be."""
    with pytest.raises(InvalidStatus) as refused:
        open_socket(shout, "wrong")

    assert refused.value.response.status_code == 401
    assert b"unauthorized" in refused.value.response.body


def test_a_template_without_websocket_refuses_the_handshake(api, echo):
    """The status says so; nothing hangs."""
    with pytest.raises(InvalidStatus) as refused:
        open_socket(echo, api.token)

    assert refused.value.response.status_code in (403, 404)


def test_a_replica_that_dies_closes_its_websockets(api):
    """The client sees the end at once."""
    template = SHOUT.replace('"bye":', '"die":\n                    __import__("os")._exit(1)')
    endpoint = api.deployed(template, "Shout")

    with open_socket(endpoint, api.token) as socket:
        socket.send("die")
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=60)


def test_the_template_is_described_under_its_own_domain(api, echo):
    """/docs and /openapi.json know the path that they are reached by; they need the token, too."""
    domain = echo.url().removesuffix("/predict")

    docs = api.http.get(domain + "/docs")
    document = api.http.get(domain + "/openapi.json").json()
    refused = api.http.get(domain + "/openapi.json", headers={"Authorization": ""})

    assert f"{echo.get()['predictionPath'].removesuffix('/predict')}/openapi.json" in docs.text
    assert list(document["paths"]) == ["/predict"]
    assert domain.endswith(document["servers"][0]["url"])
    assert refused.status_code == 401
    assert os.path.basename(domain) in document["servers"][0]["url"]


PICKS_NONE = """
from fastapi import WebSocket

class PicksNone:
    async def predict(self, websocket: WebSocket):
        await websocket.accept()
        await websocket.send_json([websocket.scope["subprotocols"], dict(websocket.headers)])
        await websocket.close()
"""


def as_a_page(url, token):
    """Open a WebSocket as a page in a browser does: with subprotocols, without headers."""
    text = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    offered = ["outpost", f"base64url.bearer.authorization.outpost.{text}"]
    return connect(url, subprotocols=[*offered, "chat"], proxy=None, open_timeout=60)


def test_a_page_in_a_browser_authenticates_by_a_subprotocol(api):
    """The template sees neither the token nor what was offered to carry it."""
    url = api.deployed(PICKS_NONE, "PicksNone").url().replace("http:", "ws:")

    with as_a_page(url, api.token) as socket:
        said = socket.recv()
        chosen = socket.subprotocol

    assert chosen == "outpost"
    assert json.loads(said)[0] == ["chat"]
    assert "base64url.bearer" not in said


@pytest.mark.parametrize("token", ["wrong", "", "\u00e9"])
def test_a_page_with_another_token_is_refused(api, shout, token):
    """As with a header."""
    with pytest.raises(InvalidStatus) as refused:
        as_a_page(shout.url().replace("http:", "ws:"), token)

    assert refused.value.response.status_code == 401


def test_the_query_of_a_websocket_is_in_no_log(api, shout, outpost, eventually):
    """Tokens stand in some. Neither those that are accepted nor those that are refused are told."""
    log = outpost.data_folder / "server.log"
    url = shout.url().replace("http:", "ws:") + "?key=a-secret-in-the-query"
    headers = {"Authorization": f"Bearer {api.token}"}

    with connect(url, additional_headers=headers, subprotocols=["shout"], proxy=None):
        pass
    with pytest.raises(InvalidStatus):
        connect(url, proxy=None)

    path = urlsplit(url).path
    assert eventually(lambda: log.read_text().count(f'"WebSocket {path}"') >= 2)
    assert "a-secret-in-the-query" not in log.read_text()


def test_strangers_write_no_errors_into_the_log(api, shout, echo, outpost):
    """A handshake that is refused, or whose client goes at once, is nothing to look into."""
    log = outpost.data_folder / "server.log"
    before = log.stat().st_size
    address = urlsplit(shout.url())
    handshake = "\r\n".join(
        (
            "GET {path} HTTP/1.1",
            *("host: x", "connection: upgrade", "upgrade: websocket"),
            *("sec-websocket-version: 13", "sec-websocket-key: MDEyMzQ1Njc4OTAxMjM0NQ==", "", ""),
        )
    )

    for path in (address.path, "/domains/nothing/x", "/nothing", urlsplit(echo.url()).path):
        where = (address.hostname, address.port)
        with socket.create_connection(where, timeout=60) as stays:
            stays.sendall(handshake.format(path=path).encode())
            refused = stays.recv(100)
            while stays.recv(4096):
                pass
        with socket.create_connection(where) as goes:
            goes.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            goes.sendall(handshake.format(path=path).encode())
        assert refused.startswith((b"HTTP/1.1 401", b"HTTP/1.1 404"))
    with pytest.raises(InvalidStatus):
        open_socket(echo, api.token)

    assert api.get("/user")["name"] == "local"
    with log.open() as file:
        file.seek(before)
        written = file.read()
    assert "ERROR" not in written
    assert "Traceback" not in written
