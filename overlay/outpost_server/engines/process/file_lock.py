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
        self._is_told = False

    async def share(self, say: Say) -> None:
        """Return when nobody else owns it; they cannot until it is released."""
        while not self._take(fcntl.LOCK_SH):
            await self.yield_to_others(say)

    def try_to_own(self) -> bool:
        """Own it if nobody else has it in any way; else what was shared is given up."""
        if self._take(fcntl.LOCK_EX):
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return False

    async def yield_to_others(self, say: Say) -> None:
        """Wait a moment, and say so the first time."""
        if not self._is_told:
            say("Another server is building this environment. Waiting for it.")
            self._is_told = True
        # The system has no way to wait for a lock that could be cancelled.
        await asyncio.sleep(INTERVAL_S)

    def _take(self, mode: int) -> bool:
        try:
            fcntl.flock(self._file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give it up for good."""
        os.close(self._file)
