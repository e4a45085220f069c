"""What other pages, other users and the output of templates cannot do to the dashboard."""

from __future__ import annotations

import html
import re
from contextlib import closing
from http.client import HTTPConnection

import pytest

from outpost_server import LocalOutpost

INLINE = r"<script(?! src=)|<style|<[^>]*\s(style|on\w+)=|javascript:"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>&amp;"

HOSTILE_TEMPLATE = f"""
from fastapi.responses import HTMLResponse
HOSTILE = {HOSTILE!r}

class Echo:
    def predict(self, kind: str = ""):
        print(HOSTILE)
        if kind == "raise":
            raise ValueError(HOSTILE)
        return HTMLResponse(HOSTILE)
"""


def test_a_change_needs_a_form_of_the_same_session(visitor, stranger, text_of):
    """Neither no secret nor that of somebody else will do."""
    other = stranger()
    other.sign_in()

    answers = [visitor.post("/create", csrf=csrf) for csrf in ("", "x", "ä", other.csrf())]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "This page was out of date." in text_of(answers[0])


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(visitor, headers):
    """Other ports of this machine are other sites, though browsers send them its cookies."""
    change = visitor.post("/sign-out", headers=headers)
    sign_in = visitor.http.post("/sign-in", data={"token": visitor.token}, headers=headers)

    assert [change.status_code, sign_in.status_code] == [403, 403]
    assert visitor.get("/").status_code == 200


def test_a_change_from_our_own_page_is_accepted(visitor):
    """These are the headers that browsers send with the forms of the dashboard."""
    headers = {"origin": visitor.origin, "sec-fetch-site": "same-origin"}

    answer = visitor.post("/create", headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/sign-out", "/endpoints/local/x/deploy"])
def test_nothing_is_changed_by_following_a_link(visitor, path):
    """What changes something is a POST."""
    assert visitor.get(path).status_code == 405


def test_every_page_allows_only_scripts_and_styles_of_the_package(visitor, stranger, echo_page):
    """The policy has no exception, and the pages need none."""
    pages = [
        visitor.get(path)
        for path in (
            "/",
            "/create",
            echo_page,
            echo_page + "/delete",
            echo_page + "/docs",
            "/nothing",
        )
    ]
    pages.append(stranger().get("/sign-in"))

    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] in ("no-store", "no-cache")
        assert not re.search(INLINE, page.text)
        assert not re.search(r'(src|href)="(https?:)?//', page.text)


def test_what_templates_write_is_shown_and_never_run(visitor, eventually, text_of):
    """Log lines, tracebacks and answers are text, whatever they look like."""
    path = visitor.created(HOSTILE_TEMPLATE)
    eventually(lambda: visitor.get(path).text, lambda page: "s-healthy" in page)

    answer = visitor.post(path + "/try", {"kind": "json", "json": "{}"})
    eventually(lambda: text_of(visitor.get(path)), lambda text: "<script>alert(1)" in text)
    page = visitor.get(path)

    for shown in (answer, page):
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
        assert HOSTILE in html.unescape(shown.text)


def test_a_search_is_text_too(visitor):
    """What is looked for comes back in the form and in the links."""
    page = visitor.get("/", q='"><script>alert(1)</script>')

    assert "<script>alert" not in page.text
    assert 'value="&#34;&gt;&lt;script&gt;' in page.text


def test_a_predicted_page_cannot_reach_the_dashboard(api, echo):
    """It has the origin of the dashboard, so a browser is told to give it another one."""
    prediction = echo.predict(json={})
    health = api.http.get(echo.url("healthcheck"))

    for answer in (prediction, health):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox ")
        assert "allow-same-origin" not in policy


def test_forms_are_bounded(visitor):
    """A form that is too large is refused before it is read."""
    url = visitor.http.base_url
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())
    connection = HTTPConnection(url.host, url.port, timeout=60)
    connection.putrequest("POST", "/dashboard/create")
    for name, value in (("Cookie", cookie), ("Content-Length", str(10**12))):
        connection.putheader(name, value)
    connection.endheaders()

    with closing(connection):
        assert connection.getresponse().status == 413


def test_a_form_without_a_length_is_refused(visitor):
    """It could go on for ever."""
    headers = {"content-type": "application/x-www-form-urlencoded"}

    answer = visitor.http.post("/create", content=iter([b"csrf=x"]), headers=headers)

    assert answer.status_code == 411


def test_rubbish_in_a_form_is_a_clear_error(visitor, text_of):
    """A body that is no form at all is not an error of the server."""
    headers = {"content-type": "multipart/form-data; boundary=x"}

    answer = visitor.http.post("/create", content=b"rubbish", headers=headers)

    assert answer.status_code == 400
    assert "The form cannot be read" in text_of(answer)


def test_the_list_of_endpoints_says_what_users_are_not_protected_from(visitor):
    """In the sentence that `outpostkit local status` has."""
    with LocalOutpost(isolation="off") as outpost:
        other = type(visitor)(outpost.base_url.removesuffix("/v1"), outpost.api_token)
        with other.http:
            other.sign_in()
            page = other.get("/").text

    assert "not protected from each other: isolation is switched off." in page
