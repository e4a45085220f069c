"""Writing what comes in another thread, while the event loop waits for more."""

from typing import AsyncIterator, Callable, List, Optional

import anyio

from outpostkit.transport._threads import to_its_end

#: Bytes that may wait to be written before no more are taken from the network.
WAITING_BYTES = 4 * 1024 * 1024


async def write_all(pieces: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    """Write every piece, in order; also those that had come when the rest does not.

    What comes while something is written is written at once after it. Nothing waits in memory for
    more to come, so a program that is killed has not lost it.
    """
    writing = _Writing(write)
    failure: Optional[Exception] = None
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(writing.go_on, tasks.cancel_scope)
            # Kept, because the group would wrap it.
            try:
                async for piece in pieces:
                    await writing.take(piece)
            except Exception as error:
                failure = error
            writing.end()
    finally:
        with anyio.CancelScope(shield=True):
            await writing.write_rest()
    if failure is not None:
        raise failure


class _Writing:
    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._waiting: List[bytes] = []
        self._size = 0
        self._has_ended = False
        self._failure: Optional[Exception] = None
        self._has_news = anyio.Event()
        self._has_room = anyio.Event()

    async def take(self, piece: bytes) -> None:
        """Let a piece be written; wait while too many wait."""
        self._waiting.append(piece)
        self._size += len(piece)
        self._has_news.set()
        while self._size > WAITING_BYTES:
            self._has_room = anyio.Event()
            await self._has_room.wait()

    def end(self) -> None:
        """Say that there will be no more."""
        self._has_ended = True
        self._has_news.set()

    async def go_on(self, scope: anyio.CancelScope) -> None:
        """Write what comes until the end; a failure cancels whoever brings more."""
        try:
            while self._waiting or not self._has_ended:
                await self._has_news.wait()
                self._has_news = anyio.Event()
                await self._write_waiting()
        except Exception as error:
            self._failure = error
            scope.cancel()

    async def write_rest(self) -> None:
        """Write what a cancellation has left; raise what writing has failed with."""
        if self._failure is not None:
            raise self._failure
        await self._write_waiting()

    async def _write_waiting(self) -> None:
        data, self._size = b"".join(self._waiting), 0
        self._waiting.clear()
        self._has_room.set()
        if data:
            await to_its_end(lambda: self._write(data))
