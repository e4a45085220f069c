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
