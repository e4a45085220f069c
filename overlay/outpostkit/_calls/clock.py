"""What the time of calls is measured with, and how a pause passes."""

import time


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
