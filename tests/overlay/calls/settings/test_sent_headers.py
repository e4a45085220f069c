"""Headers, cookies and queries that cannot be sent: told by name, before anything is."""

import http.cookiejar

import httpx
import pytest

from outpost_api.request import Operation, RequestPlan
from outpostkit import AsyncClient, Client, PredictionInput
from outpostkit.exceptions import ConfigurationError, OutpostError

WRONG = {
    "not ASCII": ("X-User", "Zoë"),
    "a number": ("X-User", 5),
    "nothing": ("X-User", None),
    "a line break": ("X-User", "a\r\nX-Other: b"),
    "a control character": ("X-User", "a\x00b"),
    "bytes": ("X-User", b"zoe"),
    "a name with a space": ("X User", "a"),
    "a name that is not ASCII": ("X-Usér", "a"),
    "no name": ("", "a"),
}


@pytest.fixture(params=list(WRONG))
def wrong(request):
    """A header that cannot be sent."""
    name, value = WRONG[request.param]
    return {name: value}


def test_a_header_that_cannot_be_sent_is_named(sdk, server, wrong):
    """Wherever it was given: to the client, to a derived one, to a call or to a prediction."""
    name = next(iter(wrong))
    for use in (
        lambda client: type(client)("token", headers=wrong).base_url,
        lambda client: client.with_options(headers=wrong).base_url,
        lambda client: sdk.predictor(client).infer(json=1, headers=wrong),
        lambda client: client._request("GET", "/user", headers=wrong),
    ):
        with pytest.raises(ConfigurationError, match="headers") as caught:
            sdk.do(use)
        assert repr(name) in str(caught.value)
        assert "Zo" not in str(caught.value)
    assert not server.requests


def test_a_header_of_a_plan_is_named_too(sdk, server, wrong):
    """An operation may have parameters that are sent as headers."""
    operation = Operation(id="x", method="GET", path="/x", tag="x", responses={})
    plan = RequestPlan(operation, "/x", headers=wrong)

    with pytest.raises(ConfigurationError) as caught:
        sdk.do(lambda client: client.call(plan))

    assert repr(next(iter(wrong))) in str(caught.value)


def test_a_batch_collects_what_cannot_be_sent(server):
    """One input with a wrong header is one error among the results."""
    server.handle("POST", "/predict", lambda request: server.json(1))
    inputs = [1, PredictionInput(json=2, headers={"X-User": "é"}), 3]
    from outpostkit import Predictor

    with Client("token", base_url=server.base_url) as client:
        predictor = Predictor(client, server.url, "/predict", "/healthcheck")
        results = list(predictor.infer_many(inputs, on_error="collect"))

    assert [result.error is None for result in results] == [True, False, True]
    assert isinstance(results[1].error, OutpostError)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    "options",
    [
        {"headers": 5},
        {"headers": ["X-User"]},
        {"cookies": 5},
        {"cookies": {"session": 5}},
        {"cookies": {"session": "é"}},
        {"params": 5},
        {"params": {"a": 1j}},
        {"params": {5: "a"}},
    ],
    ids=str,
)
def test_options_of_other_types_are_refused_by_name(kind, options):
    """When the client is made."""
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        kind("token", **options)


@pytest.mark.parametrize("params", [5, {"a": 1j}, ["ab", 1]], ids=str)
def test_a_query_that_cannot_be_written_is_refused(sdk, server, params):
    """Of a prediction."""
    with pytest.raises(ConfigurationError, match="params"):
        sdk.do(lambda client: sdk.predictor(client).infer(params=params))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-User": "zoe"},
        [("X-User", "zoe")],
        (("x-user", "zoe"),),
        httpx.Headers({"X-User": "zoe"}),
        {"X-User": "\tzoe "},
    ],
    ids=repr,
)
def test_every_form_of_headers_is_taken(sdk, server, headers):
    """A mapping, pairs, or those of httpx."""
    server.on("GET", "/v1/user", server.json(server.user))

    sdk.do(sdk.user, headers=headers)

    assert server.last.headers["X-User"].strip() == "zoe"


def test_ones_own_user_agent_replaces_that_of_the_client(sdk, server):
    """In whatever case it is written, it is sent once."""
    server.on("GET", "/v1/user", server.json(server.user))

    sdk.do(sdk.user, headers={"user-agent": "mine/1"})

    assert server.last.headers.getlist("User-Agent") == ["mine/1"]


def test_cookies_and_queries_are_sent_as_given(sdk, server):
    """What is right stays as it is."""
    server.on("GET", "/v1/user", server.json(server.user))

    for cookies in (
        {"a": "b"},
        [("a", "b")],
        httpx.Cookies({"a": "b"}),
        http.cookiejar.CookieJar(),
    ):
        sdk.do(sdk.user, cookies=cookies, params={"n": 1, "many": ["x", "y"], "none": None})

    assert server.requests[0].headers["Cookie"] == "a=b"
    assert server.last.args.getlist("many") == ["x", "y"]
