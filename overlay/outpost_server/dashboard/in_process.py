"""Calling the server from within: an httpx transport that needs no socket.

httpx has one too, but it collects an answer however long it is and however long it takes. A
prediction may stream for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import anyio
import httpx

from outpost_server.router.asgi import ASGIApp, Message, Scope

MAX_ANSWER_BYTES = 64 * 1024 * 1024
ANSWER_TIMEOUT_S = 60.0
# For an application that has been told that nobody listens any more.
ENDING_PATIENCE_S = 5.0
# An application that is faster than its reader waits.
PARTS_AHEAD = 16


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
        async with self.begin(request) as coming:
            content = b"".join([part async for part in coming.parts()])
            return httpx.Response(
                coming.status,
                headers=coming.headers,
                content=content,
                extensions={"is_cut": not coming.is_complete},
                request=request,
            )

    @contextlib.asynccontextmanager
    async def begin(self, request: httpx.Request) -> AsyncIterator[ComingAnswer]:
        """Send a request; give the answer once it has begun. Leaving the block leaves the answer.

        Raises:
            httpx.ReadTimeout: the answer did not begin in time.
        """
        assert isinstance(request.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in request.stream])
        coming = ComingAnswer(body, self._max_bytes)
        leaving = asyncio.get_running_loop().call_later(self._timeout_s, coming.leave)
        call = asyncio.ensure_future(self._app(_scope(request), coming.receive, coming.send))
        call.add_done_callback(lambda _: coming.end())
        patience_s = ENDING_PATIENCE_S
        try:
            await coming.has_begun.wait()
            if call.done():
                call.result()  # what it raised
            if not coming.status:
                message = f"No answer within {self._timeout_s:g} s."
                raise httpx.ReadTimeout(message, request=request)
            yield coming
        except (asyncio.CancelledError, GeneratorExit):
            patience_s = 0
            raise
        finally:
            leaving.cancel()
            coming.close()
            try:
                await asyncio.wait({call}, timeout=patience_s)
            finally:
                call.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await call


class ComingAnswer:
    """An answer while it comes, and the two callables that an application is given for it.

    In the end it ``is_complete``; or it ``is_broken``, where the application has ended without an
    end of the answer; or it was left.
    """

    def __init__(self, body: bytes, max_bytes: int) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_complete = False
        self.is_broken = False
        self.has_begun = asyncio.Event()
        self._request_body: bytes | None = body
        self._room = max_bytes
        self._left = asyncio.Event()
        self._sending, self._reading = anyio.create_memory_object_stream[bytes](PARTS_AHEAD)

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield what comes, until the answer ends or there has been enough of it."""
        async for part in self._reading:
            kept, self._room = part[: self._room], self._room - len(part)
            yield kept
            if self._room < 0:
                self.is_complete = False
                self.leave()
                return

    def end(self) -> None:
        """Take note that the application has ended."""
        self.is_broken = not self.is_complete and not self._left.is_set()
        self.leave()

    def leave(self) -> None:
        """Listen no longer. What has come already can still be read."""
        self._left.set()
        self._sending.close()
        self.has_begun.set()

    def close(self) -> None:
        """Listen no longer, and read no longer."""
        self.leave()
        self._reading.close()

    async def receive(self) -> Message:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            # The length may be that of more than is read.
            dropped = (b"content-encoding", b"content-length")
            self.headers = [pair for pair in message["headers"] if pair[0].lower() not in dropped]
            self.has_begun.set()
        elif self._left.is_set():
            # Others go on meanwhile, and it can be ended, if it never waits for anything else.
            await asyncio.sleep(0)
        else:
            self.is_complete = not message.get("more_body")
            part = message.get("body", b"")
            if part:
                with contextlib.suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
                    await self._sending.send(part)


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
