"""Finding replicas that run and answer nothing any more."""

from __future__ import annotations

import asyncio

from outpost_server.serving.connection_pool import ConnectionPool, ReplicaUnreachable
from outpost_server.serving.replica_connection import Lost

# Often enough for people, and too rarely to be noticed with hundreds of replicas.
MAX_INTERVAL_S = 30.0
HEALTHCHECK = b"GET /healthcheck HTTP/1.1\r\nhost: replica\r\n\r\n"


async def wait_until_useless(connections: ConnectionPool, timeout_s: float) -> str:
    """Ask a replica for its health from time to time, and return why it is of no use any more.

    It may take ``timeout_s`` for an answer, so that computing on its event loop is no fault.
    """
    while True:
        await asyncio.sleep(min(MAX_INTERVAL_S, timeout_s / 3))
        try:
            async with asyncio.timeout(timeout_s):
                status = await _ask(connections)
        except TimeoutError:
            return (
                f"it answered no health check for {timeout_s:g} s (its template may declare another"
                " liveness_timeout)"
            )
        except (Lost, ReplicaUnreachable):
            continue  # it ends, or it does not listen just now: requests will tell
        if status == 503:
            return "its template's method 'healthy' says that it is not"


async def _ask(connections: ConnectionPool) -> int:
    connection = await connections.acquire()
    try:
        connection.begin(is_head=False)
        connection.write(HEALTHCHECK)
        await connection.head()
        await connection.whole()
        return connection.status
    finally:
        connections.release(connection)
