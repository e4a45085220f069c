"""Tokens of pages in browsers, which can send no headers with the handshake of a WebSocket.

A page offers two subprotocols: ``outpost``, and ``TOKEN_PREFIX`` followed by the token in base64url
without padding. Neither reaches the template; ``outpost`` is chosen when the template chooses none.
"""

from __future__ import annotations

import base64
import binascii

from outpost_server.router.asgi import Scope

PROTOCOL = "outpost"
TOKEN_PREFIX = "base64url.bearer.authorization.outpost."


def offered_token(scope: Scope) -> str | None:
    """Return the token among the subprotocols, None when there is none that can be read."""
    for offered in scope.get("subprotocols", ()):
        if offered.startswith(TOKEN_PREFIX):
            text = offered.removeprefix(TOKEN_PREFIX)
            try:
                padded = text + "=" * (-len(text) % 4)
                return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
            except (binascii.Error, ValueError):
                return None
    return None


def for_template(scope: Scope) -> list[str]:
    """Return what of the offered subprotocols is for the template."""
    return [
        offered
        for offered in scope.get("subprotocols", ())
        if offered != PROTOCOL and not offered.startswith(TOKEN_PREFIX)
    ]


def chosen(scope: Scope, by_template: str | None) -> str | None:
    """Return the subprotocol to accept with: a browser gives up where none of its own is chosen."""
    if by_template is None and PROTOCOL in scope.get("subprotocols", ()):
        return PROTOCOL
    return by_template
