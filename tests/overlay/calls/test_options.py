"""Other settings for one call: with_options, extra headers and query, whole answers, streams."""

import threading
from typing import Any

import pytest
from werkzeug import Response

from outpost_api.api import endpoints, user
from outpostkit import Client, RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    NotFoundError,
    OutpostConnectionError,
    OutpostTimeoutError,
    ServerError,
)

GET_USER = user.get_user.plan()


def test_options_hold_for_the_derived_client_alone(sdk, server) -> None:
    """The client they were derived from goes on as before, over the same connections."""
    server.on("GET", "/v1/user", server.json(server.user))
    seen = []

    def both(client: Any) -> Any:
        derived = client.with_options(headers={"X-Team": "blue"}, query={"trace": "1"})
        seen.append(derived._calls.connections is client._calls.connections)
        return derived.call(GET_USER)

    sdk.do(both)
    sdk.do(
        lambda client: (client.with_options(headers={"X-Team": "blue"}), client.call(GET_USER))[1]
    )

    first, second = server.requests
    assert seen == [True]
    assert (first.headers["X-Team"], first.args["trace"]) == ("blue", "1")
    assert "X-Team" not in second.headers
    assert "trace" not in second.args


def test_options_add_up_and_the_later_header_wins(sdk, server) -> None:
    """In any letter case, and also over what the client sends by itself."""
    server.on("GET", "/v1/user", server.json(server.user))

    sdk.do(
        lambda client: (
            client.with_options(headers={"X-Team": "blue", "X-Job": "7"})
            .with_options(headers={"x-team": "red", "User-Agent": "mine"}, query={"a": "1"})
            .call(GET_USER, extra_query=[("a", "2")])
        )
    )

    headers = server.last.headers
    assert (headers["X-Team"], headers["X-Job"], headers["User-Agent"]) == ("red", "7", "mine")
    assert server.last.args.getlist("a") == ["1", "2"]


def test_extra_headers_and_query_go_with_one_call(sdk, server) -> None:
    """Whatever the call, and beside the query of its own parameters."""
    server.on("GET", "/v1/endpoints/aj-ya/echo/deployments", server.json({"message": "no"}, 404))
    plan = endpoints.list_deployments.plan("aj-ya", "echo", skip=2)

    sdk.do(lambda client: client.send(plan, extra_headers={"X-A": "1"}, extra_query={"q": "a&b c"}))

    assert server.last.headers["X-A"] == "1"
    assert (server.last.args["skip"], server.last.args["q"]) == ("2", "a&b c")


def test_options_reach_what_is_no_plan(sdk, server) -> None:
    """Requests of tools and predictions too; what such a request sets itself stays."""
    server.on("GET", "/v1/anything", server.json({}))

    sdk.do(
        lambda client: client.with_options(
            headers={"X-A": "1", "X-B": "1"}, query={"q": "2"}
        )._request("GET", "/anything", headers={"X-B": "own"}, params={"p": "1"})
    )

    assert (server.last.headers["X-A"], server.last.headers["X-B"]) == ("1", "own")
    assert server.last.args.to_dict() == {"p": "1", "q": "2"}


def test_a_resource_takes_options_too(sdk, server) -> None:
    """For one call of any of its methods."""
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json(server.endpoint()))

    sdk.do(lambda client: sdk.endpoint(client).with_options(headers={"X-Team": "blue"}).get())

    assert server.last.headers["X-Team"] == "blue"


def test_retries_counts_the_attempts_after_the_first(sdk, server) -> None:
    """None means a single attempt."""
    server.on("GET", "/v1/user", server.json({"message": "busy"}, 503))

    with pytest.raises(ServerError) as caught:
        sdk.do(lambda client: client.with_options(retries=0).call(GET_USER))

    assert caught.value.attempts == 1
    with pytest.raises(ServerError, match="after 3 attempts"):
        sdk.do(lambda client: client.with_options(retries=2).call(GET_USER))


