"""One request of someone who has signed in, and what every page may use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from outpost_api.client import AsyncClient
from outpost_api.request import RequestPlan
from outpost_server.dashboard import PREFIX
from outpost_server.dashboard.in_process import InProcessTransport
from outpost_server.dashboard.plotting.traffic import Traffic
from outpost_server.dashboard.present import FILTERS
from outpost_server.dashboard.sessions import Session, Sessions
from outpost_server.router.asgi import ASGIApp

S = TypeVar("S")
E = TypeVar("E")

HTML_FOLDER = Path(__file__).with_name("templates")


def html_templates() -> jinja2.Environment:
    """Return the page templates. Whatever they are given is escaped: none marks text as safe."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HTML_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(FILTERS)
    return templates


class Dashboard:
    """What all requests share: the server that is shown, sessions, numbers for the plots.

    ``exposure`` is what users are not protected from, None when they are; ``is_token`` tells
    whether a token holds.
    """

    def __init__(
        self,
        server: ASGIApp,
        traffic: Traffic,
        exposure: str | None,
        is_token: Callable[[str], bool],
    ) -> None:
        self.server = server
        self.traffic = traffic
        self.exposure = exposure
        self.sessions = Sessions(is_token)
        self._http = httpx.AsyncClient(transport=InProcessTransport(server), trust_env=False)
        self._templates = html_templates()

    def api(self, request: Request, token: str) -> AsyncClient:
        """Return a client of the operations, for the owner of the token."""
        # The server answers for its own address, whatever name the browser has for it.
        return AsyncClient(token, base_url=f"http://{address(request)}/v1", http_client=self._http)

    def page(
        self, template: str, values: Mapping[str, object], *, status: int = 200
    ) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), status)


@dataclass(frozen=True)
class Visit:
    """A request within ``session``."""

    dashboard: Dashboard
    request: Request
    session: Session
    api: AsyncClient

    async def call(self, plan: RequestPlan[S, E]) -> S:
        """Return the answer of an operation.

        Raises:
            ResponseError: the API refused; the application makes a page of it.
        """
        return await self.api.call(plan)

    def page(
        self, template: str, values: Mapping[str, object] | None = None, *, status: int = 200
    ) -> Response:
        """Return a page, or a part of one, with the values that all of them need."""
        shared = {"prefix": PREFIX, "session": self.session}
        return self.dashboard.page(template, {**shared, **(values or {})}, status=status)

    def refreshed(self, template: str, values: Mapping[str, object]) -> Response:
        """Return a part of a page; nothing when the browser shows the same already."""
        if values["seen"] == self.query("seen"):
            return Response(status_code=204)
        return self.page(template, values)

    def to(self, path: str) -> Response:
        """Send the browser on after a change, so that reloading does not repeat it."""
        return RedirectResponse(PREFIX + path, 303)

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")


def digest(shown: object) -> str:
    """Return what tells whether a browser shows the same, see :meth:`Visit.refreshed`."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def address(request: Request) -> str:
    """Return host and port on which this server answers the request."""
    host, port = request.scope["server"]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
