"""The body of a request on its way through, and noticing that the client has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from .asgi import Receive


class ClientGone(Exception):
    """The client closed its connection before its answer was complete."""


class RequestBody:
    """A request body that is read only as fast as it is passed on.

    As a context manager it cancels what happens inside when the client goes away, and turns that
    into :class:`ClientGone`. While parts of the body are still to come, only reading them shows
    that.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._first = b""
        self._is_whole = False
        self._is_gone = False
        self._is_taken = False
        self._watcher: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None

    async def __aenter__(self) -> RequestBody:
        self._task = asyncio.current_task()
        self._first, self._is_whole = await self._next()
        if self._is_whole:
            self._watch()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        if self._is_gone and isinstance(error, asyncio.CancelledError):
            assert self._task is not None
            if self._task.uncancel() == 0:
                raise ClientGone from None

    @property
    def can_be_sent_again(self) -> bool:
        return self._is_whole or not self._is_taken

    def content(self) -> bytes | AsyncIterator[bytes] | None:
        """Return the whole body when it is here already, else an iterator over its parts."""
        if self._is_whole:
            return self._first or None
        return self._parts()

    async def _parts(self) -> AsyncIterator[bytes]:
        self._is_taken = True
        yield self._first
        is_last = False
        while not is_last:
            part, is_last = await self._next()
            if part:
                yield part
        self._watch()

    async def _next(self) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_gone = True
            raise ClientGone
        return message.get("body", b""), not message.get("more_body", False)

    def _watch(self) -> None:
        self._watcher = asyncio.create_task(self._cancel_when_gone())

    async def _cancel_when_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        assert self._task is not None
        self._is_gone = True
        self._task.cancel()
