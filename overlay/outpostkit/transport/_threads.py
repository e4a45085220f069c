"""What blocks, done in another thread: beside an event loop, or to stop waiting for it in time.

Nothing can interrupt a thread that waits for a name server or for a pipe. Whoever stops waiting for
something that may never end leaves it to itself. Threads of pools would then be waited for when the
event loop, or the program, ends; those of :class:`SideThread` are not.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import (
    TYPE_CHECKING,
    AsyncIterator,
    Callable,
    Generic,
    Iterator,
    List,
    Optional,
    TypeVar,
)

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

#: Bytes that are read in one turn where that costs no waiting: a thread for each is then cheap.
TURN_BYTES = 256 * 1024


class SideThread(Generic[T]):
    """Does something, and keeps what came of it."""

    def __init__(self, do: Callable[[], T], tell: Callable[[], object]) -> None:
        """Begin.

        Args:
            do: what is done.
            tell: is called in the thread when it is done.
        """
        self._do = do
        self._tell = tell
        self._values: List[T] = []
        self._error: Optional[BaseException] = None
        threading.Thread(target=self._work, name="outpostkit side thread", daemon=True).start()

    def _work(self) -> None:
        try:
            self._values.append(self._do())
        except BaseException as error:
            self._error = error
        self._tell()

    def result(self) -> T:
        """Return what came of it, or raise the error it ended in."""
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return self._values[0]


def within(timeout_s: float, do: Callable[[], T]) -> T:
    """Do something in a thread, and return what comes of it.

    Raises:
        socket.timeout: it took longer.
    """
    done = threading.Event()
    try:
        side = SideThread(do, done.set)
    except RuntimeError:  # the program ends, or may have no more threads
        return do()
    if not done.wait(timeout_s):
        raise socket.timeout("timed out")
    return side.result()


async def beside_the_loop(do: Callable[[], T]) -> T:
    """Do something in a thread while the asyncio loop goes on, and return what comes of it."""
    import asyncio  # which a program that never waits has no use for

    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_resolve, done)

    side = SideThread(do, tell)
    await done
    return side.result()


def _resolve(done: asyncio.Future[bool]) -> None:
    if not done.done():
        done.set_result(True)


async def abandonable(do: Callable[[], T]) -> T:
    """Read something that may take for ever, and return it.

    Whoever stops waiting, cancelled or because the time is over, leaves the thread to itself.
    """
    if is_asyncio():
        return await beside_the_loop(do)
    import anyio.to_thread

    return await anyio.to_thread.run_sync(do, abandon_on_cancel=True)


async def to_its_end(do: Callable[[], T]) -> T:
    """Do something with a file, and return what it gives; a cancellation waits until it is over.

    Whoever cleans up afterwards has the file for itself. anyio alone does not promise that: the
    cancellation of a task by asyncio itself passes by its shields.
    """
    import anyio.to_thread

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
    import anyio.to_thread

    cancelled: Optional[BaseException] = None
    with anyio.CancelScope(shield=True):
        while not over.is_set():
            try:
                await anyio.to_thread.run_sync(over.wait)
            except BaseException as error:  # asyncio has cancelled it once more
                cancelled = error
    if cancelled is not None:
        raise cancelled
