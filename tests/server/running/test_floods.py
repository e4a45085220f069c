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
from tests.benchmarks.local_outpost import deployed, floods

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
async def serving(app, protocols=None):
    """Serve an application, and add the protocol of every connection to ``protocols``."""
    taken = [] if protocols is None else protocols

    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: taken.append(patience.PatientProtocol(config, state, {})) or taken[-1],
        *("127.0.0.1", 0),
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


@pytest.mark.anyio
async def test_a_client_that_does_not_read_is_given_up(monkeypatch):
    """The answer is written no faster than it is read, and its end comes all the same."""
    monkeypatch.setattr(patience, "READER_PATIENCE_S", 0.3)
    written = asyncio.get_running_loop().create_future()

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        size, gone = 0, asyncio.create_task(read_body(receive))
        while not gone.done() or gone.result() is not None:
            if gone.done():
                gone = asyncio.create_task(read_body(receive))
            await send({"type": "http.response.body", "body": b"a" * 65536, "more_body": True})
            size += 65536
            await asyncio.sleep(0)
        written.set_result(size)

    async with serving(app) as port, asyncio.timeout(30):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(GET + b"\r\n")
            size = await written

    assert size < 32 * 1024 * 1024


async def answer_at_once(scope, receive, send):
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body"})


async def get(reader, writer, said=GET):
    writer.write(said + b"\r\n")
    return await reader.readuntil(b"\r\n\r\n")


@pytest.mark.anyio
async def test_empty_lines_do_not_keep_a_connection():
    """They begin no request, however many come."""
    async with serving(answer_at_once) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await get(reader, writer)
        end = asyncio.create_task(reader.read())
        while not end.done():
            writer.write(b"\r\n")
            await asyncio.sleep(0.1)  # the client goes on: this is what is tried
        writer.close()


@pytest.mark.anyio
async def test_a_head_counts_from_its_first_byte():
    """A value of 100 KiB that comes at one time is refused before it has an end."""
    async with serving(answer_at_once) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"X-A: " + b"a" * 100 * 1024)
        answer = await reader.readline()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.anyio
async def test_the_connection_that_has_waited_longest_makes_room(monkeypatch):
    """One without a request goes before one of a client who has shown a token."""
    monkeypatch.setattr(patience.PatientProtocol, "max_taken", 3)
    async with serving(answer_at_once) as port, asyncio.timeout(30):
        known = await asyncio.open_connection("127.0.0.1", port)
        await get(*known, GET + b"Authorization: Bearer x\r\n")
        silent = await asyncio.open_connection("127.0.0.1", port)
        new = await asyncio.open_connection("127.0.0.1", port)
        await get(*new)

        rest = await silent[0].read()
        again = await get(*known)
        for _, writer in (known, silent, new):
            writer.close()

    assert rest == b""
    assert again.startswith(b"HTTP/1.1 200 ")


