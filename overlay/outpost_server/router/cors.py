"""Pages of other origins that may call an endpoint, as its template declares them.

The rules are those of the Fetch standard. Cookies are never among what a page may send: the token
is in a header.
"""

from __future__ import annotations

from outpost_server.router.asgi import Scope, header

Headers = tuple[tuple[bytes, bytes], ...]

# For so many seconds a browser need not ask again; a new deployment may declare something else.
PREFLIGHT_S = 600
# What a template answers for itself would contradict what it declares.
DECIDED_HERE = b"access-control-"
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"


def cors_headers(origins: tuple[str, ...], scope: Scope) -> Headers:
    """Return what to add to an answer, to errors as well: nothing where nothing is declared.

    To the answer to a preflight it is all that there is to say.
    """
    if not origins:
        return ()
    # A cache must not give one page the answer for another.
    vary = () if "*" in origins else ((b"vary", b"Origin"),)
    origin = header(scope, b"origin")
    if origin is None or not ("*" in origins or origin in origins):
        return vary
    allowed = b"*" if "*" in origins else origin.encode("latin-1")
    headers = (
        *vary,
        (b"access-control-allow-origin", allowed),
        (b"access-control-expose-headers", b"*"),
    )
    return headers + _preflight_headers(scope) if is_preflight(origins, scope) else headers


def is_preflight(origins: tuple[str, ...], scope: Scope) -> bool:
    """Tell whether a browser asks what a page may send. It has no token for that."""
    return (
        bool(origins)
        and scope["type"] == "http"
        and scope["method"] == "OPTIONS"
        and header(scope, b"origin") is not None
        and header(scope, b"access-control-request-method") is not None
    )


def _preflight_headers(scope: Scope) -> Headers:
    """Return what a page may send: any method, and the headers that it asks for."""
    asked = header(scope, b"access-control-request-headers") or "authorization, content-type"
    return (
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", asked.encode("latin-1")),
        (b"access-control-max-age", str(PREFLIGHT_S).encode()),
        (b"vary", b"Access-Control-Request-Headers"),
    )