def test_a_deadline_for_one_call(sdk, server) -> None:
    """It bounds all attempts and waits together."""
    server.on("GET", "/v1/user", server.json({"message": "busy"}, 503, Retry_After="60"))

    with pytest.raises(ServerError) as caught:
        sdk.do(lambda client: client.with_options(deadline=50).call(GET_USER))

    assert caught.value.attempts == 1
    assert len(server.requests) == 1
    assert Client("t").with_options(deadline=None)._calls.settings.retry.deadline is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"retries": -1}, "retries"),
        ({"deadline": 0}, "deadline"),
        ({"timeout": 0}, "timeout"),
        ({"headers": {"X-A": "a\nb"}}, "X-A"),
        ({"headers": {"X-A": 5}}, "X-A"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_at_once(options: Any, words: str) -> None:
    """The error names it."""
    with pytest.raises(ConfigurationError, match=words):
        Client("token").with_options(**options)


def test_credentials_among_the_headers_are_as_secret_as_the_token(sdk, server) -> None:
    """An error whose text repeats them is cleaned of them."""
    server.on("GET", "/v1/user", server.json({"message": "unknown key other-secret"}, 404))

    with pytest.raises(NotFoundError) as caught:
        sdk.do(
            lambda client: client.call(
                GET_USER, extra_headers={"Authorization": "Bearer other-secret"}
            )
        )

    assert server.last.headers["Authorization"] == "Bearer other-secret"
    assert caught.value.message == "unknown key [redacted]"


def test_the_whole_answer_of_a_plan(sdk, server) -> None:
    """Status, headers, request id and body beside the typed value."""
    server.on("GET", "/v1/user", server.json(server.user, X_Request_Id="r-7"))

    answer = sdk.do(lambda client: client.with_raw_response.call(GET_USER))

    assert (answer.status_code, answer.request_id) == (200, "r-7")
    assert answer.parsed.name == "aj-ya"
    assert answer.content.startswith(b"{")


def test_the_whole_answer_of_a_method(sdk, server) -> None:
    """Its parsed value is what the method itself returns."""
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json(server.endpoint(), X_Request_Id="r-8"))

    answer = sdk.do(lambda client: sdk.endpoint(client).with_raw_response.get())

    assert answer.headers["X-Request-Id"] == "r-8"
    assert answer.parsed.fullName == "aj-ya/echo"


def test_an_error_is_raised_where_the_whole_answer_is_wanted(sdk, server) -> None:
    """send() is what never raises for a status."""
    server.on("GET", "/v1/user", server.json({"message": "gone"}, 404))

    with pytest.raises(NotFoundError):
        sdk.do(lambda client: client.with_raw_response.call(GET_USER))

    assert sdk.do(lambda client: client.send(GET_USER)).status_code == 404


@pytest.mark.parametrize("name", ["_get_plan", "fullName", "nonsense"])
def test_only_methods_have_whole_answers(server, name: str) -> None:
    """Anything else is an AttributeError, as a typing mistake should be."""
    endpoint = outpost_endpoint(server)

    with pytest.raises(AttributeError):
        getattr(endpoint.with_raw_response, name)


def outpost_endpoint(server: Any) -> Any:
    """An endpoint of a blocking client."""
    from outpostkit import Endpoint

    return Endpoint(Client(server.token, base_url=server.base_url), "aj-ya", "echo")


def read(sdk: Any, job: Any, **options: Any) -> Any:
    """Stream getUser, and return what ``job`` makes of it; blocking code in both colours."""

    def blocking(client: Any) -> Any:
        with client.stream(GET_USER, **options) as answer:
            found = job(answer)
            return list(found) if hasattr(found, "__next__") else found

    async def asynchronous(client: Any) -> Any:
        async with client.stream(GET_USER, **options) as answer:
            found = job(answer)
            if hasattr(found, "__anext__"):
                return [piece async for piece in found]
            return await found if hasattr(found, "__await__") else found

    return sdk.do(asynchronous if sdk.is_async else blocking)


