"""What an idempotency key may look like, wherever one is taken."""

from __future__ import annotations

import re

from outpost_server.rules.problem import Problem

_PATTERN = re.compile(r"[!-~]{1,255}")


def require_key(key: str) -> str:
    """Return a key that is one.

    Raises:
        Problem: 400, it is none.
    """
    if not _PATTERN.fullmatch(key):
        message = "Idempotency-Key: expected 1 to 255 visible ASCII characters"
        raise Problem(400, message, "invalid_value")
    return key
