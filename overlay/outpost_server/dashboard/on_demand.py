"""The dashboard for servers that nobody may ever look at: what it is made of is loaded when asked.

It would make every start of the server a quarter slower.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from outpost_server.dashboard.plotting.traffic import Traffic
from outpost_server.router.asgi import ASGIApp, Receive, Scope, Send


class DashboardOnDemand:
    """An ASGI application for the paths of :func:`outpost_server.dashboard.is_dashboard_path`."""

    def __init__(
        self,
        server: ASGIApp,
        traffic: Traffic,
        exposure: str | None,
        is_token: Callable[[str], bool],
    ) -> None:
        self._server = server
        self._traffic = traffic
        self._exposure = exposure
        self._is_token = is_token
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app or await self._load()
        await app(scope, receive, send)

    async def _load(self) -> ASGIApp:
        # In a thread: predictions go on meanwhile.
        build = await asyncio.to_thread(_load_builder)
        # Somebody else may have come here meanwhile: sessions belong to one application.
        self._app = self._app or build(self._server, self._traffic, self._exposure, self._is_token)
        return self._app


def _load_builder() -> Callable[[ASGIApp, Traffic, str | None, Callable[[str], bool]], ASGIApp]:
    from outpost_server.dashboard.app import build_dashboard

    return build_dashboard
