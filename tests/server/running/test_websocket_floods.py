"""WebSockets of clients that send what nobody takes: bounded, and nobody else notices."""

from __future__ import annotations

import base64
import os
import socket
import struct
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.sync.client import connect

SINK = """
from fastapi import WebSocket

class Sink:
    async def predict(self, websocket: WebSocket):
        await websocket.accept()
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            await websocket.send_text(str(len(message.get("text") or message.get("bytes") or "")))
"""
TEXT, CONTINUATION, PING = 1, 0, 9


@pytest.fixture(scope="module")
def sink(api):
    return api.deployed(SINK, "Sink")


def frame(kind, payload=b"", *, is_last=False):
    """Return a frame of a client, with a mask that changes nothing."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + struct.pack("!H", size)
    return bytes([(0x80 if is_last else 0) | kind]) + length + bytes(4) + payload


def handshake(path, token, *, method=b"GET", more=b""):
    key = base64.b64encode(os.urandom(16))
    return (
        method + b" " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key
        + b"\r\nAuthorization: Bearer " + token.encode() + b"\r\n" + more + b"\r\n"
    )  # fmt: skip


@contextmanager
def connection_to(api):
    address = urlsplit(api.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        yield connection


@contextmanager
def opened(api, endpoint):
    with connection_to(api) as connection:
        connection.sendall(handshake(urlsplit(endpoint.url()).path, api.token))
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        assert head.startswith(b"HTTP/1.1 101 ")
        yield connection


def memory_mib(outpost):
    """Return the most memory that the server has had."""
    lines = Path(f"/proc/{outpost.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


@contextmanager
def others_are_served(api):
    """Ask for something else meanwhile, and judge how long that has taken at most."""
    took_s, is_over = [], False

    def ask():
        with httpx.Client(trust_env=False, timeout=60) as http:
            while not is_over:
                began = time.monotonic()
                assert http.get(api.origin + "/healthz").status_code == 200
                took_s.append(time.monotonic() - began)

    asking = Thread(target=ask)
    asking.start()
    yield
    is_over = True
    asking.join()
    assert max(took_s) < 2


@pytest.mark.parametrize("payload", [b"", b"a"], ids=["empty", "of a byte"])
def test_a_message_of_fragments_without_end_ends_the_connection(api, outpost, sink, payload):
    """Each takes room, though all of them are hardly a message."""
    before = memory_mib(outpost)
    with others_are_served(api), opened(api, sink) as connection:
        connection.sendall(frame(TEXT, payload))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(frame(CONTINUATION, payload) * 5_000_000)

    assert memory_mib(outpost) < before + 32


def test_pings_whose_answers_nobody_reads_fill_no_memory(api, outpost, sink):
    """The last one may be answered alone."""
    before = memory_mib(outpost)
    with others_are_served(api), opened(api, sink) as connection:
        for _ in range(300):
            connection.sendall(frame(PING, b"a" * 125, is_last=True) * 1000)

    assert memory_mib(outpost) < before + 32


def test_fragments_and_many_messages_at_once_arrive_whole_and_in_order(api, sink):
    """Also where all of it comes with one read."""
    headers = {"Authorization": f"Bearer {api.token}"}
    url = sink.url().replace("http:", "ws:")
    with connect(url, additional_headers=headers, proxy=None, max_size=None) as connection:
        connection.send(["a" * 1000] * 5000)
        fragments = connection.recv()
        connection.send(b"b" * 10_000_000)
        large = connection.recv()
    with opened(api, sink) as connection:
        connection.sendall(b"".join(frame(TEXT, b"c" * n, is_last=True) for n in range(126)) * 20)
        expected = b"".join(bytes([0x81, len(str(n))]) + b"%d" % n for n in range(126)) * 20
        answer = b""
        while len(answer) < len(expected):
            answer += connection.recv(65536)

    assert (fragments, large) == ("5000000", "10000000")
    assert answer == expected


@pytest.mark.parametrize(
    ("method", "more"),
    [(b"POST", b""), (b"GET", b"Content-Length: 5\r\n"), (b"GET", b"X-A: a\r\n" * 200)],
    ids=["another method", "a body", "many headers"],
)
def test_what_is_no_handshake_is_answered(api, sink, method, more):
    """A connection that nobody answers would be held without end."""
    path = urlsplit(sink.url()).path
    answer = b""
    with connection_to(api) as connection:
        connection.sendall(handshake(path, api.token, method=method, more=more))
        while part := connection.recv(65536):
            answer += part

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 405 "))


@pytest.mark.parametrize("path", ["/v1/user", "/metrics", "/healthz", "/dashboard/", "/nothing"])
def test_a_websocket_elsewhere_is_not_there(api, outpost, path):
    """It is no failure of the server, which would be a traceback in its log."""
    answer = b""
    with connection_to(api) as connection:
        connection.sendall(handshake(path, "wrong"))
        while part := connection.recv(65536):
            answer += part

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert f"There is no WebSocket at {path}".encode() in answer
    assert "KeyError" not in (outpost.data_folder / "server.log").read_text()
