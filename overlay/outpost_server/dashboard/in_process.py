"""Calling the server from within: an httpx transport that needs no socket.

httpx has one too, but it collects an answer however long it is and however long it takes. A
prediction may stream for ever.
"""

from __future__ import annotations

import asyncio
import contextlib

import httpx

from outpost_server.router.asgi import ASGIApp, Message, Scope

MAX_ANSWER_BYTES = 64 * 1024 * 1024
ANSWER_TIMEOUT_S = 60.0
# For an application that has been told that nobody listens any more.
ENDING_PATIENCE_S = 5.0


class InProcessTransport(httpx.AsyncBaseTransport):
    """Hands requests to an ASGI application, and leaves when it has had enough.

    It reads ``max_bytes`` of an answer, for ``timeout_s`` seconds; then it goes away as a browser
    does whose window is closed. The answer says so in its extension ``is_cut``. A compressed
    answer stays so: unpacked it might be of any size.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int = MAX_ANSWER_BYTES,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return what arrives of the answer.

        Raises:
            httpx.ReadTimeout: the answer did not begin in time.
        """
        assert isinstance(request.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in request.stream])
        listener = _Listener(body, self._max_bytes)
        leaving = asyncio.get_running_loop().call_later(self._timeout_s, listener.leave)
        call = asyncio.ensure_future(self._app(_scope(request), listener.receive, listener.send))
        try:
            await asyncio.wait({call}, timeout=self._timeout_s + ENDING_PATIENCE_S)
        finally:
            leaving.cancel()
            listener.leave()
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await call
        if listener.status is None:
            message = f"No answer within {self._timeout_s:g} s."
            raise httpx.ReadTimeout(message, request=request)
        return httpx.Response(
            listener.status,
            headers=[pair for pair in listener.headers if pair[0].lower() != b"content-encoding"],
            content=bytes(listener.body),
            extensions={"is_cut": not listener.is_complete},
            request=request,
        )


class _Listener:
    """The two callables that an application is given, and what it sends through them."""

    def __init__(self, body: bytes, max_bytes: int) -> None:
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.is_complete = False
        self._request_body: bytes | None = body
        self._max_bytes = max_bytes
        self._left = asyncio.Event()

    def leave(self) -> None:
        self._left.set()

    async def receive(self) -> Message:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        elif not self._left.is_set():
            room = self._max_bytes - len(self.body)
            part = message.get("body", b"")
            self.body += part[:room]
            if len(part) > room:
                self.leave()
            elif not message.get("more_body"):
                self.is_complete = True


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": (request.url.host, request.url.port),
    }
