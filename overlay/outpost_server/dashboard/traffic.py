"""Latency and replicas of every endpoint in the last minutes, for the plots of the dashboard.

They are counted where requests pass and are kept in memory only. Percentiles come from counts in
bins of 5 % width, so that the memory of an endpoint stays bounded whatever its load.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from outpost_server.router.app import HEALTHCHECK_PATH
from outpost_server.router.app import PREFIX as DOMAINS
from outpost_server.router.asgi import ASGIApp, Message, Receive, Scope, Send
from outpost_server.serving.fleet import Fleet

WINDOW_S = 15 * 60
PERIOD_S = 15
PERIODS = WINDOW_S // PERIOD_S
SAMPLE_INTERVAL_S = 1.0
MAX_CHANGES = 2000
MAX_ENDPOINTS = 1000
BIN_WIDTH = math.log(1.05)
FASTEST_S = 1e-5


@dataclass
class Period:
    """The requests whose answers ended within one period."""

    number: int
    requests: int = 0
    failures: int = 0
    bins: dict[int, int] = field(default_factory=dict)

    def add(self, status: int, taken_s: float) -> None:
        self.requests += 1
        self.failures += status >= 500
        position = math.floor(math.log(max(taken_s, FASTEST_S)) / BIN_WIDTH)
        self.bins[position] = self.bins.get(position, 0) + 1

    def percentile_s(self, percent: float) -> float:
        """Return how long ``percent`` of the requests took at most, within 5 %."""
        wanted = math.ceil(self.requests * percent / 100)
        for position in sorted(self.bins):
            wanted -= self.bins[position]
            if wanted <= 0:
                return math.exp((position + 1) * BIN_WIDTH)
        return 0.0


@dataclass(frozen=True)
class Replicas:
    """How many replicas an endpoint has."""

    ready: int = 0
    starting: int = 0


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
        """Note how many replicas there are; only changes are kept."""
        if not self._changes or self._changes[-1][1] != replicas:
            self._changes.append((now, replicas))

    def periods(self, now: float) -> list[Period]:
        """Return the periods of the window in which there were requests, oldest first."""
        since = int(now // PERIOD_S) - PERIODS
        return [period for period in self._periods if period.number > since]

    def changes(self, now: float) -> list[tuple[float, Replicas]]:
        """Return what was known at the window's beginning and each change since, oldest first."""
        since = now - WINDOW_S
        found = list(self._changes)
        while len(found) > 1 and found[1][0] <= since:
            found.pop(0)
        return found


class Traffic:
    """The endpoints that had requests or were looked at, the latest ``MAX_ENDPOINTS`` of them."""

    def __init__(self, fleet: Fleet, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._fleet = fleet
        self._by_slug: OrderedDict[str, EndpointTraffic] = OrderedDict()
        self._sampling: asyncio.Task[None] | None = None

    def of(self, slug: str) -> EndpointTraffic:
        """Return what is known of an endpoint, and go on watching it."""
        found = self._by_slug.get(slug)
        if found is None:
            found = self._by_slug[slug] = EndpointTraffic()
            if len(self._by_slug) > MAX_ENDPOINTS:
                self._by_slug.popitem(last=False)
        self._by_slug.move_to_end(slug)
        found.sampled(self.clock(), self.replicas(slug))
        if self._sampling is None or self._sampling.done():
            self._sampling = asyncio.create_task(self._sample_forever())
        return found

    def replicas(self, slug: str) -> Replicas:
        """Return the replicas of an endpoint now."""
        runtime = self._fleet.by_slug(slug)
        if runtime is None or runtime.serving is None:
            return Replicas()
        return Replicas(len(runtime.serving.ready), runtime.serving.starting)

    def median_s(self, slug: str) -> float | None:
        """Return the latency of the last requests, None when there were none."""
        found = self._by_slug.get(slug)
        periods = [] if found is None else found.periods(self.clock())
        return periods[-1].percentile_s(50) if periods else None

    def watching(self, router: ASGIApp) -> ASGIApp:
        """Return the router with every prediction counted."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            slug, _, path = scope["path"].removeprefix(DOMAINS).partition("/")
            if self._fleet.by_slug(slug) is None or f"/{path}" == HEALTHCHECK_PATH:
                return await router(scope, receive, send)
            status: int | None = None

            async def watched_send(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            endpoint = self.of(slug)
            began = self.clock()
            try:
                await router(scope, receive, watched_send)
            finally:
                # Without a status the client left before its answer began: nobody has failed.
                if status is not None:
                    now = self.clock()
                    endpoint.answered(now, status, now - began)

        return watched

    async def _sample_forever(self) -> None:
        while True:
            for slug, endpoint in list(self._by_slug.items()):
                if self._fleet.by_slug(slug) is None:
                    del self._by_slug[slug]
                else:
                    endpoint.sampled(self.clock(), self.replicas(slug))
            await asyncio.sleep(SAMPLE_INTERVAL_S)
