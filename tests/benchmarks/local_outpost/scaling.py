"""Ten endpoints under a load that goes up in steps and ends: do their replicas follow the rule?"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import httpx

from outpost_server.keeping.store.records import Scaling
from outpost_server.serving.autoscaler import desired_replicas
from outpostkit.local import LocalOutpost

from .deployed import Bar, Deployed, connect, deploy, figures, show

TEMPLATE = """
import asyncio

class Bench:
    async def predict(self) -> int:
        await asyncio.sleep(0.3)
        return 1
"""
ENDPOINTS = 10
SCALING = Scaling(min=0, max=3, scaledown_period=3, target_pending_requests=2)
# How many requests each endpoint has pending in each step. After a step down the peak of the step
# before counts for one more period.
STEPS = (0, 1, 3, 6, 8, 2, 0)


@dataclass(frozen=True)
class Look:
    """The endpoints together at one moment."""

    at: float
    pending: int
    replicas: int


def measure(step_s: float) -> bool:
    """Return whether at the end of each step every endpoint has what the rule asks for."""
    with LocalOutpost() as outpost, connect(outpost) as http:
        scaling = {
            "min": SCALING.min,
            "max": SCALING.max,
            "scaledownPeriod": SCALING.scaledown_period,
            "targetPendingRequests": SCALING.target_pending_requests,
        }
        endpoints = [
            deploy(http, f"scaled-{n}", TEMPLATE, scaling=scaling) for n in range(ENDPOINTS)
        ]
        for endpoint in endpoints:
            endpoint.wait("scaled_to_zero")
        began_at = time.monotonic()
        looks: list[Look] = []
        wrong = failed = 0
        for pending in STEPS:
            with Step(endpoints, pending) as step:
                end_at = time.monotonic() + step_s + SCALING.scaledown_period
                while time.monotonic() < end_at:
                    looks.append(_look(http, began_at))
                    time.sleep(0.25)
                found = [one.ready for one in figures(http).values()]
            failed += step.failed
            wanted = desired_replicas(pending, SCALING)
            wrong += sum(one != wanted for one in found)
            print(f"  {pending} pending each: {wanted} wanted each, {sum(found)} ready in all")
    _plot(looks)
    bars = [
        Bar("endpoints off the rule at the end of a step", str(wrong), "0", wrong == 0),
        Bar("failed requests", str(failed), "0", failed == 0),
        Bar("replicas left at the end", str(looks[-1].replicas), "0", looks[-1].replicas == 0),
    ]
    most = max(look.replicas for look in looks)
    return show(f"Scaling: {ENDPOINTS} endpoints, {len(STEPS)} steps", bars, {"most": most})


class Step:
    """Keeps ``pending`` requests pending at each endpoint until it is left."""

    def __init__(self, endpoints: list[Deployed], pending: int) -> None:
        self.failed = 0
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(endpoint,))
            for endpoint in endpoints
            for _ in range(pending)
        ]

    def __enter__(self) -> Step:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, endpoint: Deployed) -> None:
        # A connection of its own: one client for all would be the narrow place.
        with httpx.Client(headers=endpoint.http.headers, timeout=60, trust_env=False) as http:
            while not self._is_over.is_set():
                if http.post(endpoint.url).status_code != 200:
                    self.failed += 1


def _look(http: httpx.Client, began_at: float) -> Look:
    found = figures(http).values()
    return Look(
        time.monotonic() - began_at,
        sum(one.pending for one in found),
        sum(one.ready for one in found),
    )


def _plot(looks: list[Look]) -> None:
    """Print one line per second: ready replicas as a bar, pending requests as a point."""
    print("\n  second  ready #, pending .")
    shown = -1
    for look in looks:
        if int(look.at) > shown:
            shown = int(look.at)
            row = list("#" * look.replicas + " " * (ENDPOINTS * max(STEPS) + 1 - look.replicas))
            row[look.pending] = "."
            print(f"  {shown:6}  {''.join(row).rstrip()}")
