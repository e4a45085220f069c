"""Passing one WebSocket to one replica, message by message in both directions."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from outpost_server.router.asgi import Receive, Scope, Send
from outpost_server.router.forward import NOT_FOR_TEMPLATES, ReplicaLost
from outpost_server.router.subprotocols import chosen, for_template
from outpost_server.rules.request_id import current_request_id
from outpost_server.serving.connection_pool import ConnectionPool
from outpost_server.serving.replica_set import LiveReplica

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 10.0
# RFC 6455, section 7.4.1: the other side went away; it ended without saying anything.
GOING_AWAY, ABNORMAL = 1001, 1006


class HandshakeRefused(Exception):
    """The template takes no WebSocket on this path; ``status`` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the replica answered with status {status}")
        self.status = status


class ReplicaConnector(aiohttp.BaseConnector):
    """Has aiohttp's client talk to a replica, however its engine connects to it."""

    def __init__(self, connections: ConnectionPool) -> None:
        super().__init__()
        self._connections = connections

    async def _create_connection(self, *_: object, **__: object) -> ResponseHandler:
        return await self._connections.connect(self._factory)


async def relay(live: LiveReplica, path: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Open a WebSocket to ``live``, accept the client's, and pass messages on until one closes.

    Raises:
        HandshakeRefused: the template has no WebSocket there.
        ReplicaUnreachable: no connection; another replica can be tried.
        ReplicaLost: the replica ended within the handshake.
    """
    query = scope["query_string"].decode("latin-1")
    url = URL(f"http://replica{path}{'?' if query else ''}{query}", encoded=True)
    connector = ReplicaConnector(live.connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                upstream = await session.ws_connect(
                    url,
                    protocols=for_template(scope),
                    headers=_headers(scope),
                    max_msg_size=MAX_MESSAGE_BYTES,
                    autoclose=True,
                )
        except aiohttp.WSServerHandshakeError as error:
            raise HandshakeRefused(error.status) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ReplicaLost(f"{type(error).__name__}: {error}") from None
        async with upstream:
            subprotocol = chosen(scope, upstream.protocol)
            await send({"type": "websocket.accept", "subprotocol": subprotocol})
            both = (
                asyncio.create_task(_to_replica(receive, upstream)),
                asyncio.create_task(_to_client(upstream, send)),
            )
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)


async def _to_replica(receive: Receive, upstream: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            await upstream.close(code=_sendable(message.get("code")))
            return
        if message.get("text") is not None:
            await upstream.send_str(message["text"])
        else:
            await upstream.send_bytes(message["bytes"])


async def _to_client(upstream: aiohttp.ClientWebSocketResponse, send: Send) -> None:
    async for message in upstream:
        if message.type is aiohttp.WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
        elif message.type is aiohttp.WSMsgType.BINARY:
            await send({"type": "websocket.send", "bytes": message.data})
    await send({"type": "websocket.close", "code": _sendable(upstream.close_code)})


def _sendable(code: Any) -> int:
    """Return a close code that may be sent: 1005 and 1006 only name what was not."""
    return code if isinstance(code, int) and code not in (1005, ABNORMAL) else GOING_AWAY


def _headers(scope: Scope) -> dict[str, str]:
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name not in NOT_FOR_TEMPLATES and not name.startswith(b"sec-websocket-")
    }
    return {**headers, "x-request-id": current_request_id.get()}
