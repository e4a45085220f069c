"""256 connections through the router, and straight to the worker for comparison."""

from __future__ import annotations

import threading
from statistics import median

import httpx

from outpostkit.local import LocalOutpost
from tests.benchmarks.http_load import Load, Outcome, run

from .deployed import Bar, connect, deploy, replicas, show, status_kib

TEMPLATE = """
class Bench:
    async def predict(self, value: dict) -> dict:
        return value
"""
CONNECTIONS = 256
ROUNDS = 9


def measure(seconds: float) -> bool:
    """Return whether nothing fails, the rate is high enough and the memory stays flat."""
    # A replica that is isolated takes connections of its server only.
    with LocalOutpost(isolation="off") as outpost, connect(outpost) as http:
        endpoint = deploy(http, "load", TEMPLATE)
        port = httpx.URL(endpoint.url).port or 80
        (replica_id,) = replicas(outpost).values()
        socket = str(outpost.data_folder / "run" / f"{replica_id}.sock")

        def routed(connections: int, for_s: float) -> Outcome:
            return run(Load(endpoint.path, outpost.api_token, connections, for_s, port=port))

        def straight(connections: int, for_s: float) -> Outcome:
            return run(Load("/predict", "", connections, for_s, socket=socket))

        # Short and many: what else the machine does then meets both sides alike.
        round_s = max(0.5, seconds / 20)
        idle = [(routed(1, 1).p50, straight(1, 1).p50) for _ in range(5)]
        rates = [
            (routed(CONNECTIONS, round_s).rate, straight(CONNECTIONS, round_s).rate)
            for _ in range(ROUNDS)
        ]
        with Memory(outpost.pid) as memory:
            outcome = routed(CONNECTIONS, seconds)
    ratio = median(through / directly for through, directly in rates)
    added_ms = median(through - directly for through, directly in idle) * 1000
    bars = [
        Bar("failures", str(outcome.failures), "0", outcome.failures == 0),
        Bar("rate, of the rate straight to the worker", f"{ratio:.2f}x", ">= 0.45x", ratio >= 0.45),
        Bar("p50 added, one connection", f"{added_ms:.2f} ms", "< 1 ms", added_ms < 1),
        Bar("memory grown, of the first quarter", f"{memory.growth:+.1%}", "< 5 %", memory.is_flat),
    ]
    facts = {
        "requests per second": f"{outcome.rate:,.0f}",
        "straight to the worker": f"{median(one for _, one in rates):,.0f}",
        "p50": f"{outcome.p50 * 1000:.1f} ms",
        "p99": f"{outcome.p99 * 1000:.1f} ms",
        "slowest": f"{outcome.slowest * 1000:.0f} ms",
        "requests": f"{sum(outcome.statuses.values()):,}",
    }
    return show(f"Load: {CONNECTIONS} connections, {seconds:g} s", bars, facts)


class Memory:
    """Looks at the memory of a process while something else happens."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._seen: list[int] = []
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.25):
            self._seen.append(status_kib(self._pid, "VmRSS"))

    @property
    def growth(self) -> float:
        """How much more the last quarter of the time had than the second eighth."""
        eighth = max(1, len(self._seen) // 8)
        return median(self._seen[-2 * eighth :]) / median(self._seen[eighth : 2 * eighth]) - 1

    @property
    def is_flat(self) -> bool:
        return self.growth < 0.05
