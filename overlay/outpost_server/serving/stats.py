"""What the requests of an endpoint have come to: counts since the server started."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

# Upper bounds in seconds; requests that took longer are in one more bucket.
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class EndpointStats:
    """Counts that only grow. ``latency`` is from the request's head to its answer's last byte."""

    def __init__(self) -> None:
        self.requests: Counter[int] = Counter()
        self.latency_buckets = [0] * (len(BUCKETS_S) + 1)
        self.latency_sum_s = 0.0
        self.cold_starts = 0

    def add(self, status: int, took_s: float) -> None:
        """Count one request by the status of its answer."""
        self.requests[status] += 1
        self.latency_buckets[bisect_left(BUCKETS_S, took_s)] += 1
        self.latency_sum_s += took_s
