"""What may not pass between clients and templates, which share their origin with the dashboard."""

from __future__ import annotations

# Said by a client, these would be believed of the server. It is the edge, and writes its own.
FORWARDED = frozenset(
    b"forwarded x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-prefix "
    b"x-forwarded-proto x-forwarded-server x-real-ip x-client-ip true-client-ip".split()
)
# They are about all of an origin, which a template has not for itself.
ABOUT_THE_ORIGIN = frozenset(
    b"clear-site-data service-worker-allowed strict-transport-security".split()
)
_OURS = (b"outpost_", b"__host-outpost_", b"__secure-outpost_")


def sets_our_cookie(value: bytes) -> bool:
    """Tell whether a ``Set-Cookie`` is of a name that the dashboard's cookies have."""
    # Browsers send "=outpost_80=x", a cookie without a name, as "outpost_80=x".
    return value.lstrip(b" \t=").lower().startswith(_OURS)
