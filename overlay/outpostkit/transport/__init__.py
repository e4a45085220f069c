"""HTTP/1.1 transports for httpx that cost a fraction of httpx's own.

Clients made by ``httpx.Client(transport=PooledTransport())`` and
``httpx.AsyncClient(transport=AsyncPooledTransport())`` behave as with the default transport, and
cost less per request, most of all with many requests at once. What is left to httpx, and how to
choose, is in :func:`choose_transport`.

Both are thin shells around one description of HTTP/1.1 and one of the pool; beside the standard
library and httpx only the list of idempotent methods is used. A request that was sent on a kept
connection just when the server closed it is repeated on a new one when that is safe: by its method,
unless ``request.extensions["idempotent"]`` says whether it may be executed twice.
"""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.transport._async import AsyncPooledTransport as AsyncPooledTransport
    from outpostkit.transport._choice import (
        choose_async_transport as choose_async_transport,
        choose_transport as choose_transport,
    )
    from outpostkit.transport._pool import DEFAULT_LIMITS as DEFAULT_LIMITS
    from outpostkit.transport._request import IllegalRequest as IllegalRequest
    from outpostkit.transport._routing import routed as routed, routed_async as routed_async
    from outpostkit.transport._sync import PooledTransport as PooledTransport

_HOMES = {
    "AsyncPooledTransport": "outpostkit.transport._async",
    "DEFAULT_LIMITS": "outpostkit.transport._pool",
    "IllegalRequest": "outpostkit.transport._request",
    "PooledTransport": "outpostkit.transport._sync",
    "choose_async_transport": "outpostkit.transport._choice",
    "choose_transport": "outpostkit.transport._choice",
    "routed": "outpostkit.transport._routing",
    "routed_async": "outpostkit.transport._routing",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)
