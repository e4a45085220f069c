"""Signing in and out, and the list of endpoints."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from outpost_api.api import endpoints as endpoint_operations, user as user_operations
from outpost_api.errors import ResponseError
from outpost_api.models.endpoint_resource import EndpointResource
from outpost_server.dashboard import PREFIX
from outpost_server.dashboard.forms import read_form, text_of
from outpost_server.dashboard.plotting.traffic import Replicas
from outpost_server.dashboard.visit import Dashboard, Visit, address, digest
from outpost_server.rules.problem import Problem

T = TypeVar("T")

PAGE_SIZE = 100
MAX_TOKEN_CHARACTERS = 1000
# Whoever sends it has not been authenticated.
MAX_SIGN_IN_BYTES = 64 * 1024
SIGN_IN_PATIENCE_S = 30.0
# Paths of ours have names in them, and nothing that a browser would understand in another way.
PAGE = re.compile(r"/|(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.~-]+)+")


def cookie_name(request: Request) -> str:
    """Return a name of this server alone: browsers share cookies between the ports of a host."""
    return f"outpost_{address(request).rpartition(':')[2]}"


def session_id(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request))


def to_sign_in(request: Request) -> Response:
    """Send a page to the form; have a script that refreshes a part of one reload it."""
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-refresh": "true"})
    page = request.url.path.removeprefix(PREFIX)
    is_page = request.method == "GET" and page != "/"
    back = f"?next={quote(page)}" if is_page else ""
    return RedirectResponse(f"{PREFIX}/sign-in{back}", 303)


def show_sign_in(
    dashboard: Dashboard,
    request: Request,
    *,
    page: str,
    problem: str = "",
    status: int = 200,
) -> Response:
    """Return the form; ``page`` is where it leads to."""
    values = {
        "prefix": PREFIX,
        "session": None,
        "problem": problem,
        "address": address(request),
        "page": page,
    }
    return dashboard.page("sign_in.html", values, status=status)


async def sign_in(dashboard: Dashboard, request: Request) -> Response:
    """Start a session when the API knows the token."""
    try:
        async with (
            asyncio.timeout(SIGN_IN_PATIENCE_S),
            read_form(request, max_bytes=MAX_SIGN_IN_BYTES),
        ):
            token = await text_of(request, "token")
            page = await text_of(request, "next")
    except TimeoutError:
        message = f"The form was not sent within {SIGN_IN_PATIENCE_S:g} s."
        raise Problem(408, message, "request_timeout") from None
    refused = "This token is not valid for this Outpost."
    if not token or not token.isascii() or not token.isprintable():
        return show_sign_in(dashboard, request, page=page, problem=refused, status=401)
    try:
        api = dashboard.api(request, token[:MAX_TOKEN_CHARACTERS])
        user = await api.call(user_operations.get_user.plan())
    except ResponseError as error:
        problem = refused if error.code == "unauthorized" else error.message
        return show_sign_in(
            dashboard, request, page=page, problem=problem, status=error.status_code
        )
    dashboard.sessions.end(session_id(request))
    # No link to the form may lead elsewhere, such as to what a prediction template shows.
    answer = RedirectResponse(PREFIX + (page if PAGE.fullmatch(page) else "/"), 303)
    answer.set_cookie(
        cookie_name(request),
        dashboard.sessions.start(user.name, token),
        path=PREFIX,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


async def sign_out(visit: Visit) -> Response:
    visit.dashboard.sessions.end(session_id(visit.request))
    answer = RedirectResponse(PREFIX + "/sign-in", 303)
    answer.delete_cookie(cookie_name(visit.request), path=PREFIX, httponly=True, samesite="strict")
    return answer


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    endpoint: EndpointResource
    owner: str
    replicas: Replicas
    median_s: float | None


async def list_endpoints(visit: Visit) -> Response:
    exposure = visit.dashboard.exposure
    return visit.page("endpoints.html", {**await _list(visit), "exposure": exposure})


async def refresh_list(visit: Visit) -> Response:
    """Return the table alone; nothing when the browser shows the same already."""
    return visit.refreshed("_endpoint_table.html", await _list(visit))


async def _list(visit: Visit) -> dict[str, object]:
    teams = await visit.call(user_operations.list_user_teams.plan())
    owners = [visit.session.user, *(team.name for team in teams)]
    lists = await asyncio.gather(
        *(visit.call(endpoint_operations.list_endpoints.plan(owner)) for owner in owners)
    )
    wanted = visit.query("q").strip().lower()
    found = [one for listed in lists for one in listed.endpoints if wanted in one.fullName.lower()]
    found.sort(key=lambda one: one.createdAt, reverse=True)
    shown_here, page, pages = page_of(found, visit.query("page"))
    rows = [_row(visit, one) for one in shown_here]
    shown = [(row.endpoint.to_dict(), row.replicas, row.median_s) for row in rows]
    return {
        "rows": rows,
        "total": len(found),
        "page": page,
        "pages": pages,
        "q": visit.query("q").strip(),
        "interval_s": 2 if len(found) <= PAGE_SIZE else 10,
        "seen": digest((shown, len(found))),
    }


def page_of(found: list[T], number: str) -> tuple[list[T], int, int]:
    """Return the page of that number, or of the nearest one that exists; and how many there are."""
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(asked, 1), pages)
    return found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], page, pages


def _row(visit: Visit, endpoint: EndpointResource) -> Row:
    traffic = visit.dashboard.traffic
    owner = endpoint.fullName.partition("/")[0]
    return Row(endpoint, owner, traffic.replicas(endpoint.id), traffic.median_s(endpoint.id))
