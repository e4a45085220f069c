"""What keeps other web pages away from the dashboard."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from outpost_server.rules.problem import Problem

# Scripts and styles come from the server's files alone. Neither the text of a log line nor the
# answer of a template could run even if it were not escaped.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer browsers would send "Origin: null" with the forms of our own pages.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


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
