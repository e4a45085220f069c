"""What a client sends, what it makes of answers, and what it never does with the token."""

import inspect
import logging
import socket
from typing import Any, List

import httpx
import pytest
from werkzeug import Response

import outpostkit
from outpost_api.api import endpoints as operations
from outpostkit import AsyncClient, Client, RetryPolicy
from outpostkit.exceptions import (
    AuthenticationError,
    ConfigurationError,
    OutpostConnectionError,
    OutpostError,
    OutpostHTTPException,
    OutpostTimeoutError,
    ServerError,
    UnexpectedRedirectError,
    UnreadableResponseError,
)


def test_the_user_is_who_the_token_belongs_to(sdk, server) -> None:
    """The object prints as the README shows it."""
    server.on("GET", "/v1/user", server.json(server.user))

    user = sdk.do(sdk.user)

    assert repr(user) == (
        "UserDetails(id='lqiuxjj6okbzt72j1eyk5vn2', createdAt='2023-12-08T13:26:01.277Z', "
        "updatedAt='2024-01-08T12:17:45.927Z', stats=UserStats(followers_count=1, "
        "following_count=2), avatarUrl='https://avatars.outpost.run/e/lqiuxjj6okbzt72j1eyk5vn2', "
        "name='aj-ya', bio=None, socials=None, displayName='Ajeya Bhat')"
    )
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"
    assert server.last.headers["User-Agent"] == f"outpost-python/{outpostkit.__version__}"


def test_options_of_httpx_reach_it(sdk, server) -> None:
    """Headers, limits and the like pass through."""
    server.on("GET", "/v1/user", server.json(server.user))

    sdk.do(
        sdk.user,
        headers={"X-Team": "blue", "User-Agent": "mine"},
        params={"trace": "1"},
        cookies={"c": "d"},
        limits=httpx.Limits(max_connections=1),
    )

    assert server.last.headers["X-Team"] == "blue"
    assert server.last.headers["User-Agent"] == "mine"
    assert server.last.headers["Cookie"] == "c=d"
    assert server.last.args["trace"] == "1"


@pytest.mark.parametrize("option", [{"follow_redirects": True}, {"auth": ("me", "secret")}])
def test_options_that_would_give_the_token_away_are_refused(sdk, option: Any) -> None:
    """The error names the option."""
    with pytest.raises(ConfigurationError, match=next(iter(option))):
        sdk.Client("token", **option)


def test_nothing_is_loaded_or_opened_before_the_first_call() -> None:
    """Making a thousand clients costs next to nothing."""
    clients = [Client("token") for _ in range(1000)]

    assert all(client._calls.connections._http is None for client in clients)


def test_closing_twice_is_fine_and_a_closed_client_says_so(sdk, server) -> None:
    """`with` and an explicit close may meet."""

    async def close_twice(client: AsyncClient) -> None:
        await client.aclose()
        await client.aclose()
        await client.user()

    def close_twice_blocking(client: Client) -> None:
        client.close()
        client.close()
        _ = client.user

    with pytest.raises(ConfigurationError, match="closed"):
        sdk.do(close_twice if sdk.is_async else close_twice_blocking)


def test_a_wrong_token_is_a_typed_error_without_the_token(sdk, server) -> None:
    """Even when the server sends it back, in its body and in a header."""
    echo = {"message": f"token {server.token} is unknown", "code": "invalid_token"}
    server.on("GET", "/v1/user", server.json(echo, 401, X_Request_Id="r-1", X_Echo=server.token))

    with pytest.raises(AuthenticationError) as caught:
        sdk.do(sdk.user)

    error = caught.value
    assert (error.status_code, error.code, error.request_id) == (401, "invalid_token", "r-1")
    assert error.message == "token [redacted] is unknown"
    everything = f"{error} {error!r} {vars(error)!r} {error.content!r} {error.parsed!r}"
    assert server.token not in everything
    assert "op_secret" not in everything


def test_html_from_a_proxy_is_told_in_its_own_words(sdk, server) -> None:
    """An error page becomes the error's message, cut to a readable length."""
    page = "<html><body><h1>502 Bad Gateway</h1>" + "padding " * 5000 + "</body></html>"
    server.on("GET", "/v1/user", Response(page, 502, content_type="text/html"))

    with pytest.raises(ServerError, match="502 Bad Gateway") as caught:
        sdk.do(sdk.user)

    assert len(str(caught.value)) < 1000


