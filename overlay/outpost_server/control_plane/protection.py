"""What holds for every answer of the API, and how many calls a caller may make."""

from __future__ import annotations

import logging
import time

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outpost_server.rules.problem import Problem
from outpost_server.rules.rate_limit import RateLimit

# Answers of the API are data: a browser that is led to one must not run, frame, keep or guess it.
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    (b"cross-origin-resource-policy", b"same-site"),
)
NOT_KEPT = (b"cache-control", b"no-store")

_log = logging.getLogger("outpost.access")


class Protected:
    """An ASGI application around the API that adds headers and writes the access log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = 0

        async def send_protected(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in (*SECURITY_HEADERS, NOT_KEPT) if pair[0] not in given]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_protected)
        if scope["type"] == "http":
            took_ms = (time.perf_counter() - began) * 1000
            # The path as it came, percent-encoded: it cannot break the line. No query: it may be
            # long, and none of the API's is worth a line.
            path = scope["raw_path"].decode("latin-1")[:300]
            _log.info("%s %s %d %.1f ms", scope["method"], path, status, took_ms)


def require_in_limit(limit: RateLimit | None, caller: str) -> None:
    """Count a call.

    Raises:
        Problem: 429, the caller has made too many.
    """
    wait_s = 0.0 if limit is None else limit.wait_s(caller)
    if wait_s:
        message = "Too many requests. Wait as long as Retry-After says."
        raise Problem(429, message, "rate_limited", retry_after_s=wait_s)


def address(request: Request) -> str:
    """Return what to count calls without a valid token by."""
    return "" if request.client is None else request.client.host
