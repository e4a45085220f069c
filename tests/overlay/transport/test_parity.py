"""The same requests through httpx's transports and through ours."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from werkzeug import Request, Response

from outpostkit.transport import (
    AsyncPooledTransport,
    PooledTransport,
    choose_async_transport,
    choose_transport,
)

PROXIES = "http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY".split()


@pytest.fixture(scope="module")
def theirs():
    """Send a request through the transport of httpx, from a client without cookies."""
    with httpx.HTTPTransport() as transport:
        yield lambda *call, **options: httpx.Client(transport=transport).request(*call, **options)


def echo(request: Request) -> Response:
    """Answer with everything the server saw, in the form that the request asked for."""
    seen = {
        "method": request.method,
        "url": request.url,
        "headers": sorted((name, value) for name, value in request.headers.items()),
        "body": request.get_data().hex(),
    }
    body = json.dumps(seen)
    response = Response(
        [body] if request.args.get("form") == "pieces" else body,
        status=int(request.args.get("status", 200)),
        content_type="application/json",
    )
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    return response


def told(response):
    """What a caller sees of a response, without what differs from call to call."""
    headers = [(name, value) for name, value in response.headers.multi_items() if name != "date"]
    return response.status_code, headers, response.http_version, response.content


CALLS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]),
        "url": st.sampled_from(["", "/", "/a/b%20c", "/ü?q=ä&r=%2F", "/?status=404"]),
        "params": st.none() | st.dictionaries(st.sampled_from(["x", "form"]), st.just("pieces")),
        "headers": st.dictionaries(
            st.sampled_from(["X-A", "Accept", "Connection"]),
            st.sampled_from(["1", "a, b", "close"]),
        ),
        "content": st.none() | st.binary(max_size=200) | st.just(b"x" * 100_000),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(call=CALLS)
def test_responses_are_those_of_httpx(httpserver, connect, theirs, call):
    """Whatever is asked, the server sees and the caller gets the same."""
    httpserver.expect_request("").respond_with_handler(echo)
    call = {**call, "url": httpserver.url_for("") + call["url"]}

    expected = told(theirs(**call))

    assert told(connect().request(**call)) == expected


def test_form_and_file_uploads_are_those_of_httpx(httpserver, connect, theirs):
    """Encoded bodies arrive as they do through httpx's own transport."""
    httpserver.expect_request("/").respond_with_handler(echo)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (
        {"data": {"a": "1", "b": ["2", "3"]}},
        {"json": {"a": [1, None, "ü"]}},
        {"files": {"f": ("n.txt", b"x" * 70_000)}, "data": {"a": "1"}, "headers": headers},
    ):
        url = httpserver.url_for("/")
        assert told(connect().request("POST", url, **body)) == told(theirs("POST", url, **body))


@pytest.mark.parametrize("choose", [choose_transport, choose_async_transport])
def test_our_transport_is_chosen_where_it_can_serve(choose, monkeypatch):
    """Direct HTTP/1.1 is ours."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)

    assert isinstance(choose(), (PooledTransport, AsyncPooledTransport))
    assert choose(proxy="http://127.0.0.1:3128") is None
    assert choose(http2=True) is None


@pytest.mark.parametrize("choose", [choose_transport, choose_async_transport])
def test_httpx_keeps_what_the_environment_sends_through_a_proxy(choose, monkeypatch):
    """A proxy in the environment counts unless ``trust_env`` is False."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")

    assert choose() is None
    assert choose(trust_env=False) is not None