def test_a_login_page_instead_of_an_answer_is_an_error(sdk, server) -> None:
    """HTML with status 200 is no user; the error says who may have answered."""
    page = f"<html>Please log in, {server.token}</html>"
    server.on("GET", "/v1/user", Response(page, 200, content_type="text/html"))

    with pytest.raises(UnreadableResponseError, match="proxy") as caught:
        sdk.do(sdk.user)

    assert isinstance(caught.value, OutpostError)
    assert server.token not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("body", [b"", b'{"id": "half', b"\xff\xfe\x00"])
def test_a_body_that_is_not_the_json_asked_for_is_an_error(sdk, server, body: bytes) -> None:
    """Nothing half-read is returned as if it were a user."""
    server.on("GET", "/v1/user", Response(body, 200, content_type="application/json"))

    with pytest.raises(UnreadableResponseError):
        sdk.do(sdk.user)


def test_an_error_without_a_content_type_is_an_error_all_the_same(sdk, server) -> None:
    """Earlier clients died of a KeyError here."""
    answer = Response(b"boom", 500)
    del answer.headers["Content-Type"]
    server.on("GET", "/v1/user", answer)

    with pytest.raises(ServerError, match="boom"):
        sdk.do(sdk.user, retry=RetryPolicy(max_attempts=1))


def test_a_redirect_is_not_followed(sdk, server, httpserver) -> None:
    """The token is not carried to where the answer points."""
    server.on("GET", "/v1/user", Response("", 307, {"Location": f"{server.url}/elsewhere"}))
    server.on("GET", "/elsewhere", server.json(server.user))

    with pytest.raises(UnexpectedRedirectError, match="redirect"):
        sdk.do(sdk.user)

    assert [request.path for request in server.requests] == ["/v1/user"]


def test_a_busy_server_is_asked_again(sdk, server, caplog: pytest.LogCaptureFixture) -> None:
    """Two 503 and an answer give the answer; the log and the callback tell of it."""
    busy = server.json({"message": "busy"}, 503, Retry_After="0")
    server.on("GET", "/v1/user", busy, busy, server.json(server.user))
    caplog.set_level(logging.INFO, "outpostkit")
    events: List[Any] = []

    user = sdk.do(sdk.user, retry=RetryPolicy(on_retry=events.append))

    assert user.name == "aj-ya"
    assert len(server.requests) == 3
    assert [(event.attempt, event.status_code) for event in events] == [(1, 503), (2, 503)]
    assert "GET /v1/user: status 503; attempt 2 of 4" in caplog.text
    assert server.token not in caplog.text


def test_a_server_that_stays_busy_is_an_error_that_counts_its_attempts(sdk, server) -> None:
    """The last answer is the one that is raised."""
    server.on("GET", "/v1/user", server.json({"message": "busy"}, 503, Retry_After="0"))

    with pytest.raises(ServerError, match="after 4 attempts: busy") as caught:
        sdk.do(sdk.user)

    assert caught.value.attempts == 4
    assert caught.value.retry_after_s == 0


def test_retry_after_a_day_is_not_waited_for(sdk, server) -> None:
    """The wait would pass the deadline, so the error comes at once and tells the wish."""
    server.on("GET", "/v1/user", server.json({"message": "come back"}, 429, Retry_After="86400"))

    with pytest.raises(OutpostHTTPException) as caught:
        sdk.do(sdk.user, retry=RetryPolicy(deadline=5))

    assert caught.value.status_code == 429
    assert caught.value.retry_after_s == 86400
    assert len(server.requests) == 1


def test_a_creating_call_carries_one_key_through_all_its_attempts(sdk, server) -> None:
    """The server can tell a repetition from a second wish."""
    path = "/v1/endpoints/aj-ya/echo/deployments"
    server.on("POST", path, server.json({"message": "lost"}, 502), server.json({"id": "d-1"}, 201))

    assert sdk.do(lambda client: sdk.endpoint(client).deploy()).id == "d-1"

    keys = [request.headers["Idempotency-Key"] for request in server.requests]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_two_calls_carry_two_keys(sdk, server) -> None:
    """Deploying twice deploys twice."""
    server.on("POST", "/v1/endpoints/aj-ya/echo/deployments", server.json({"id": "d-1"}, 201))

    sdk.do(lambda client: sdk.endpoint(client).deploy())
    sdk.do(lambda client: sdk.endpoint(client).deploy())

    keys = {request.headers["Idempotency-Key"] for request in server.requests}
    assert len(keys) == 2


