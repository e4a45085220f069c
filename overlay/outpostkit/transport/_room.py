"""Connections for many requests at once: as many as a caller asks for, while it needs them."""

from contextlib import contextmanager
from typing import Any, Iterator, Optional


@contextmanager
def room(transport: object, wanted: int, *, is_limited: bool) -> Iterator[int]:
    """Give the number of requests that can be under way at once, at most ``wanted``.

    Limits hold where the user has set them, which ``is_limited`` tells. Others are raised by what
    is wanted, and lowered at the end.
    """
    if is_limited:
        bound = _bound(transport)
        yield wanted if bound is None else max(1, min(wanted, bound))
        return
    _widen(transport, wanted)
    try:
        yield wanted
    finally:
        _widen(transport, -wanted)


def _bound(transport: Any) -> Optional[int]:
    """Return how many connections a transport may have; None where it does not say so."""
    if hasattr(transport, "max_connections"):  # one of ours
        own: Optional[int] = transport.max_connections
        return own
    bound = getattr(_pool(transport), "_max_connections", None)
    # httpx's own pool has a large number for no limit.
    return bound if isinstance(bound, int) else None


def _widen(transport: Any, by: int) -> None:
    if hasattr(transport, "widen"):  # one of ours
        transport.widen(by)
        return
    # httpx serves proxies, and its pool cannot be told otherwise. Where it is another one, requests
    # wait for their turn, as they would have without.
    pool = _pool(transport)
    for name in ("_max_connections", "_max_keepalive_connections"):
        if isinstance(getattr(pool, name, None), int):
            setattr(pool, name, getattr(pool, name) + by)


def _pool(transport: Any) -> Any:
    return getattr(transport, "_pool", None)
