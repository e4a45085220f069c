"""From no replica to the first answer: forked from the zygote, and by a new interpreter."""

from __future__ import annotations

import time
from statistics import median

from outpostkit.local import LocalOutpost

from .deployed import Bar, Deployed, connect, deploy, show

TEMPLATE = "class Bench:\n    def predict(self) -> int:\n        return 1\n"
SLEEPY = {"min": 0, "max": 1, "scaledownPeriod": 1}


def measure(rounds: int) -> bool:
    """Return whether the medians of interleaved rounds are below their bars."""
    with LocalOutpost() as outpost, connect(outpost) as http:
        forked = deploy(http, "forked", TEMPLATE, scaling=SLEEPY)
        # What an interpreter reads when it starts cannot be given to a fork.
        spawned = deploy(http, "spawned", TEMPLATE, scaling=SLEEPY, secrets={"PYTHONHASHSEED": "0"})
        times = [(_wake(forked), _wake(spawned)) for _ in range(rounds)]
    by_fork, by_spawn = (median(column) * 1000 for column in zip(*times, strict=True))
    bars = [
        Bar("forked from the zygote, median", f"{by_fork:.0f} ms", "< 65 ms", by_fork < 65),
        Bar("spawned, median", f"{by_spawn:.0f} ms", "< 700 ms", by_spawn < 700),
    ]
    slowest = " / ".join(f"{max(column) * 1000:.0f}" for column in zip(*times, strict=True))
    return show(f"Cold start: {rounds} rounds", bars, {"slowest": f"{slowest} ms"})


def _wake(endpoint: Deployed) -> float:
    endpoint.wait("scaled_to_zero")
    began_at = time.perf_counter()
    answer = endpoint.http.post(endpoint.url)
    took_s = time.perf_counter() - began_at
    assert answer.status_code == 200, answer.text
    return took_s
