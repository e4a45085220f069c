"""A lock that several servers on one machine respect, and that ends with its holder."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

from outpost_server.engines.engine import Say

INTERVAL_S = 0.2


class FileLock:
    """Shared by those who use what it stands for, owned by one who makes or removes it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    async def share(self, say: Say) -> None:
        """Return when nobody else owns it; they cannot until it is released."""
        await self._wait(fcntl.LOCK_SH, say)

    async def own(self, say: Say) -> None:
        """Return when nobody else has it at all. What was shared is given up meanwhile."""
        await self._wait(fcntl.LOCK_EX, say)

    def try_to_own(self) -> bool:
        """Own it if nobody else has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it up for good."""
        os.close(self._file)

    async def _wait(self, mode: int, say: Say) -> None:
        is_told = False
        while True:
            try:
                return fcntl.flock(self._file, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if not is_told:
                    say("Another server is building this environment. Waiting for it.")
                    is_told = True
            # The system has no way to wait for it that could be cancelled.
            await asyncio.sleep(INTERVAL_S)
