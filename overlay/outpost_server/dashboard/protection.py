"""What keeps other web pages, and the output of prediction templates, away from the dashboard."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from outpost_server.router.asgi import ASGIApp, Message, Receive, Scope, Send
from outpost_server.rules.problem import Problem

# Scripts and styles come from the server's files alone. Neither the text of a log line nor the
# answer of a template could run even if it were not escaped.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer browsers would send "Origin: null" with the forms of our own pages.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

# Predictions have the same origin as the dashboard. Where a browser shows an answer as a page,
# this gives that page an origin of its own, so that its scripts can neither read the dashboard
# nor send anything with its cookie.
SANDBOX = b"sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts"
# FastAPI's own page about a template, which has to load its description from the same origin.
DOCS_PATHS = ("/docs", "/redoc")


def require_own_origin(request: Request) -> None:
    """Refuse a change that a page of another site asks for.

    SameSite cookies do not see to that: other ports of the same machine count as the same site.

    Raises:
        Problem: 403.
    """
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    is_ours = origin is None or urlsplit(origin).netloc.lower() == host.lower()
    if not is_ours or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Problem(403, "The request comes from another site.", "cross_site")


def sandboxed(router: ASGIApp) -> ASGIApp:
    """Return the router with its answers kept apart from the dashboard in browsers."""

    async def apart(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_apart(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = (b"content-security-policy", SANDBOX)
                message["headers"] = [*message["headers"], policy]
            await send(message)

        is_docs = scope["path"].endswith(DOCS_PATHS)
        await router(scope, receive, send if is_docs else send_apart)

    return apart
