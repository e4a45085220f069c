"""How many requests an endpoint has pending, now and at the busiest moment of a period."""

from __future__ import annotations

from collections import deque


class Load:
    """Counts pending requests. Times are seconds of any clock that does not go back."""

    def __init__(self) -> None:
        self.pending = 0
        # (until when, how many): what was pending until a moment at which the number fell. Each
        # is smaller than the one before it, as a smaller number that ended earlier can never be
        # the peak again.
        self._past: deque[tuple[float, int]] = deque()

    def begin(self) -> None:
        self.pending += 1

    def end(self, now: float) -> None:
        self._remember(now, self.pending)
        self.pending -= 1

    def touch(self, now: float) -> None:
        """Count as if a request had ended now."""
        self._remember(now, max(self.pending, 1))

    def peak(self, now: float, period: float) -> int:
        """Return the most requests pending at once in the last ``period`` seconds."""
        while self._past and self._past[0][0] <= now - period:
            self._past.popleft()
        return max(self.pending, self._past[0][1] if self._past else 0)

    def _remember(self, until: float, count: int) -> None:
        while self._past and self._past[-1][1] <= count:
            self._past.pop()
        self._past.append((until, count))