def test_a_success_can_be_read_while_it_arrives(sdk, server) -> None:
    """As bytes, as lines, as a whole, or as the type of the operation."""
    server.on("GET", "/v1/user", Response("one\ntwo\n", content_type="application/json"))

    assert b"".join(read(sdk, lambda answer: answer.iter_bytes())) == b"one\ntwo\n"
    assert list(read(sdk, lambda answer: answer.iter_lines())) == ["one", "two"]
    assert read(sdk, lambda answer: answer.read()) == b"one\ntwo\n"
    assert read(sdk, lambda answer: answer.status_code, extra_headers={"X-A": "1"}) == 200
    assert server.last.headers["X-A"] == "1"


def test_a_stream_can_be_parsed_after_all(sdk, server) -> None:
    """Its headers were there before its body."""
    server.on("GET", "/v1/user", server.json(server.user, X_Request_Id="r-9"))

    assert read(sdk, lambda answer: answer.parse()).parsed.name == "aj-ya"
    assert read(sdk, lambda answer: answer.request_id) == "r-9"


def test_a_stream_that_is_refused_is_an_error(sdk, server) -> None:
    """Tried again and told like any other."""
    busy = server.json({"message": "busy"}, 503)
    server.on("GET", "/v1/user", busy, server.json({"message": "no such user"}, 404))

    with pytest.raises(NotFoundError, match="no such user"):
        read(sdk, lambda answer: answer.read())


def pauses(body: bytes, pause: Any) -> Response:
    """An answer of which the second half comes after a pause."""

    def pieces() -> Any:
        yield body[: len(body) // 2]
        pause()
        yield body[len(body) // 2 :]

    return Response(
        pieces(), content_type="application/json", headers={"Content-Length": len(body)}
    )


def test_a_stream_may_outlast_the_deadline_while_it_moves(sdk, server, clock) -> None:
    """The limit of the call ends with the head of the answer."""
    half_is_read = threading.Event()
    server.handle("GET", "/v1/user", lambda request: pauses(b"1234", lambda: half_is_read.wait(60)))

    def patient(client: Any) -> Any:
        return client.with_options(deadline=60)

    def after(piece: bytes) -> bytes:
        clock.sleep(600)
        half_is_read.set()
        return piece

    if sdk.is_async:

        async def job(client: Any) -> Any:
            async with patient(client).stream(GET_USER) as answer:
                return [after(piece) async for piece in answer.iter_bytes()]
    else:

        def job(client: Any) -> Any:
            with patient(client).stream(GET_USER) as answer:
                return [after(piece) for piece in answer.iter_bytes()]

    assert sdk.do(job) == [b"12", b"34"]


def test_a_stream_that_stands_still_is_a_timeout(sdk, server) -> None:
    """idle_timeout bounds every pause, not the whole."""
    server.handle("GET", "/v1/user", lambda request: pauses(b"1234", server.hang))

    with pytest.raises(OutpostTimeoutError):
        read(sdk, lambda answer: answer.read(), idle_timeout=0.05)


def test_a_stream_that_breaks_off_is_a_connection_error(sdk, server) -> None:
    """While it is read, with the address and without the token."""
    head = {"Content-Length": "5", "X-Request-Id": f"r-{server.token}"}
    server.on("GET", "/v1/user", Response(iter([b"12"]), headers=head))

    with pytest.raises(
        OutpostConnectionError, match=r"GET http.* broke off after 2 bytes"
    ) as caught:
        read(sdk, lambda answer: answer.read())

    assert "base_url" not in str(caught.value)
    assert server.token not in str(caught.value)


def test_a_policy_of_its_own_replaces_the_clients(sdk, server) -> None:
    """As a whole, callback included."""
    events: Any = []
    server.on("GET", "/v1/user", server.json({}, 503, Retry_After="0"), server.json(server.user))
    policy = RetryPolicy(max_attempts=2, on_retry=events.append)

    sdk.do(lambda client: client.with_options(retry=policy).call(GET_USER))

    assert [event.status_code for event in events] == [503]
