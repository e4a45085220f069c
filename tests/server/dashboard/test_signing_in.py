"""Signing in, what a session is, and how it ends."""

from __future__ import annotations

import sqlite3
from itertools import count

import pytest

from outpost_server.dashboard.app import PAGES
from outpost_server.dashboard.sessions import IDLE_S, MAX_SESSIONS, Sessions
from outpost_server.keeping.tokens import token_hash


def test_the_address_of_the_server_leads_to_the_form(stranger):
    """Whoever opens the server in a browser is asked for the token."""
    visitor = stranger()

    home = visitor.http.get(visitor.origin + "/", follow_redirects=True)

    assert home.status_code == 200
    assert home.url.path == "/dashboard/sign-in"
    assert "<h1>Sign in</h1>" in home.text


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in PAGES])
def test_no_page_is_shown_before_signing_in(stranger, method, path):
    """Every page but the form needs a session."""
    named = path.format(entity="local", name="echo-of-page", slug="echo-of-page-1")
    answer = stranger().http.request(method, named)

    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/dashboard/sign-in"


def test_the_cookie_can_be_used_by_this_browser_for_the_dashboard_only(stranger):
    """Scripts cannot read it, other sites cannot use it, prediction templates do not get it."""
    visitor = stranger()

    cookie = visitor.sign_in().headers["set-cookie"]

    name = f"outpost_{visitor.origin.rpartition(':')[2]}="
    assert cookie.startswith(name)
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=strict", "path=/dashboard"}
    assert visitor.token not in cookie


@pytest.mark.parametrize("token", ["", "op_local_wrong", "ä" * 9, "x" * 5000, "a\r\nb: c", "\0"])
def test_a_wrong_token_is_refused_and_not_repeated(stranger, text_of, token):
    """The page says that the token is not valid, and nothing is remembered."""
    answer = stranger().sign_in(token)

    assert answer.status_code == 401
    assert "This token is not valid for this Outpost." in text_of(answer)
    assert "set-cookie" not in answer.headers
    assert len(token) < 3 or token not in answer.text


def test_the_token_appears_on_no_page_and_in_no_log(visitor, echo_page, outpost):
    """It goes from the form into the memory of the server, and nowhere else."""
    paths = ["/", "/create", echo_page, echo_page + "/delete", echo_page + "/state"]

    pages = [visitor.get(path) for path in paths]

    assert [page.status_code for page in pages] == [200] * len(paths)
    assert not any(visitor.token in page.text + str(page.headers) for page in pages)
    assert visitor.token not in (outpost.data_folder / "server.log").read_text()


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(stranger):
    """The server forgets the session; it does not merely ask the browser to."""
    visitor, copy = stranger(), stranger()
    visitor.sign_in()
    copy.http.cookies.update(visitor.http.cookies)
    assert copy.get("/").status_code == 200

    visitor.post("/sign-out")

    assert copy.get("/").status_code == 303


@pytest.mark.parametrize("how", ["renew", "remove"])
def test_a_session_ends_with_its_token(outpost, stranger, command, how):
    """The next page is the form, also one that shows nothing of the API."""
    name = f"{how}-of-page"
    token = command("user", "add", name).stdout.strip()
    visitor = stranger()
    visitor.sign_in(token)
    shown = visitor.get("/create").status_code, visitor.get("/").status_code

    command("user", how, name)
    pages = [visitor.get(path) for path in ("/create", "/", "/list")]

    assert shown == (200, 200)
    assert [page.status_code for page in pages] == [303] * 3
    assert {page.headers["location"].partition("?")[0] for page in pages} == {"/dashboard/sign-in"}


def test_a_session_ends_when_its_token_does(outpost, stranger, command, text_of):
    """And the form says that a token has ended, where somebody tries it again."""
    token = command("user", "add", "ending-of-page", "--expires-in", "30d").stdout.strip()
    visitor = stranger()
    visitor.sign_in(token)
    shown = visitor.get("/create").status_code

    connection = sqlite3.connect(outpost.data_folder / "outpost.db")
    with connection:
        connection.execute(
            "UPDATE tokens SET ends_at = '2024-01-08T12:17:45.927Z' WHERE hash = ?",
            (token_hash(token),),
        )
    connection.close()
    page, again = visitor.get("/create"), visitor.sign_in(token)

    assert (shown, page.status_code, again.status_code) == (200, 303, 401)
    assert "ended at 2024-01-08T12:17:45.927Z" in text_of(again)


def test_a_script_that_refreshes_a_part_is_told_to_reload_the_page(stranger):
    """After the end of a session the page goes to the form instead of standing still."""
    answer = stranger().http.get("/list", headers={"hx-request": "true"})

    assert answer.status_code == 401
    assert answer.headers["hx-refresh"] == "true"


def test_a_session_ends_when_nobody_uses_it():
    """Each use keeps it alive for as long again."""
    now = 0.0
    sessions = Sessions(lambda token: True, clock=lambda: now)
    session_id = sessions.start("local", "token")
    now = IDLE_S - 1
    assert sessions.find(session_id) is not None

    now += IDLE_S + 1

    assert sessions.find(session_id) is None


def test_there_are_only_so_many_sessions():
    """The one that was used longest ago makes room."""
    sessions = Sessions(lambda token: True, clock=count().__next__)

    ids = [sessions.start("local", "token") for _ in range(MAX_SESSIONS + 1)]

    assert sessions.find(ids[0]) is None
    assert sessions.find(ids[1]) is not None
    assert sessions.find(ids[-1]) is not None


def test_a_session_shows_no_secret_when_printed():
    """A session in a traceback or a log line gives nothing away."""
    sessions = Sessions(lambda token: True)
    session = sessions.find(sessions.start("local", "op_local_secret"))

    assert "op_local_secret" not in repr(session)
    assert session.csrf not in repr(session)


def led_to(visitor, page):
    form = {"token": visitor.token, "next": page}
    return visitor.http.post("/sign-in", data=form).headers["location"]


@pytest.mark.parametrize("page", ["/", "/create", "/local/echo.1/logs", "/local/...", "/a-b/_c~"])
def test_the_form_leads_back_to_the_page_that_was_asked_for(stranger, page):
    """Below the dashboard."""
    assert led_to(stranger(), page) == "/dashboard" + page


@pytest.mark.parametrize(
    "page",
    [
        *("", "create", "//", "//evil.example", "/create//x", "/..", "/.", "/./x", "/a/../../x"),
        *("/../../domains/x/fake", "/%2e%2e/%2E%2e/domains/x", "/.%2e/x", "/%252e%252e/x"),
        *("/\\evil", "/..\\..\\domains", "/a\r\nset-cookie: b=c", "/.\t./x", "/a\0", "/a\nb"),
        *("/a?b", "/a#b", "/@evil", "https://evil.example", "/\uff0e\uff0e/x", "/ä"),
    ],
)
def test_the_form_leads_to_nothing_but_pages_of_the_dashboard(stranger, page):
    """Not to what a prediction template of the same address shows, however it is written."""
    assert led_to(stranger(), page) == "/dashboard/"
