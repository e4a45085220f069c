"""How far a download is, in lines of the deployment log."""

from __future__ import annotations

import time

from outpost_server.models.model import Say

# So often the log is told.
INTERVAL_S = 2.0


class Progress:
    """Says every few seconds how much of a model has come: people and programs read the line."""

    def __init__(self, total: int, say: Say) -> None:
        self._total = total
        self._say = say
        self._next_at = 0.0

    def came(self, size: int) -> None:
        """Take note of how many bytes are there."""
        if time.monotonic() < self._next_at or size >= self._total:
            return
        self._next_at = time.monotonic() + INTERVAL_S
        self._tell(size)

    def complete(self) -> None:
        """Say that all of it has come."""
        self._tell(self._total)

    def _tell(self, size: int) -> None:
        percent = 100 * size // max(1, self._total)
        whole = megabytes(self._total)
        self._say(f"Fetching the model: {megabytes(size)} of {whole} MB ({percent} %)")


def megabytes(size: float) -> str:
    """Return bytes as millions, for people."""
    return f"{size / 1e6:,.0f}" if size >= 10e6 else f"{size / 1e6:.1f}"
