"""A local Outpost in mixed use for a long time: ``python -m tests.benchmarks.local_outpost.soak``.

In each cycle clients of changing number ask for predictions, endpoints are created, deployed,
broken and deleted, replicas are killed and clients leave early. Then all is left alone until every
endpoint sleeps, and the server is looked at: its processes, descriptors, files and memory have to
be those of the beginning. Exit code 0 when they are, after ``--minutes``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from outpostkit.local import LocalOutpost
from tests.process_tree import descendants

from .deployed import Deployed, connect, deploy, replicas, status_kib, wait_until

TEMPLATE = """
import asyncio, os, subprocess, sys, tempfile

class Bench:
    def __init__(self):
        # What it leaves behind is for the server to clear away.
        sleep = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
        self.child = subprocess.Popen(sleep, start_new_session=True)
        open("left-behind", "w").write("x" * 100_000)

    async def predict(self, value: dict) -> dict:
        await asyncio.sleep(value.get("seconds", 0))
        if value.get("die"):
            os._exit(3)
        print("predicted", len(str(value)))
        return {"text": "x" * value.get("size", 10)}
"""
BROKEN = (
    "class Bench:\n    def predict(self:\n",
    "class Bench:\n    def __init__(self): 1 / 0\n    def predict(self): pass\n",
    "import os\nos._exit(7)\n",
    "class Other:\n    pass\n",
)
SCALING = {"min": 0, "max": 3, "scaledownPeriod": 2, "targetPendingRequests": 2}
ENDPOINTS = 4
MOST_CLIENTS = 8
WARM_UP = 3
# The processes that a server keeps: what replicas are forked from, and what reads their templates.
KEPT = ("zygote", "reader")
# What may be more than at the beginning: connections of the one who looks, and of the allocator.
MORE_DESCRIPTORS = 4
MORE_MEMORY = 0.05


@dataclass(frozen=True)
class Look:
    """A server at rest. Memory in KiB; ``strays`` are processes besides those that it keeps."""

    memory: int
    zygote_memory: int
    descriptors: int
    strays: int
    files: int
    temporary: int


class Work:
    """One cycle of mixed use."""

    def __init__(self, outpost: LocalOutpost, endpoints: list[Deployed], seed: str) -> None:
        self._outpost = outpost
        self._endpoints = endpoints
        self._random = random.Random(seed)
        self._seed = seed
        self._is_over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []

    def run(self, seconds: float) -> None:
        clients = self._random.randint(1, MOST_CLIENTS)
        jobs: list[Callable[[httpx.Client, random.Random], None]] = [self._predict] * clients
        jobs += [self._deploy, self._come_and_go, self._leave_early, self._kill, self._read]
        threads = [
            threading.Thread(target=self._repeat, args=(job, f"{self._seed}-{number}"))
            for number, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._is_over.set()
        for thread in threads:
            thread.join()

    def _repeat(self, job: Callable[[httpx.Client, random.Random], None], seed: str) -> None:
        chance = random.Random(seed)
        with connect(self._outpost) as http:
            while not self._is_over.is_set():
                try:
                    job(http, chance)
                except Exception as error:
                    self.problems.append(f"{job.__name__}: {type(error).__name__}: {error}")
                    return

    def _predict(self, http: httpx.Client, chance: random.Random) -> None:
        value = {
            "seconds": chance.choice((0, 0, 0.01, 0.2)),
            "size": chance.choice((1, 1000, 1_000_000)),
            "die": chance.random() < 0.002,
        }
        try:
            answer = http.post(chance.choice(self._endpoints).url, json=value)
        except httpx.RemoteProtocolError:
            # Its replica was killed within the answer, which must not look like a whole one.
            self.counts["cut short"] += 1
            return
        self.counts[f"predicted {answer.status_code}"] += 1
        if answer.status_code not in (200, 502, 503):
            self.problems.append(f"a prediction was answered {answer.status_code}: {answer.text}")
        # Each client has its own speed, and is away now and then.
        self._is_over.wait(2 if chance.random() < 0.01 else chance.random() / 20)

    def _deploy(self, http: httpx.Client, chance: random.Random) -> None:
        path = f"/endpoints/local/{chance.choice(self._endpoints).name}/deployments"
        answer = http.post(path, json={"wakeup": chance.random() < 0.5})
        self.counts[f"deployed {answer.status_code}"] += 1
        self._is_over.wait(chance.uniform(0.5, 3))

    def _come_and_go(self, http: httpx.Client, chance: random.Random) -> None:
        name = f"passing-{chance.getrandbits(40):x}"
        template = chance.choice((TEMPLATE, *BROKEN))
        metadata = {
            "name": name,
            "customTemplateConfig": {"className": "Bench"},
            "replicaScalingConfig": SCALING,
        }
        http.post(
            "/endpoints/local",
            data={"metadata": json.dumps(metadata)},
            files={"template": template.encode()},
        ).raise_for_status()
        path = f"/endpoints/local/{name}"
        http.post(f"{path}/deployments").raise_for_status()
        self._is_over.wait(chance.uniform(0, 1))
        self.counts[f"deleted {http.delete(path).status_code}"] += 1

    def _leave_early(self, http: httpx.Client, chance: random.Random) -> None:
        url = chance.choice(self._endpoints).url
        try:
            http.post(url, json={"seconds": 5}, timeout=chance.uniform(0.01, 0.5))
        except httpx.TimeoutException:
            self.counts["left early"] += 1
        self._is_over.wait(0.2)

    def _kill(self, http: httpx.Client, chance: random.Random) -> None:
        self._is_over.wait(chance.uniform(2, 8))
        running = sorted(replicas(self._outpost))
        if running:
            try:
                os.kill(chance.choice(running), signal.SIGKILL)
            except ProcessLookupError:
                return
            self.counts["killed"] += 1

    def _read(self, http: httpx.Client, chance: random.Random) -> None:
        endpoint = chance.choice(self._endpoints)
        http.get(f"/endpoints/local/{endpoint.name}/logs").raise_for_status()
        http.get("/endpoints/local").raise_for_status()
        http.get(http.base_url.join("/metrics")).raise_for_status()
        self.counts["read"] += 1
        self._is_over.wait(1)


def look(outpost: LocalOutpost, endpoints: list[Deployed]) -> Look:
    """Wait until every endpoint sleeps, and look."""
    for endpoint in endpoints:
        wait_until(
            lambda one=endpoint: one.status() in ("scaled_to_zero", "failed"),  # type: ignore[misc]  # a lambda with a default
            f"{endpoint.name} does not fall asleep",
            90,
        )
    run = outpost.data_folder / "run"
    wait_until(lambda: not any(run.glob("*")), "folders of replicas are left")
    with suppress(AssertionError):  # what stays is found below
        wait_until(lambda: len(descendants(outpost.pid)) == len(KEPT), "processes are left")
    time.sleep(1)
    # In the order in which they were started.
    (zygote, _, *strays) = sorted(descendants(outpost.pid))
    return Look(
        status_kib(outpost.pid, "VmRSS"),
        status_kib(zygote, "VmRSS"),
        len(os.listdir(f"/proc/{outpost.pid}/fd")),
        len(strays),
        sum(1 for path in run.rglob("*")),
        sum(1 for path in outpost.data_folder.rglob("*.partial")),
    )


def judge(looks: list[Look]) -> list[str]:
    """Return what is not as it was at the beginning."""
    first, last = looks[min(WARM_UP, len(looks) - 1)], looks[-1]
    problems = []
    for what in ("strays", "files", "temporary"):
        if getattr(last, what) > 0:
            problems.append(f"{what}: {getattr(last, what)} left")
    if last.descriptors > first.descriptors + MORE_DESCRIPTORS:
        problems.append(f"descriptors: {first.descriptors} became {last.descriptors}")
    for what in ("memory", "zygote_memory"):
        before, after = getattr(first, what), getattr(last, what)
        if after > before * (1 + MORE_MEMORY):
            problems.append(f"{what}: {before} KiB became {after} KiB")
    return problems


def soak(minutes: float, cycle_s: float, seed: int) -> list[str]:
    """Return what is wrong after ``minutes`` of cycles of ``cycle_s`` seconds of work."""
    end_at = time.monotonic() + minutes * 60
    counts: Counter[str] = Counter()
    problems: list[str] = []
    looks: list[Look] = []
    with tempfile.TemporaryDirectory(prefix="outpost-soak-") as folder:
        outpost = LocalOutpost(data_folder=folder, queue_timeout_s=30)
        with outpost, connect(outpost) as http:
            endpoints = [
                deploy(http, f"soak-{number}", TEMPLATE, scaling=SCALING)
                for number in range(ENDPOINTS)
            ]
            while time.monotonic() < end_at or not looks:
                work = Work(outpost, endpoints, f"{seed}-{len(looks)}")
                work.run(cycle_s)
                counts += work.counts
                problems += work.problems
                looks.append(look(outpost, endpoints))
                print(f"cycle {len(looks)}: {looks[-1]}", flush=True)
            family = descendants(outpost.pid)
        problems += [f"process {pid} is left" for pid in family if Path(f"/proc/{pid}").exists()]
    for name, count in sorted(counts.items()):
        print(f"  {name:<20} {count:>8}")
    return problems + judge(looks)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.local_outpost.soak")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--cycle", type=float, default=40, help="seconds of work in each cycle")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    problems = soak(options.minutes, options.cycle, options.seed)
    print("\n".join(["", *problems]) if problems else "\nnothing is left, nothing has grown")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
