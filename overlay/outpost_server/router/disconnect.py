"""The body of a request on its way through, and noticing that the client has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from outpost_server.router.asgi import Receive, Scope

# Most answers have been sent by then, and watching costs more than the rest of a short request.
WATCH_AFTER_S = 0.05


class ClientGone(Exception):
    """The client closed its connection before its answer was complete."""


class RequestBody:
    """A request body that is read only as fast as it is passed on.

    As a context manager it cancels what happens inside when the client goes away, and turns that
    into :class:`ClientGone`. While parts of the body are still to come, only reading them shows
    that.
    """

    def __init__(self, receive: Receive) -> None:
        self.first = b""
        self.is_whole = False
        self.is_taken = False
        self._receive = receive
        self._is_gone = False
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None

    async def __aenter__(self) -> RequestBody:
        self._task = asyncio.current_task()
        self.first, self.is_whole = await self._next()
        if self.is_whole:
            self._watch()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._is_gone and isinstance(error, asyncio.CancelledError):
            assert self._task is not None
            if self._task.uncancel() == 0:
                raise ClientGone from None

    @property
    def can_be_sent_again(self) -> bool:
        return self.is_whole or not self.is_taken

    def length_line(self, scope: Scope) -> bytes:
        """Return the header line with the length of the body, b"" where it is not known."""
        if self.is_whole:
            if self.first or scope["method"] not in ("GET", "HEAD"):
                return b"content-length: %d\r\n" % len(self.first)
            return b""
        for name, value in scope["headers"]:
            if name == b"content-length":
                return b"content-length: %b\r\n" % value
        return b""

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield a body that is not here as a whole, part by part; none of them is empty."""
        self.is_taken = True
        part, is_last = self.first, False
        while True:
            if part:
                yield part
            if is_last:
                break
            part, is_last = await self._next()
        self._watch()

    async def _next(self) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_gone = True
            raise ClientGone
        return message.get("body", b""), not message.get("more_body", False)

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(WATCH_AFTER_S, self._start_watcher)

    def _start_watcher(self) -> None:
        self._watcher = asyncio.create_task(self._cancel_when_gone())

    async def _cancel_when_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        assert self._task is not None
        self._is_gone = True
        self._task.cancel()