def test_an_unreachable_server_is_a_connection_error(sdk) -> None:
    """The error names the address and what to check, after the attempts that were allowed."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"

        with pytest.raises(OutpostConnectionError, match="OUTPOST_BASE_URL") as caught:
            sdk.do(sdk.user, base_url=base_url)

    assert caught.value.attempts == 4
    assert base_url in str(caught.value)


def test_a_server_that_does_not_speak_is_a_timeout(sdk) -> None:
    """The deadline of the whole call holds, however patient its phases are."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"

        with pytest.raises(OutpostTimeoutError, match="in time") as caught:
            sdk.do(sdk.user, base_url=base_url, retry=RetryPolicy(deadline=0.2))

    assert isinstance(caught.value, TimeoutError)


def test_a_read_timeout_is_a_timeout(sdk) -> None:
    """So does the limit of one phase."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"

        with pytest.raises(OutpostTimeoutError):
            sdk.do(sdk.user, base_url=base_url, timeout=0.1, retry=RetryPolicy(max_attempts=1))


def test_a_generated_function_takes_our_client(server) -> None:
    """The low-level package and the SDK share clients, retries and errors."""
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json({"message": "no such thing"}, 404))
    with Client(server.token, base_url=server.base_url) as client:
        response = operations.get_endpoint.sync_detailed("aj-ya", "echo", client=client)

        assert response.status_code == 404
        with pytest.raises(outpostkit.errors.NotFoundError, match="no such thing"):
            operations.get_endpoint.sync("aj-ya", "echo", client=client)


def test_tools_can_send_their_own_requests(sdk, server) -> None:
    """`_request` takes a path below the base URL and raises typed errors."""
    server.on("PUT", "/v1/anything", server.json({"done": True}))
    server.on("GET", "/v1/missing", server.json({"message": "nothing here"}, 404))

    response = sdk.do(lambda client: client._request("PUT", "/anything", json={"a": 1}, timeout=5))

    assert response.json() == {"done": True}
    assert server.last.json == {"a": 1}
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"
    with pytest.raises(outpostkit.errors.NotFoundError):
        sdk.do(lambda client: client._request("GET", "missing"))


@pytest.mark.anyio
async def test_tools_can_send_their_own_requests_from_async_code(server) -> None:
    """The blocking client has `_async_request` for them."""
    server.on("GET", "/v1/user", server.json(server.user))
    client = Client(server.token, base_url=server.base_url)

    response = await client._async_request("GET", "/user")

    assert response.json()["name"] == "aj-ya"
    assert client._calls.settings.api_token == server.token


def test_the_token_stays_at_home(sdk, server) -> None:
    """A request to another origin goes without it."""
    server.on("GET", "/elsewhere", server.json({}))

    sdk.do(
        lambda client: client._request("GET", f"{server.url}/elsewhere"),
        base_url="http://localhost:1/v1",
    )

    assert "Authorization" not in server.last.headers


def test_both_clients_offer_the_same() -> None:
    """What can be done blocking can be done in async code, with the same arguments."""
    for blocking, asynchronous in (
        (Client, AsyncClient),
        (outpostkit.Endpoints, outpostkit.AsyncEndpoints),
        (outpostkit.Endpoint, outpostkit.AsyncEndpoint),
        (outpostkit.Predictor, outpostkit.AsyncPredictor),
    ):
        renamed = {"close": "aclose"}
        ours = {renamed.get(name, name): found for name, found in _public(blocking).items()}
        theirs = _public(asynchronous)
        assert sorted(ours) == sorted(theirs)
        for name in ours:
            if name != "user":  # a property there, a method here
                assert _parameters(ours[name]) == _parameters(theirs[name]), name


def _public(kind: type) -> "dict[str, Any]":
    return {
        name: value
        for base in reversed(kind.__mro__)
        for name, value in vars(base).items()
        if (callable(value) or isinstance(value, property))
        and (not name.startswith("_") or name == "__init__")
    }


def _parameters(found: Any) -> "List[tuple[str, Any, Any]]":
    if isinstance(found, property):
        return []
    return [
        (each.name, each.kind, each.default)
        for each in inspect.signature(found).parameters.values()
    ]