@pytest.mark.anyio
async def test_a_request_is_refused_when_no_connection_waits(monkeypatch):
    """Requests under way are not given up for another one."""
    monkeypatch.setattr(patience.PatientProtocol, "max_taken", 2)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send):
        begun.set()
        await may_end.wait()
        await answer_at_once(scope, receive, send)

    async with serving(app) as port, asyncio.timeout(30):
        first = await asyncio.open_connection("127.0.0.1", port)
        answer = asyncio.create_task(get(*first))
        await begun.wait()
        second = await asyncio.open_connection("127.0.0.1", port)
        refused = await get(*second)
        may_end.set()
        answered = await answer
        for _, writer in (first, second):
            writer.close()

    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"connection: close" in refused
    assert answered.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n",
        POST + b"Content-Length: 2\r\nContent-Length: 5\r\n",
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        POST + b"Transfer-Encoding: chunked, identity\r\n",
        POST + b"Transfer-Encoding : chunked\r\n",
        GET + b"X-A: a\r\n b\r\n",
        GET + b"X-A: a\rb: c\r\n",
        GET + b"X-A: a\0b\r\n",
    ],
)
def test_a_head_that_could_be_read_in_two_ways_is_refused(api, head):
    """A proxy before the server may have read it in the other one."""
    answer = say(api, head + b"\r\n2\r\n{}\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "chunk",
    [b"1\r\na\r\n", b"1;x=" + b"a" * 60_000 + b"\r\na\r\n"],
    ids=["of a byte", "with an extension"],
)
def test_chunks_that_are_hardly_any_body_end_the_connection(api, chunk):
    """Reading them is work, and nothing comes of it."""
    address = urlsplit(api.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(chunk * (64 * 1024 * 1024 // len(chunk)))


@pytest.mark.anyio
async def test_small_chunks_are_a_body_like_any_other():
    """Of whoever sends a line at a time, or now and then a single byte."""
    read = asyncio.get_running_loop().create_future()

    async def app(scope, receive, send):
        read.set_result(await read_body(receive))

    async with serving(app) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        writer.write(b"1\r\na\r\n" * 100_000 + b"a\r\n0123456789\r\n" * 100_000 + b"0\r\n\r\n")
        body = await read
        writer.close()

    assert len(body) == 1_100_000


@pytest.mark.anyio
async def test_requests_that_wait_for_others_are_answered_in_their_order():
    """However many are sent before the first answer, each is, and bodies stay with their own."""
    count = 3000

    async def app(scope, receive, send):
        body = await read_body(receive)
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async with serving(app) as port, asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(count):
            body = b"%06d" % number * (1 + number % 50)
            writer.write(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answers = []
        for _ in range(count):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answers.append((await reader.readexactly(length))[:6])
        writer.close()

    assert answers == [b"%06d" % number for number in range(count)]


@pytest.mark.anyio
async def test_requests_that_wait_for_an_answer_are_left_unread():
    """A client that sends without end before it has one answer fills no memory."""
    begun, may_end, protocols = asyncio.Event(), asyncio.Event(), []

    async def app(scope, receive, send):
        begun.set()
        await may_end.wait()
        await answer_at_once(scope, receive, send)

    async with serving(app, protocols) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n")
        await begun.wait()
        writer.write((GET + b"\r\n") * 500_000)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writer.drain(), 1)  # nobody reads: this is what is tried
        waiting, held = len(protocols[0].pipeline), len(protocols[0]._held)
        writer.transport.abort()
        may_end.set()

    assert waiting <= patience.PART_BYTES / len(GET)
    assert held < 1024 * 1024


@pytest.mark.anyio
async def test_requests_behind_a_body_without_a_length_are_bounded():
    """They come with its last part, and are refused when they are too many."""
    protocols, begun, may_end = [], asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send):
        await receive()
        begun.set()
        await may_end.wait()

    async with serving(app, protocols) as port, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await begun.wait()
        writer.write(b"1\r\na\r\n0\r\n\r\n" + (b"GET / HTTP/1.1\r\nHost:\r\n\r\n") * 2000)
        answer = await reader.readline()
        may_end.set()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert len(protocols[0].pipeline) <= patience.MAX_WAITING


@pytest.mark.anyio
async def test_who_answers_learns_that_the_client_has_gone_with_other_requests_waiting():
    """The one that is being answered is told, not only the last one."""
    begun, gone = asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send):
        await receive()
        begun.set()
        assert (await receive())["type"] == "http.disconnect"
        gone.set()

    async with serving(app) as port, asyncio.timeout(30):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((GET + b"\r\n") * 3)
        await begun.wait()
        writer.transport.abort()
        await gone.wait()


@pytest.mark.anyio
async def test_floods_fail_no_prediction():
    """The clients that mean no good are more than the server has descriptors for."""
    with floods.outpost_with(256) as outpost, deployed.connect(outpost) as http:
        url = deployed.deploy(http, "floods", floods.TEMPLATE).url
        outcome = await floods.flood(outpost, url, half_sent=60, heads=4, idle=200, predictions=24)

    assert outcome.predictions.failures == []
    assert len(outcome.predictions.took_s) == 24
    assert outcome.most_descriptors < 256
