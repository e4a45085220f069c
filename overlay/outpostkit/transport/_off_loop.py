"""What would block the event loop, done in another thread; under asyncio and under Trio."""

from __future__ import annotations

import threading
from typing import AsyncIterator, Callable, Iterator, List, Optional, TypeVar

import anyio
import anyio.to_thread

from outpostkit.transport._side_thread import beside_the_loop

T = TypeVar("T")

#: Bytes that are read in one turn where that costs no waiting: a thread for each is then cheap.
TURN_BYTES = 256 * 1024


async def abandonable(do: Callable[[], T]) -> T:
    """Read something that may take for ever, and return it.

    Whoever stops waiting, cancelled or because the time is over, leaves the thread to itself.
    """
    if is_asyncio():
        return await beside_the_loop(do)
    return await anyio.to_thread.run_sync(do, abandon_on_cancel=True)


async def to_its_end(do: Callable[[], T]) -> T:
    """Do something with a file, and return what it gives; a cancellation waits until it is over.

    Whoever cleans up afterwards has the file for itself. anyio alone does not promise that: the
    cancellation of a task by asyncio itself passes by its shields.
    """
    taken = threading.Lock()
    over = threading.Event()

    def work() -> T:
        if not taken.acquire(blocking=False):
            raise RuntimeError("given up before it began")
        try:
            return do()
        finally:
            over.set()

    try:
        return await anyio.to_thread.run_sync(work)
    except BaseException:
        if not taken.acquire(blocking=False):  # else it will never begin
            await _until(over)
        raise


async def pieces_of(pieces: Iterator[bytes], *, is_at_hand: bool = False) -> AsyncIterator[bytes]:
    """Yield what a blocking iterator gives, waiting for it in another thread.

    Args:
        pieces: the iterator.
        is_at_hand: it comes from files on a disk, so that several pieces may be read in one turn;
            a pipe would let those wait that are there already.
    """

    def turn() -> Optional[bytes]:
        found: List[bytes] = []
        size = 0
        for piece in pieces:
            found.append(piece)
            size += len(piece)
            if not is_at_hand or size >= TURN_BYTES:
                break
        return b"".join(found) if len(found) > 1 else found[0] if found else None

    while True:
        piece = await abandonable(turn)
        if piece is None:
            return
        yield piece


def is_asyncio() -> bool:
    """Tell whether the loop that runs is one of asyncio."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _until(over: threading.Event) -> None:
    cancelled: Optional[BaseException] = None
    with anyio.CancelScope(shield=True):
        while not over.is_set():
            try:
                await anyio.to_thread.run_sync(over.wait)
            except BaseException as error:  # asyncio has cancelled it once more
                cancelled = error
    if cancelled is not None:
        raise cancelled
