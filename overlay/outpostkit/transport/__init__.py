"""HTTP/1.1 transports for httpx that cost a fraction of httpx's own.

Clients made by ``httpx.Client(transport=PooledTransport())`` and
``httpx.AsyncClient(transport=AsyncPooledTransport())`` behave as with the default transport, and
cost less per request, most of all with many requests at once. What is left to httpx, and how to
choose, is in :func:`choose_transport`.

Both are thin shells around one description of HTTP/1.1 and one of the pool; only the standard
library and httpx are used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpostkit.transport._async import AsyncPooledTransport as AsyncPooledTransport
    from outpostkit.transport._choice import choose_async_transport as choose_async_transport
    from outpostkit.transport._choice import choose_transport as choose_transport
    from outpostkit.transport._pool import DEFAULT_LIMITS as DEFAULT_LIMITS
    from outpostkit.transport._sync import PooledTransport as PooledTransport

__all__ = [
    "DEFAULT_LIMITS",
    "AsyncPooledTransport",
    "PooledTransport",
    "choose_async_transport",
    "choose_transport",
]

_HOMES = {
    "DEFAULT_LIMITS": "_pool",
    "AsyncPooledTransport": "_async",
    "PooledTransport": "_sync",
    "choose_async_transport": "_choice",
    "choose_transport": "_choice",
}


def __getattr__(name: str) -> object:
    # Loaded when asked for: a blocking program has no use for asyncio, which takes long to import.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
