"""How many requests a caller may send: a bucket per caller that fills at a steady rate."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

# Callers beyond these are forgotten, the longest silent ones first: a flood of made-up tokens must
# not fill the memory.
MAX_CALLERS = 10_000


class RateLimit:
    """Allows ``per_minute`` requests a minute, and as many at once after a minute of silence."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, caller: str) -> float:
        """Return 0 for a request that may go on, else the seconds until one may."""
        now = self._clock()
        full = float(self._per_minute)
        left, seen = self._buckets.pop(caller, (full, now))
        left = min(full, left + (now - seen) * full / 60)
        may_go_on = left >= 1
        self._buckets[caller] = (left - 1 if may_go_on else left, now)
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if may_go_on else (1 - left) * 60 / full
