"""The connections to one replica that are kept from request to request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from outpost_server.engines.engine import P, Replica
from outpost_server.serving.replica_connection import ReplicaConnection

CONNECT_TIMEOUT_S = 5.0
MAX_IDLE = 256


class ReplicaUnreachable(Exception):
    """No connection to the replica: it has not seen the request."""


class NothingRead(ReplicaUnreachable):
    """The replica closed the connection before it read anything: it ends, or it has ended."""


class ConnectionPool:
    """The connections to one replica; idle ones are used again."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._idle: list[ReplicaConnection] = []
        self._is_closed = False

    async def acquire(self) -> ReplicaConnection:
        """Return a connection.

        Raises:
            ReplicaUnreachable: there is none to be had.
        """
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
        if self._is_closed:
            raise ReplicaUnreachable("The replica has been stopped.")
        return await self.connect(ReplicaConnection)

    async def connect(self, make: Callable[[], P]) -> P:
        """Return the protocol of a connection that is not kept, such as one of a WebSocket.

        Raises:
            ReplicaUnreachable: there is none to be had.
        """
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, made = await self._replica.connect(make)
        except TimeoutError:
            message = f"It took no connection within {CONNECT_TIMEOUT_S:g} s."
            raise ReplicaUnreachable(message) from None
        except OSError as error:
            raise ReplicaUnreachable(error.strerror or str(error)) from None
        return made

    def release(self, connection: ReplicaConnection) -> None:
        """Take a connection back, whatever has happened on it."""
        if connection.can_be_kept and not self._is_closed and len(self._idle) < MAX_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        self._is_closed = True
        for connection in self._idle:
            connection.close()
        self._idle.clear()
