"""The dashboard for servers that nobody may ever look at: what it is made of is loaded when asked.

It would make every start of the server a quarter slower.
"""

from __future__ import annotations

import asyncio
from importlib import import_module

from outpost_server.dashboard.traffic import Traffic
from outpost_server.router.asgi import ASGIApp, Receive, Scope, Send

PREFIX = "/dashboard"


def is_dashboard_path(path: str) -> bool:
    return path in ("/", PREFIX) or path.startswith(PREFIX + "/")


class DashboardOnDemand:
    """An ASGI application for the paths of :func:`is_dashboard_path`."""

    def __init__(self, server: ASGIApp, traffic: Traffic) -> None:
        self._server = server
        self._traffic = traffic
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app or await self._load()
        await app(scope, receive, send)

    async def _load(self) -> ASGIApp:
        # In a thread: predictions go on meanwhile.
        module = await asyncio.to_thread(import_module, "outpost_server.dashboard.app")
        # Somebody else may have come here meanwhile: sessions belong to one application.
        app: ASGIApp = self._app or module.build_dashboard(self._server, self._traffic)
        self._app = app
        return app
