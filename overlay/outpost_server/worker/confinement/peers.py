"""Who may connect to a worker: its server, and no replica that runs as the same user."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

CREDENTIALS = struct.Struct("3i")  # of struct ucred: pid, uid, gid


def protocol_for(server_pid: int) -> Any:
    """Return uvicorn's protocol, for connections of the process ``server_pid`` only.

    For those of any process where the system does not tell, or with 0.
    """
    if sys.platform != "linux" or not server_pid:
        return AutoHTTPProtocol

    class ServerOnlyProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # one of two
        def connection_made(self, transport: Any) -> None:
            if peer_pid(transport.get_extra_info("socket")) == server_pid:
                super().connection_made(transport)
            else:
                transport.abort()

    return ServerOnlyProtocol


def peer_pid(connection: socket.socket) -> int:
    """Return the process that has opened the other end of a Unix socket."""
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    pid, _, _ = CREDENTIALS.unpack(told)
    return int(pid)
