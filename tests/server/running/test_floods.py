"""Clients that say too much, or do not go on: bounded, and nobody else notices."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import uvicorn
from uvicorn.server import ServerState

from outpost_server.running import patience

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"


def say(api, *parts):
    """Return what a running server answers to all of it, up to the end of the connection."""
    address = urlsplit(api.base_url)
    answer = b""
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            while more := connection.recv(65536):
                answer += more
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer


@pytest.mark.parametrize(
    "said",
    [
        GET + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n",
        GET + b"X-A: a\r\n" * 300 + b"\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["one value", "many headers", "the request line"],
)
def test_a_head_over_its_bound_is_answered_with_431(api, said):
    """The answer names the bound, and the connection ends."""
    answer = say(api, said)

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"64 KiB" in answer


def test_a_head_within_its_bound_is_read(api):
    """A long cookie or a long query is nothing special."""
    answer = say(api, GET + b"Connection: close\r\nX-A: " + b"a" * 60_000 + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 307 ")


@pytest.mark.parametrize(
    "start",
    [
        GET + b"X-A: ",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1;a=",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-A: ",
    ],
    ids=["header", "chunk extension", "trailer"],
)
def test_a_value_without_end_ends_the_connection(api, start):
    """Long before all of it was taken: 64 MiB would not go into the buffers of the system."""
    address = urlsplit(api.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(start)

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(b"a" * 64 * 1024 * 1024)


@asynccontextmanager
async def serving(app):
    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: patience.PatientProtocol(config, state, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


async def read_body(receive):
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


@pytest.mark.anyio
async def test_a_body_that_does_not_go_on_is_given_up(monkeypatch):
    """The application learns that its client has gone."""
    monkeypatch.setattr(patience, "BODY_PATIENCE_S", 0.3)
    read = asyncio.get_running_loop().create_future()

    async def app(scope, receive, send):
        read.set_result(await read_body(receive))

    async with serving(app) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Content-Length: 10\r\n\r\nhalf")
        body = await read
        writer.close()

    assert body is None


@pytest.mark.anyio
async def test_a_slow_upload_that_goes_on_is_read(monkeypatch):
    """In all it takes longer than one pause may be."""
    monkeypatch.setattr(patience, "BODY_PATIENCE_S", 1.0)
    read = asyncio.get_running_loop().create_future()

    async def app(scope, receive, send):
        read.set_result(await read_body(receive))

    async with serving(app) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Content-Length: 15\r\n\r\n")
        for _ in range(15):
            await asyncio.sleep(0.1)  # the client is slow: this is what is tried
            writer.write(b"a")
        body = await read
        writer.close()

    assert body == b"a" * 15


@pytest.mark.anyio
async def test_the_rest_of_a_refused_body_is_not_waited_for_long(monkeypatch):
    """Whoever has the answer and goes on half-way holds no connection."""
    monkeypatch.setattr(patience, "REST_PATIENCE_S", 0.3)

    async def app(scope, receive, send):
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body"})

    async with serving(app) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Content-Length: 10\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"half")
        rest = await reader.read()
        writer.close()

    assert head.startswith(b"HTTP/1.1 401 ")
    assert rest == b""


@pytest.mark.anyio
async def test_trailers_are_no_headers():
    """A request is judged by the headers that it had."""
    seen = asyncio.get_running_loop().create_future()

    async def app(scope, receive, send):
        await read_body(receive)
        seen.set_result(dict(scope["headers"]))

    async with serving(app) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        writer.write(b"0\r\nAuthorization: Bearer x\r\n\r\n")
        headers = await seen
        writer.close()

    assert b"authorization" not in headers
    assert b"transfer-encoding" in headers


def test_the_sign_in_form_takes_64_kib(api):
    """Whoever sends it has shown no token yet; the size is refused before anything is read."""
    answer = api.http.post(
        api.origin + "/dashboard/sign-in",
        content=b"token=" + b"a" * 70_000,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 413
    assert "64 KiB" in answer.text
