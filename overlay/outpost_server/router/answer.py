"""An answer on its way to a client: it has the id of its request, and its status is remembered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from uvicorn.protocols.utils import ClientDisconnected

from outpost_server.router.asgi import Message, Scope, Send, header, send_problem
from outpost_server.router.cors import DECIDED_HERE
from outpost_server.rules.problem import internal_error
from outpost_server.rules.request_id import current_request_id, request_id_or_new

_log = logging.getLogger("outpost.http")


class AnswerCutShort(Exception):
    """The answer broke off, so the client's connection must not end properly.

    The template raised within it, or its replica ended.
    """


class Answer:
    """What an application sends passes here, and ``headers`` are added. ``status`` is 0 before.

    The client may choose the request id. With ``decides_cors`` those headers are among ``headers``,
    and none of the application's are passed on.
    """

    def __init__(
        self,
        scope: Scope,
        send: Send,
        headers: tuple[tuple[bytes, bytes], ...] = (),
        *,
        decides_cors: bool = False,
    ) -> None:
        self.request_id = request_id_or_new(header(scope, b"x-request-id"))
        current_request_id.set(self.request_id)
        self.status = 0
        self.is_begun = False
        self._is_http = scope["type"] == "http"
        self._headers = (*headers, (b"x-request-id", self.request_id.encode()))
        self._decides_cors = decides_cors
        self._send = send

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start" or kind == "websocket.http.response.start":
            self.is_begun = True
            self.status = message["status"]
            others = [pair for pair in message["headers"] if pair[0].lower() != b"x-request-id"]
            if self._decides_cors:
                others = [pair for pair in others if not pair[0].lower().startswith(DECIDED_HERE)]
            message["headers"] = [*others, *self._headers]
        elif kind == "websocket.accept":
            self.status = 101
        await self._send(message)

    async def follow(self, work: Awaitable[None]) -> None:
        """Wait for what gives the answer, and give one when it fails."""
        try:
            await work
        except AnswerCutShort:
            # Returning without the end of the answer closes the connection: the client sees that
            # it is cut.
            pass
        except ClientDisconnected:
            # Of a WebSocket, before it was open.
            pass
        except Exception:
            _log.exception("the request failed")
            if self._is_http and not self.is_begun:
                await send_problem(self.send, internal_error())
