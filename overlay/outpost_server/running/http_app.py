"""The API, the prediction domains, the figures and the dashboard, each below its paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from outpost_server.dashboard import is_dashboard_path
from outpost_server.router.answer import Answer
from outpost_server.router.app import PREFIX, Router
from outpost_server.router.asgi import ASGIApp, Receive, Scope, Send, send_problem
from outpost_server.rules.problem import not_found
from outpost_server.running.health import ALIVE_PATH, READY_PATH, Health
from outpost_server.running.metrics import PATH as METRICS_PATH, Metrics


class HttpApp:
    """Hands each request to one of its parts. The dashboard is a client of the others."""

    def __init__(
        self,
        api: Callable[..., Any],  # Starlette's own types of scopes differ
        router: Router,
        metrics: Metrics,
        health: Health,
        dashboard: Callable[[ASGIApp], ASGIApp],
    ) -> None:
        self._api = cast("ASGIApp", api)
        self._router = router
        self._metrics = metrics
        self._health = health
        self._dashboard = dashboard(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(PREFIX):
            await self._router(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()  # websocket.connect
            problem = not_found(f"There is no WebSocket at {path}.")
            await send_problem(Answer(scope, send).send, problem, kind="websocket.http.response")
            return
        app: ASGIApp = self._api
        if path == METRICS_PATH:
            app = self._metrics
        elif path in (ALIVE_PATH, READY_PATH):
            app = self._health
        elif is_dashboard_path(path):
            app = self._dashboard
        answer = Answer(scope, send)
        await answer.follow(app(scope, receive, answer.send))
