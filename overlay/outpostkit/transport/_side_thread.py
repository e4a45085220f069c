"""A thread for something that may never end; whoever stops waiting leaves it to itself.

Nothing can interrupt a thread that waits for a name server or for a pipe. Threads of pools would
then be waited for when the event loop, or the program, ends; these are not.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, Generic, List, Optional, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


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
        TimeoutError: it took longer.
    """
    done = threading.Event()
    side = SideThread(do, done.set)
    if not done.wait(timeout_s):
        raise TimeoutError(f"not done within {timeout_s} s")
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
