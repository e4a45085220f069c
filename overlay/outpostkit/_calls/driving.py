"""Driving a generator of steps, which decides what is done next, and the clock that it goes by."""

import time
from typing import Awaitable, Callable, Generator, TypeVar

Step = TypeVar("Step")
Reply = TypeVar("Reply")
Value = TypeVar("Value")


class Clock:
    """The clock of this machine."""

    #: Seconds that never go back.
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)

    @staticmethod
    async def sleep_async(seconds: float) -> None:
        """Let other tasks run for some seconds."""
        import anyio  # loads asyncio, which a program that never waits has no use for here

        await anyio.sleep(seconds)


def drive(
    steps: "Generator[Step, Reply, Value]",
    perform: Callable[[Step], Reply],
) -> Value:
    """Perform every step, reply with what that gave, and return the value at the end.

    What ``perform`` raises is thrown into the generator, which may clean up or go on.
    """
    try:
        step = next(steps)
        while True:
            try:
                reply = perform(step)
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as finished:
        value: Value = finished.value
        return value


async def drive_async(
    steps: "Generator[Step, Reply, Value]",
    perform: Callable[[Step], Awaitable[Reply]],
) -> Value:
    """Perform every step without blocking the event loop; see :func:`drive`."""
    try:
        step = next(steps)
        while True:
            try:
                reply = await perform(step)
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as finished:
        value: Value = finished.value
        return value
