"""Calling an application without a socket."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from outpost_server.dashboard.in_process import InProcessTransport

pytestmark = pytest.mark.anyio
REQUEST = httpx.Request("POST", "http://127.0.0.1:1/a%20b?c=d", content=b"body")


async def start(send, status=200):
    await send({"type": "http.response.start", "status": status, "headers": []})


async def test_request_and_answer_pass_unchanged():
    """The application sees what it would see on a socket."""
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope, body=(await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-y", b"z")]})
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    answer = await InProcessTransport(app).handle_async_request(REQUEST)

    assert (answer.status_code, answer.headers["x-y"], answer.content) == (201, "z", b"one two")
    assert not answer.extensions["is_cut"]
    assert (seen["method"], seen["path"], seen["raw_path"]) == ("POST", "/a b", b"/a%20b")
    assert (seen["query_string"], seen["body"]) == (b"c=d", b"body")


async def test_no_answer_in_time_is_an_error():
    """The application is told that its client has gone."""
    told = []

    async def app(scope, receive, send):
        await receive()
        told.append(await receive())

    with pytest.raises(httpx.ReadTimeout, match=r"No answer within 0\.05 s"):
        await InProcessTransport(app, timeout_s=0.05).handle_async_request(REQUEST)

    assert told == [{"type": "http.disconnect"}]


async def test_an_answer_that_does_not_end_is_cut_after_some_time():
    """What has come until then is the answer."""

    async def app(scope, receive, send):
        await start(send)
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await receive()
        await receive()

    answer = await InProcessTransport(app, timeout_s=0.05).handle_async_request(REQUEST)

    assert answer.content == b"begun"
    assert answer.extensions["is_cut"]


async def test_an_answer_that_is_too_long_is_cut():
    """Exactly the bytes that were asked for are kept."""

    async def app(scope, receive, send):
        await start(send)
        for _ in range(10):
            await send({"type": "http.response.body", "body": b"12345", "more_body": True})

    answer = await InProcessTransport(app, max_bytes=7).handle_async_request(REQUEST)

    assert answer.content == b"1234512"
    assert answer.extensions["is_cut"]


async def test_leaving_ends_the_call():
    """Whoever is not waited for any more does not go on."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send):
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    call = asyncio.create_task(InProcessTransport(app).handle_async_request(REQUEST))
    await begun.wait()
    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    assert ended.is_set()


async def test_an_answer_is_read_while_it_comes():
    """Each part as soon as it is sent; the application goes on when it has been read."""
    read = asyncio.Event()

    async def app(scope, receive, send):
        await start(send)
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await read.wait()
        await send({"type": "http.response.body", "body": b"two"})

    async with InProcessTransport(app).begin(REQUEST) as coming:
        parts = coming.parts()
        first = await anext(parts)
        read.set()
        rest = [part async for part in parts]

    assert (coming.status, first, rest, coming.is_complete) == (200, b"one", [b"two"], True)


async def test_a_fast_application_waits_for_its_reader():
    """However much it has to say, little of it is held."""
    sent = 0

    async def app(scope, receive, send):
        nonlocal sent
        await start(send)
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            sent += 1

    async with InProcessTransport(app).begin(REQUEST) as coming:
        await anext(coming.parts())
        for _ in range(100):
            await asyncio.sleep(0)
        held = sent

    assert held < 30


async def test_leaving_an_answer_tells_the_application():
    """It is asked to end before it is made to."""
    told = []

    async def app(scope, receive, send):
        await receive()
        await start(send)
        told.append(await receive())

    async with InProcessTransport(app).begin(REQUEST) as coming:
        pass

    assert told == [{"type": "http.disconnect"}]
    assert (coming.is_complete, coming.is_broken) == (False, False)


async def test_an_answer_that_breaks_off_is_told_from_one_that_was_left():
    """The application has ended, and has not said that this is all."""

    async def app(scope, receive, send):
        await start(send)
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})

    async with InProcessTransport(app).begin(REQUEST) as coming:
        parts = [part async for part in coming.parts()]

    assert parts == [b"begun"]
    assert (coming.is_complete, coming.is_broken) == (False, True)


async def test_what_an_application_raises_is_raised():
    """An error of the server is not taken for silence."""

    async def app(scope, receive, send):
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        await InProcessTransport(app).handle_async_request(REQUEST)
