"""Pages of other origins may call an endpoint whose template says so."""

from __future__ import annotations

import pytest

PAGE = "https://app.example"
TEMPLATE = """
from fastapi import Response

class Open:
    cors = ["https://app.example", "http://localhost:3000"]

    def predict(self, response: Response, fail: bool = False):
        response.headers["access-control-allow-origin"] = "null"
        if fail:
            raise ValueError("no")
        return 1
"""
ALLOWED = "access-control-allow-origin"


@pytest.fixture(scope="module")
def open_to_pages(api):
    return api.deployed(TEMPLATE, "Open")


def preflight(endpoint, origin: str):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-mine",
        "Authorization": "",
    }
    return endpoint.api.http.options(endpoint.url(), headers=asked)


def test_a_browser_learns_without_a_token_what_a_page_may_send(open_to_pages):
    """The token among it; cookies never."""
    answer = preflight(open_to_pages, PAGE)

    assert answer.status_code == 204
    assert answer.headers[ALLOWED] == PAGE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization,x-mine"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(("request_", "status"), [
    ({}, 200),
    ({"params": {"fail": True}}, 500),
    ({"headers": {"Authorization": "Bearer wrong"}}, 401),
    ({"params": {"fail": "perhaps"}}, 422),
])  # fmt: skip
def test_a_page_can_read_every_answer(open_to_pages, request_, status):
    """Also those of the server, and only what the template declares counts."""
    headers = {"Origin": PAGE, **request_.get("headers", {})}

    answer = open_to_pages.api.http.post(open_to_pages.url(), **{**request_, "headers": headers})

    assert answer.status_code == status
    assert answer.headers.get_list(ALLOWED) == [PAGE]
    assert "Origin" in answer.headers.get_list("vary")


def test_other_pages_cannot(open_to_pages):
    """A cache that stands between is told that the answer depends on it."""
    for answer in (
        preflight(open_to_pages, "https://evil.example"),
        open_to_pages.predict(headers={"Origin": "https://app.example.evil.example"}),
    ):
        assert ALLOWED not in answer.headers
        assert "Origin" in answer.headers.get_list("vary")


def test_a_preflight_wakes_nobody(api, eventually):
    """An endpoint may be asleep: the page will send its request, and that wakes it."""
    template = TEMPLATE.replace('["https://app.example", "http://localhost:3000"]', '["*"]')
    endpoint = api.endpoint(template, "Open", replicaScalingConfig={"scaledownPeriod": 1})
    endpoint.deploy_and_wait(wakeup=False)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    answer = preflight(endpoint, PAGE)

    assert (answer.status_code, answer.headers[ALLOWED]) == (204, "*")
    assert endpoint.status() == "scaled_to_zero"


def test_without_a_declaration_nothing_is_allowed(echo):
    """As it was."""
    answer = echo.predict(json={"value": {}}, headers={"Origin": PAGE})

    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert preflight(echo, PAGE).status_code == 401


@pytest.mark.parametrize("written", ["https://app.example/", "app.example", "https://A.example"])
def test_what_is_no_origin_is_refused(api, written):
    """With what to write instead: it would match nothing that a browser sends."""
    endpoint = api.failed(TEMPLATE.replace(PAGE, written), "Open")

    assert any(f"cors: '{written}'" in message for message in endpoint.messages("dep"))
