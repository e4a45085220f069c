"""Answers of every kind: typed results and typed errors, nothing else."""

import pickle
from typing import Optional

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from outpost_api import ApiError, Client, DecodeError, ResponseError
from outpost_api.api import endpoints, user
from outpost_api.models import Error


def serve(httpserver: HTTPServer, status: int, body: bytes, content_type: Optional[str]) -> None:
    headers = {"X-Request-Id": "r-1"}
    response = Response(body, status=status, content_type=content_type, headers=headers)
    if content_type is None:
        del response.headers["Content-Type"]
    httpserver.expect_request("/user").respond_with_response(response)


@pytest.mark.parametrize("status", [300, 302, 400, 401, 404, 418, 429, 500, 503, 599, 999])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"message": "no"}', "application/json"),
        (b'"no"', "application/json; charset=utf-8"),
        (b"[1]", "application/json"),
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"", None),
        (b"<html><body>Bad gateway</body></html>", "text/html"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_every_error_is_a_typed_error(
    client: Client, httpserver: HTTPServer, status: int, body: bytes, content_type: Optional[str]
) -> None:
    """Whatever the status and the body, the caller gets a ResponseError with the facts."""
    serve(httpserver, status, body, content_type)

    with pytest.raises(ResponseError) as caught:
        user.get_user.sync(client=client)

    error = caught.value
    assert (error.status_code, error.content, error.request_id) == (status, body, "r-1")
    assert (error.operation_id, error.method) == ("getUser", "GET")
    assert error.url.endswith("/user")
    assert error.message
    assert "the-token" not in f"{error!r} {error} {vars(error)}"
    assert user.get_user.sync_detailed(client=client).status_code == status


def test_a_documented_error_is_parsed(client: Client, httpserver: HTTPServer) -> None:
    """The body of a documented error is there as the type the document names."""
    serve(httpserver, 401, b'{"message": "who?", "code": "token"}', "application/json")

    with pytest.raises(
        ResponseError, match=r"getUser: status 401: \[token\] who\? \(request id r-1\)"
    ) as caught:
        user.get_user.sync(client=client)

    assert caught.value.parsed == Error("who?", "token")
    assert caught.value.code == "token"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>login</html>", "text/html"),
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"", None),
    ],
)
def test_a_success_that_cannot_be_read_is_a_decode_error(
    client: Client, httpserver: HTTPServer, body: bytes, content_type: Optional[str]
) -> None:
    """A page of a proxy instead of JSON is an error with its status and an excerpt."""
    serve(httpserver, 200, body, content_type)

    with pytest.raises(DecodeError) as caught:
        user.get_user.sync(client=client)

    assert (caught.value.status_code, caught.value.content, caught.value.request_id) == (
        200,
        body,
        "r-1",
    )
    assert body.decode() in str(caught.value)


def test_a_success_without_a_documented_body_needs_none(
    client: Client, httpserver: HTTPServer
) -> None:
    """An operation that answers nothing takes any success, whatever the server adds."""
    httpserver.expect_request("/user", method="DELETE").respond_with_data("done", status=200)

    assert user.delete_user.sync(client=client) is None


def test_a_redirect_is_not_followed(client: Client, httpserver: HTTPServer) -> None:
    """The token stays with the host it was meant for."""
    httpserver.expect_request("/user").respond_with_data(
        "", 307, {"Location": "http://elsewhere.invalid/"}
    )

    with pytest.raises(ResponseError, match="not followed"):
        user.get_user.sync(client=client)


def test_errors_pickle_with_all_they_know(client: Client, httpserver: HTTPServer) -> None:
    """Errors cross process borders whole."""
    serve(httpserver, 404, b'{"message": "gone"}', "application/json")
    with pytest.raises(ResponseError) as caught:
        user.get_user.sync(client=client)

    copy = pickle.loads(pickle.dumps(caught.value))

    assert vars(copy) == vars(caught.value)
    assert isinstance(copy, ApiError)
    assert str(copy) == str(caught.value)


def test_the_error_of_a_value_names_what_was_wrong() -> None:
    """A strict client refuses a body with a value of the wrong type, naming its path."""
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"total": "x", "endpoints": []})
    )
    client = Client("t", strict=True, http_client=httpx.Client(transport=transport))

    with pytest.raises(DecodeError) as caught:
        endpoints.list_endpoints.sync("me", client=client)

    assert caught.value.path == "$.total"


def test_a_client_never_shows_its_token() -> None:
    """Neither repr nor str of a client holds the token."""
    with Client("the-token") as client:
        assert "the-token" not in f"{client!r} {client}"


def test_a_given_httpx_client_stays_open() -> None:
    """Closing our client leaves a client that was handed in alone."""
    with httpx.Client() as http:
        with Client("t", http_client=http):
            pass
        assert not http.is_closed
