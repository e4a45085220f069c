"""Which page answers which path, and what every answer and every change needs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from outpost_api.errors import InvalidArgument, ResponseError
from outpost_server.dashboard import PREFIX, pages
from outpost_server.dashboard.creating import model, template_file
from outpost_server.dashboard.documentation import page as documentation
from outpost_server.dashboard.endpoint import changing, logs, page as endpoint, template, trying
from outpost_server.dashboard.forms import read_form
from outpost_server.dashboard.plotting.traffic import Traffic
from outpost_server.dashboard.protection import PAGE_HEADERS, require_own_origin
from outpost_server.dashboard.visit import Dashboard, Visit
from outpost_server.router.app import DOCS_PAGE
from outpost_server.router.asgi import ASGIApp, Message, Receive, Scope, Send
from outpost_server.rules.problem import Problem

STATIC_FOLDER = Path(__file__).with_name("static")
ENDPOINT = "/endpoints/{entity}/{name}"

Page = Callable[[Visit], Awaitable[Response]]

# (method, path below PREFIX, page). Everything that changes something is a POST.
PAGES: list[tuple[str, str, Page]] = [
    ("GET", "/", pages.list_endpoints),
    ("GET", "/list", pages.refresh_list),
    ("POST", "/sign-out", pages.sign_out),
    ("GET", "/create", template_file.show_form),
    ("POST", "/create", template_file.create),
    ("GET", "/create/model", model.show_form),
    ("POST", "/create/model", model.create),
    ("GET", ENDPOINT, endpoint.show),
    ("GET", ENDPOINT + "/state", endpoint.refresh_state),
    ("GET", ENDPOINT + "/plots", endpoint.refresh_plots),
    ("GET", ENDPOINT + "/logs", logs.follow),
    ("GET", ENDPOINT + "/docs", documentation.show),
    ("GET", ENDPOINT + "/template", template.show),
    ("GET", ENDPOINT + "/template/file", template.download),
    ("GET", DOCS_PAGE.removeprefix(PREFIX), documentation.show_of_domain),
    ("GET", ENDPOINT + "/delete", endpoint.ask_before_deleting),
    ("POST", ENDPOINT + "/delete", endpoint.delete),
    ("GET", ENDPOINT + "/rename", endpoint.show_name_form),
    ("POST", ENDPOINT + "/rename", endpoint.rename),
    ("GET", ENDPOINT + "/change", changing.show_form),
    ("POST", ENDPOINT + "/change", changing.change),
    ("POST", ENDPOINT + "/deploy", endpoint.deploy),
    ("GET", ENDPOINT + "/routes", trying.show_routes),
    ("POST", ENDPOINT + "/try", trying.send),
]

_log = logging.getLogger("outpost.dashboard")


def build_dashboard(
    server: ASGIApp, traffic: Traffic, exposure: str | None, is_token: Callable[[str], bool]
) -> ASGIApp:
    """Return the application for ``/`` and for everything below ``PREFIX``.

    Its cookie is limited to ``PREFIX``, so that browsers do not send it to prediction templates.
    """
    dashboard = Dashboard(server, traffic, exposure, is_token)

    async def home(request: Request) -> Response:
        return RedirectResponse(PREFIX + "/")

    async def sign_in(request: Request) -> Response:
        if request.method == "GET":
            page = request.query_params.get("next", "")
            return pages.show_sign_in(dashboard, request, page=page)
        require_own_origin(request)
        return await pages.sign_in(dashboard, request)

    async def answer_error(request: Request, error: Exception) -> Response:
        return _error_page(dashboard, request, error)

    errors = (ResponseError, InvalidArgument, Problem, HTTPException, Exception)
    app = Starlette(
        routes=[
            Route("/", home),
            Route(PREFIX, home),
            Mount(PREFIX + "/static", StaticFiles(directory=STATIC_FOLDER)),
            Route(PREFIX + "/sign-in", sign_in, methods=["GET", "POST"]),
            *(_route(dashboard, *page) for page in PAGES),
        ],
        exception_handlers=dict.fromkeys(errors, answer_error),
    )
    return with_page_headers(app)


def _route(dashboard: Dashboard, method: str, path: str, page: Page) -> Route:
    async def answer(request: Request) -> Response:
        session = dashboard.sessions.find(pages.session_id(request))
        if session is None:
            return pages.to_sign_in(request)
        visit = Visit(dashboard, request, session, dashboard.api(request, session.token))
        if method == "POST":
            require_own_origin(request)
            async with read_form(request) as form:
                if not session.may_change(form.get("csrf")):
                    message = "This page was out of date. Go back, reload it and try again."
                    raise Problem(403, message, "stale_form")
                return await page(visit)
        return await page(visit)

    return Route(PREFIX + path, answer, methods=[method])


def _error_page(dashboard: Dashboard, request: Request, error: Exception) -> Response:
    """Return the page that says what is wrong; the API's own words where it has refused."""
    session = dashboard.sessions.find(pages.session_id(request))
    if isinstance(error, ResponseError):
        if error.status_code == 401:
            dashboard.sessions.end(pages.session_id(request))
            return pages.to_sign_in(request)
        status, message = error.status_code, error.message
    elif isinstance(error, Problem):
        status, message = error.status, error.message
    elif isinstance(error, InvalidArgument):
        status, message = 404, "There is no such page."
    elif isinstance(error, HTTPException):
        status = error.status_code
        message = "There is no such page." if status == 404 else error.detail
    else:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        status, message = 500, "The dashboard failed; see the server's log."
    values = {"prefix": PREFIX, "session": session, "status": status, "message": message}
    return dashboard.page("problem.html", values, status=status)


def with_page_headers(app: ASGIApp) -> ASGIApp:
    """Return the application with the headers of every page on whatever it answers."""

    async def protected(scope: Scope, receive: Receive, send: Send) -> None:
        # Pages are kept nowhere. Files of the package may have changed with its version.
        is_static = scope["path"].startswith(PREFIX + "/static/")
        headers = {**PAGE_HEADERS, "cache-control": "no-cache" if is_static else "no-store"}
        added = [(name.encode(), value.encode()) for name, value in headers.items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await app(scope, receive, send_with_headers)

    return protected
