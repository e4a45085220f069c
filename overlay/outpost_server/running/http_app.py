"""The API, the prediction domains, the dashboard, and a request id for every answer."""

from __future__ import annotations

import logging

from outpost_server.dashboard.on_demand import DashboardOnDemand, is_dashboard_path
from outpost_server.dashboard.protection import sandboxed
from outpost_server.dashboard.traffic import Traffic
from outpost_server.router.app import PREFIX, Router
from outpost_server.router.asgi import Message, Receive, Scope, Send, header, send_problem
from outpost_server.router.forward import AnswerCutShort
from outpost_server.rules.problem import Problem
from outpost_server.rules.request_id import current_request_id, request_id_or_new
from outpost_server.running.metrics import PATH as METRICS_PATH
from outpost_server.running.metrics import Metrics
from outpost_server.serving.fleet import Fleet

STARTS = ("http.response.start", "websocket.http.response.start")
_log = logging.getLogger("outpost.http")


class HttpApp:
    """Hands each request to the API, the router or the dashboard, which is a client of the others.

    The client may choose the request id.
    """

    def __init__(self, api: object, router: Router, metrics: Metrics, fleet: Fleet) -> None:
        traffic = Traffic(fleet)
        self._api = api
        self._router = sandboxed(traffic.watching(router))
        self._metrics = metrics
        self._dashboard = DashboardOnDemand(self, traffic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = request_id_or_new(header(scope, b"x-request-id"))
        current_request_id.set(request_id)
        identified = (b"x-request-id", request_id.encode())
        started = False

        async def send_identified(message: Message) -> None:
            nonlocal started
            if message["type"] in STARTS:
                started = True
                others = [pair for pair in message["headers"] if pair[0].lower() != identified[0]]
                message["headers"] = [*others, identified]
            await send(message)

        app: object = self._api
        if scope["path"].startswith(PREFIX):
            app = self._router
        elif scope["path"] == METRICS_PATH:
            app = self._metrics
        elif is_dashboard_path(scope["path"]):
            app = self._dashboard
        try:
            await app(scope, receive, send_identified)  # type: ignore[operator]  # Starlette's own types of scopes differ
        except AnswerCutShort as cut:
            # Returning without the end of the answer closes the connection: the client sees that
            # it is cut.
            _log.warning("the replica ended within its answer: %s", cut)
        except Exception:
            _log.exception("the request failed")
            if not started and scope["type"] == "http":
                problem = Problem(
                    500, "The local Outpost failed; see its server log.", "internal_error"
                )
                await send_problem(send_identified, problem)
