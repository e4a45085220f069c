"""What an error makes of the body of an answer, and clients in several event loops."""

import asyncio
import json
import threading
from typing import Any, List, Optional

import httpx
import pytest
from werkzeug import Response

from outpost_api.api import user
from outpostkit import AsyncClient
from outpostkit.exceptions import ConfigurationError, OutpostHTTPException

GET_USER = user.get_user.plan()


def problem(body: object, kind: str = "application/problem+json") -> Response:
    """An answer that describes a problem."""
    return Response(json.dumps(body), 422, content_type=kind)


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        (
            {"type": "https://outpost.run/p/quota", "title": "Quota", "detail": "5 of 5 used"},
            "Quota: 5 of 5 used",
            "https://outpost.run/p/quota",
        ),
        ({"type": "about:blank", "title": "Unprocessable"}, "Unprocessable", None),
        ({"title": "Bad", "code": "bad_port", "status": 422}, "Bad", "bad_port"),
        (
            {"title": "Invalid", "errors": [{"pointer": "#/port", "detail": "too large"}]},
            "Invalid (#/port: too large)",
            None,
        ),
    ],
)
def test_problem_json_is_understood(
    sdk, server, body: object, message: str, code: Optional[str]
) -> None:
    """Title, detail, refused values, and what identifies the problem."""
    server.on("GET", "/v1/user", problem(body))

    with pytest.raises(OutpostHTTPException) as caught:
        sdk.do(sdk.user)

    assert (caught.value.message, caught.value.code) == (message, code)
    assert caught.value.operation_id == "getUser"


def test_a_list_of_refused_values_is_told_by_name(sdk, server) -> None:
    """As web frameworks send it for a request that does not fit."""
    refused = [{"loc": ["body", "port"], "msg": "not a number"}, {"loc": ["name"], "msg": "short"}]
    server.on("GET", "/v1/user", problem({"detail": refused}, "application/json"))

    with pytest.raises(OutpostHTTPException) as caught:
        sdk.do(sdk.user)

    assert caught.value.message == "body.port: not a number; name: short"
    assert "Correct the value" in str(caught.value)


@pytest.mark.parametrize("body", [{}, [], "text", {"title": 5}, {"detail": [5]}, {"errors": [{}]}])
def test_any_body_makes_an_error(sdk, server, body: object) -> None:
    """However little it says."""
    server.on("GET", "/v1/user", problem(body))

    with pytest.raises(OutpostHTTPException) as caught:
        sdk.do(sdk.user)

    assert caught.value.status_code == 422
    assert caught.value.content == json.dumps(body).encode()


def test_one_async_client_serves_several_event_loops(server) -> None:
    """One after another, and at the same time in threads."""
    server.on("GET", "/v1/user", server.json(server.user))
    client = AsyncClient(server.token, base_url=server.base_url)
    names: List[str] = []

    async def ask() -> None:
        names.append((await client.call(GET_USER)).name)

    asyncio.run(ask())
    asyncio.run(ask())
    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(client.aclose())

    assert names == ["aj-ya"] * 6


def test_a_transport_of_one_event_loop_says_so_in_another(server) -> None:
    """The error tells what to do, instead of how asyncio is made."""

    class OfOneLoop(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise RuntimeError("Event loop is closed")

    async def ask() -> Any:
        async with AsyncClient("token", base_url=server.base_url, transport=OfOneLoop()) as client:
            return await client.call(GET_USER)

    with pytest.raises(ConfigurationError, match="one AsyncClient for each event loop"):
        asyncio.run(ask())
