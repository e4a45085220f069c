"""What neither clients nor templates can say in the server's name."""

from __future__ import annotations

import pytest

from outpost_server.router.shared_origin import sets_our_cookie

COOKIES = """
from fastapi import Request
from fastapi.responses import JSONResponse

class Cookies:
    def predict(self, request: Request):
        answer = JSONResponse([list(pair) for pair in request.headers.items()])
        answer.set_cookie("mine", "1")
        answer.set_cookie("outpost_80", "stolen", path="/dashboard")
        answer.headers["Clear-Site-Data"] = '"cookies"'
        answer.headers["Service-Worker-Allowed"] = "/"
        answer.headers["Strict-Transport-Security"] = "max-age=9"
        answer.headers["X-Mine"] = "1"
        return answer
"""


@pytest.fixture
def cookies(api):
    return api.deployed(COOKIES, "Cookies")


def test_a_template_is_told_the_address_of_its_client_by_the_server_only(api, cookies):
    """What the client says of it is not passed on."""
    forged = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": "203.0.113.7",
        "X-Real-IP": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "X-Other": "stays",
    }

    headers = api.http.post(cookies.url(), headers=forged).json()

    assert "203.0.113.7" not in str(headers)
    assert [value for name, value in headers if name == "x-forwarded-for"] == ["127.0.0.1"]
    assert ["x-other", "stays"] in headers


def test_a_template_sets_its_own_cookies_and_says_nothing_about_the_origin(api, cookies):
    """The dashboard has the same origin: its cookie, and what holds for all pages, are its own."""
    answer = api.http.post(cookies.url())

    assert [one.partition("=")[0] for one in answer.headers.get_list("set-cookie")] == ["mine"]
    assert answer.headers["x-mine"] == "1"
    for name in ("clear-site-data", "service-worker-allowed", "strict-transport-security"):
        assert name not in answer.headers


@pytest.mark.parametrize(
    ("cookie", "is_ours"),
    [
        (b"outpost_8000=a", True),
        (b"OutPost_8000=a; Path=/dashboard", True),
        (b"__Host-outpost_1=a", True),
        (b" =outpost_8000=a", True),
        (b"my_outpost_8000=a", False),
        (b"a=outpost_8000", False),
    ],
)
def test_the_dashboards_cookie_is_known_however_it_is_written(cookie, is_ours):
    """In any case, with any prefix, and as the value of a cookie without a name."""
    assert sets_our_cookie(cookie) is is_ours
