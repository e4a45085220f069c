"""Replicas killed at random under load: who notices, what they are told, when others are there."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from outpostkit.local import LocalOutpost
from tests.benchmarks.http_load import Load, Outcome, run

from .deployed import Bar, connect, deploy, figures, replicas, show, wait_until

TEMPLATE = """
import asyncio

class Bench:
    async def predict(self, value: dict) -> dict:
        await asyncio.sleep(0.02)
        return value
"""
CONNECTIONS = 32
REPLICAS = 3


@dataclass(frozen=True)
class Kill:
    """One replica that was killed, and how long another one took."""

    replica_id: str
    at: float
    replaced_s: float


def measure(kills: int, *, noticed_within_s: float = 0.1, replaced_within_s: float = 2.0) -> bool:
    """Return whether only requests on killed replicas failed, and others came in time.

    ``noticed_within_s`` lies between a kill and the server's noticing it.
    """
    chance = random.Random(1)
    done: list[Kill] = []
    outcomes: list[Outcome] = []
    with LocalOutpost() as outpost, connect(outpost) as http:
        endpoint = deploy(http, "killed", TEMPLATE, scaling={"min": REPLICAS, "max": REPLICAS})
        port = httpx.URL(endpoint.url).port or 80

        def ready() -> int:
            return figures(http)["local/killed"].ready

        wait_until(lambda: ready() == REPLICAS, "the replicas are not there")
        load = Load(endpoint.path, outpost.api_token, CONNECTIONS, kills * 2.0 + 2, port=port)
        sender = threading.Thread(target=lambda: outcomes.append(run(load)))
        sender.start()
        time.sleep(1)
        while len(done) < kills and sender.is_alive():
            time.sleep(chance.uniform(0.2, 1.2))
            pid, replica_id = chance.choice(sorted(replicas(outpost).items()))
            at = time.time()
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda gone=pid: gone not in replicas(outpost), "it is still there")  # type: ignore[misc]  # a lambda with a default
            wait_until(lambda: ready() == REPLICAS, "no other replica came")
            done.append(Kill(replica_id, at, time.time() - at))
        sender.join()
        time.sleep(0.5)
        (log,) = outpost.data_folder.glob("logs/*/access.jsonl")
        lines = [json.loads(line) for line in log.read_text().splitlines()]
    failed = [line for line in lines if line["data"]["status"] != 200]
    strangers = [line for line in failed if not _was_in_flight(line, done, noticed_within_s)]
    statuses = Counter(line["data"]["status"] for line in failed)
    slowest = max(one.replaced_s for one in done)
    (outcome,) = outcomes
    bars = [
        Bar("kills", str(len(done)), f"{kills}", len(done) == kills),
        Bar("failed, not in flight on a killed replica", str(len(strangers)), "0", not strangers),
        Bar("statuses of failures", _text(statuses), "502, 503", statuses.keys() <= {502, 503}),
        Bar("connections broken", str(outcome.broken), "0", outcome.broken == 0),
        Bar(
            "slowest replacement",
            f"{slowest:.2f} s",
            f"< {replaced_within_s:g} s",
            slowest < replaced_within_s,
        ),
    ]
    facts = {
        "requests": f"{sum(outcome.statuses.values()):,}",
        "failed per kill": f"{len(failed) / len(done):.1f}",
        "connections per replica": f"{CONNECTIONS / REPLICAS:.1f}",
    }
    return show(f"Killing replicas: {kills} times under {CONNECTIONS} connections", bars, facts)


def _was_in_flight(line: dict[str, Any], kills: list[Kill], noticed_within_s: float) -> bool:
    """Whether a request was on a replica that was killed before it was answered."""
    ended_at = int(line["timestamp"]) / 1e9
    began_at = ended_at - line["data"]["latency_ms"] / 1000
    return any(
        kill.replica_id == line["data"]["replica"] and began_at <= kill.at + noticed_within_s
        for kill in kills
    )


def _text(statuses: Counter[int]) -> str:
    return " ".join(f"{status}:{count}" for status, count in sorted(statuses.items())) or "none"
