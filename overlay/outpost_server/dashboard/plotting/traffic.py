"""Latency and replicas of every endpoint in the last minutes, for the plots of the dashboard.

The router tells of each request that is over; numbers are kept in memory only. Percentiles come
from counts in bins of 5 % width, so that the memory of an endpoint stays bounded whatever its load.
"""

from __future__ import annotations

import asyncio
import math
import time
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from outpost_server.router.finished import FinishedRequest
from outpost_server.serving.fleet import Fleet

WINDOW_S = 15 * 60
PERIOD_S = 15
PERIODS = WINDOW_S // PERIOD_S
SAMPLE_INTERVAL_S = 1.0
MAX_CHANGES = 2000
MAX_ENDPOINTS = 1000
BIN_WIDTH = math.log(1.05)
FASTEST_S = 1e-5
EMPTY_BIN = array("I", [0])


@dataclass(slots=True)
class Period:
    """The requests whose answers ended within one period.

    ``counts`` has one number for each bin, from that of the fastest request on.
    """

    number: int
    requests: int = 0
    failures: int = 0
    fastest_bin: int = 0
    counts: array[int] = field(default_factory=lambda: array("I"))

    def add(self, status: int, taken_s: float) -> None:
        self.requests += 1
        self.failures += status >= 500
        position = math.floor(math.log(max(taken_s, FASTEST_S)) / BIN_WIDTH)
        if not self.counts:
            self.fastest_bin = position
        before = self.fastest_bin - position
        if before > 0:
            self.counts = EMPTY_BIN * before + self.counts
            self.fastest_bin = position
        after = position - self.fastest_bin - len(self.counts) + 1
        if after > 0:
            self.counts += EMPTY_BIN * after
        self.counts[position - self.fastest_bin] += 1

    def percentile_s(self, percent: float) -> float:
        """Return how long ``percent`` of the requests took at most, within 5 %."""
        wanted = math.ceil(self.requests * percent / 100)
        for position, count in enumerate(self.counts, self.fastest_bin):
            wanted -= count
            if wanted <= 0:
                return math.exp((position + 1) * BIN_WIDTH)
        return 0.0


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many replicas an endpoint has."""

    ready: int = 0
    starting: int = 0


#: One object for all times that an endpoint has had as many: few numbers come again and again.
_replicas = lru_cache(maxsize=256)(Replicas)


@dataclass(frozen=True)
class ReplicaFigures:
    """A ready replica now. Memory is in bytes, None where nobody knows or nothing limits it."""

    replica_id: str
    ready_s: float
    pending: int
    memory_bytes: int | None
    may_use_bytes: int | None


class EndpointTraffic:
    """What is kept of one endpoint. Times are seconds of a clock that does not go back."""

    def __init__(self) -> None:
        self._periods: deque[Period] = deque(maxlen=PERIODS)
        self._changes: deque[tuple[float, Replicas]] = deque(maxlen=MAX_CHANGES)

    def answered(self, now: float, status: int, taken_s: float) -> None:
        """Count one request."""
        number = int(now // PERIOD_S)
        if not self._periods or self._periods[-1].number != number:
            self._periods.append(Period(number))
        self._periods[-1].add(status, taken_s)

    def sampled(self, now: float, replicas: Replicas) -> None:
        """Note how many replicas there are; only changes within the window are kept."""
        if not self._changes or self._changes[-1][1] != replicas:
            self._changes.append((now, replicas))
            self._forget_changes(now)

    def periods(self, now: float) -> list[Period]:
        """Return the periods of the window in which there were requests, oldest first."""
        since = int(now // PERIOD_S) - PERIODS
        return [period for period in self._periods if period.number > since]

    def changes(self, now: float) -> list[tuple[float, Replicas]]:
        """Return what was known at the window's beginning and each change since, oldest first."""
        self._forget_changes(now)
        return list(self._changes)

    def _forget_changes(self, now: float) -> None:
        while len(self._changes) > 1 and self._changes[1][0] <= now - WINDOW_S:
            self._changes.popleft()


class Traffic:
    """The endpoints that had requests or were looked at, the latest ``MAX_ENDPOINTS`` of them."""

    def __init__(self, fleet: Fleet, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._fleet = fleet
        self._by_id: OrderedDict[str, EndpointTraffic] = OrderedDict()
        self._sampling: asyncio.Task[None] | None = None

    def of(self, endpoint_id: str) -> EndpointTraffic:
        """Return what is known of an endpoint, and go on watching it."""
        found = self._by_id.get(endpoint_id)
        if found is None:
            found = self._by_id[endpoint_id] = EndpointTraffic()
            if len(self._by_id) > MAX_ENDPOINTS:
                self._by_id.popitem(last=False)
        self._by_id.move_to_end(endpoint_id)
        found.sampled(self.clock(), self.replicas(endpoint_id))
        if self._sampling is None or self._sampling.done():
            self._sampling = asyncio.create_task(self._sample_forever())
        return found

    def replicas(self, endpoint_id: str) -> Replicas:
        """Return the replicas of an endpoint now."""
        runtime = self._fleet.by_id(endpoint_id)
        if runtime is None or runtime.serving is None:
            return _replicas(0, 0)
        return _replicas(len(runtime.serving.ready), runtime.serving.starting)

    async def figures(self, endpoint_id: str) -> list[ReplicaFigures]:
        """Return what each ready replica of an endpoint has now, the oldest first."""
        runtime = self._fleet.by_id(endpoint_id)
        if runtime is None or runtime.serving is None:
            return []
        ready = list(runtime.serving.ready)
        may_use = runtime.serving.revision.hardware.on_this_machine().memory_bytes
        # In a thread: what a replica has started is looked at process by process.
        used = await asyncio.to_thread(lambda: [live.replica.memory_bytes() for live in ready])
        now = time.monotonic()
        return [
            ReplicaFigures(
                live.replica.replica_id, now - live.ready_since, live.pending, memory, may_use
            )
            for live, memory in zip(ready, used, strict=True)
        ]

    def median_s(self, endpoint_id: str) -> float | None:
        """Return the latency of the last requests, None when there were none."""
        found = self._by_id.get(endpoint_id)
        periods = [] if found is None else found.periods(self.clock())
        return periods[-1].percentile_s(50) if periods else None

    def note(self, request: FinishedRequest) -> None:
        """Count a prediction. Where the client left before its answer began, nobody has failed."""
        # The page of an endpoint asks for its document itself.
        if not request.is_healthcheck and not request.path.endswith("/openapi.json"):
            endpoint = self.of(request.endpoint_id)
            if request.is_answered:
                endpoint.answered(self.clock(), request.status, request.took_s)

    async def _sample_forever(self) -> None:
        while True:
            for endpoint_id, endpoint in list(self._by_id.items()):
                if self._fleet.by_id(endpoint_id) is None:
                    del self._by_id[endpoint_id]
                else:
                    endpoint.sampled(self.clock(), self.replicas(endpoint_id))
            await asyncio.sleep(SAMPLE_INTERVAL_S)
