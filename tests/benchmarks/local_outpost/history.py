"""A server with a long past: what others wait for while somebody reads all of its logs.

The past is written straight into the store and into files, in the forms in which a server writes
them: to make 20,000 deployments would take hours. It is that of a server of before there was a list
of the files of settled logs, so the first start has that to make, too.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median

import httpx

from outpostkit.local import LocalOutpost

from .deployed import Bar, connect, show, status_kib, wait_until

TEMPLATE = b"class Bench:\n    def predict(self) -> int:\n        return 1\n"
ENDPOINTS = 200
BAR_MS = 100
CALLS = 50
DAY_NS = 86_400 * 1_000_000_000
STEP_NS = 1_000_000_000
KEEP_ALL = 1_000_000
OLD = "/endpoints/local/endpoint-0"
OTHER = "/endpoints/local/endpoint-1"


def measure(deployments: int, log_mib: int) -> bool:
    """Return whether every call is below its bar, also at worst, while all old logs are read."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        with LocalOutpost(data_folder=data) as outpost, connect(outpost) as http:
            for number in range(ENDPOINTS):
                _create(http, f"endpoint-{number}")
        begin_ns = time.time_ns() - DAY_NS - deployments * STEP_NS
        _write_past(data, deployments, log_mib * 1024 * 1024 // deployments, begin_ns)
        began_at = time.perf_counter()
        # Nothing is removed: this is what a server has that was told to keep all.
        with LocalOutpost(
            data_folder=data, keep_deployments=KEEP_ALL, keep_logs_mb=KEEP_ALL
        ) as outpost:
            start_s = time.perf_counter() - began_at
            meanwhile = _called(outpost, {"status, while old logs are listed": f"{OTHER}/status"})
            wait_until(lambda: not _unsettled(data), "the old logs are not listed")
            listed_s = time.perf_counter() - began_at
            with _everything_read(outpost) as lines_read:
                metrics = {"metrics": outpost.base_url.removesuffix("/v1") + "/metrics"}
                took = _called(outpost, {**_paths(deployments, begin_ns), **metrics})
                read = lines_read()
            memory = status_kib(outpost.pid, "VmHWM") / 1024
    bars = [
        Bar(
            f"{name}, median / worst",
            f"{median(times):.0f} / {max(times):.0f} ms",
            f"< {BAR_MS} ms",
            max(times) < BAR_MS,
        )
        for name, times in {**meanwhile, **took}.items()
    ]
    facts = {
        "start of the server": f"{start_s:.1f} s",
        "until it has listed the old logs": f"{listed_s:.1f} s",
        "lines read meanwhile": f"{read:,}",
        "memory of the server, at most": f"{memory:.0f} MiB",
    }
    title = f"{deployments:,} deployments, {log_mib} MiB of logs, {ENDPOINTS} endpoints"
    return show(title, bars, facts)


def _paths(deployments: int, begin_ns: int) -> dict[str, str]:
    """Return what is called, by what it is."""
    middle_ns = begin_ns + deployments // 2 * STEP_NS
    return {
        "list of endpoints": "/endpoints/local",
        "endpoint": OLD,
        "status": f"{OLD}/status",
        "deployments, newest": f"{OLD}/deployments",
        "deployments, oldest": f"{OLD}/deployments?sd=asc",
        "deployments, the last page": f"{OLD}/deployments?skip={deployments - 100}",
        "deployments, slowest first": f"{OLD}/deployments?sb=timeTakenS",
        "deployments, searched": f"{OLD}/deployments?q=d00000",
        "logs of another endpoint": f"{OTHER}/logs",
        "logs, of now": f"{OLD}/logs",
        "logs, newest page": f"{OLD}/logs?start=0",
        "logs, a page in the middle": f"{OLD}/logs?start=0&end={middle_ns}",
        "logs, oldest page": f"{OLD}/logs?start=0&end={begin_ns + 5 * STEP_NS}",
        "logs, of a kind that has none": f"{OLD}/logs?start=0&logType=event",
        "logs, of an old deployment": f"{OLD}/logs?start=0&depId={_id(deployments // 2)}",
        "logs, a step of following": f"{OLD}/logs?start={time.time_ns()}",
    }


def _called(outpost: LocalOutpost, paths: dict[str, str]) -> dict[str, list[float]]:
    """Return how long each call took, in ms."""
    with connect(outpost) as http:
        return {name: [_took_ms(http, path) for _ in range(CALLS)] for name, path in paths.items()}


def _took_ms(http: httpx.Client, path: str) -> float:
    began_at = time.perf_counter()
    http.get(path).raise_for_status()
    return (time.perf_counter() - began_at) * 1000


@contextmanager
def _everything_read(outpost: LocalOutpost) -> Iterator[Callable[[], int]]:
    """Read all old logs again and again, in another process; tells how many lines it has read."""
    context = get_context("spawn")
    is_over = context.Event()
    count = context.Value("q", 0)
    reader = context.Process(
        target=_read_everything, args=(outpost.base_url, outpost.api_token, is_over, count)
    )
    reader.start()
    try:
        wait_until(lambda: count.value > 0, "nothing is read")
        yield lambda: count.value
    finally:
        is_over.set()
        reader.join()


def _read_everything(base_url: str, token: str, is_over: Event, count: Synchronized[int]) -> None:
    """Count the lines as they come, page by page from the newest back to the oldest."""
    with connect(Server(base_url, token)) as http:
        end_ns = time.time_ns()
        while not is_over.is_set():
            page = {"start": "0", "end": str(end_ns), "limit": "10000"}
            lines = http.get(f"{OLD}/logs", params=page).raise_for_status().json()
            count.value += len(lines)
            end_ns = int(lines[0]["timestamp"]) if lines else time.time_ns()


@dataclass(frozen=True)
class Server:
    """Where the server is, for another process."""

    base_url: str
    api_token: str


def _create(http: httpx.Client, name: str) -> None:
    metadata = {"name": name, "customTemplateConfig": {"className": "Bench"}}
    http.post(
        "/endpoints/local",
        data={"metadata": json.dumps(metadata)},
        files={"template": ("template.py", TEMPLATE, "text/x-python")},
    ).raise_for_status()


def _id(number: int) -> str:
    return f"d{number:023}"


def _write_past(data: Path, deployments: int, log_bytes: int, begin_ns: int) -> None:
    """Write the rows and the logs of deployments of the first endpoint that serve no more."""
    with closing(sqlite3.connect(data / "outpost.db")) as store, store:
        query = "SELECT id, creator_id, config, created_at FROM endpoints WHERE name = 'endpoint-0'"
        endpoint_id, creator_id, config, at = store.execute(query).fetchone()
        store.executemany(
            "INSERT INTO deployments (id, endpoint_id, creator_id, status, wakeup, config,"
            " created_at, updated_at, concluded_at) VALUES (?, ?, ?, 'superseded', 1, ?, ?, ?, ?)",
            (
                (_id(number), endpoint_id, creator_id, config, at, at, at)
                for number in range(deployments)
            ),
        )
    for number in range(deployments):
        folder = data / "logs" / endpoint_id / _id(number)
        folder.mkdir(parents=True)
        at_ns = begin_ns + number * STEP_NS
        _write_log(folder / "dep.jsonl", at_ns, 500)
        _write_log(folder / "runtime.jsonl", at_ns, log_bytes - 500)


def _write_log(path: Path, at_ns: int, size: int) -> None:
    said = {
        "level": "INFO",
        "level_num": 20,
        "log_type": path.stem,
        "logger_name": "stdout",
        "message": "x" * 300,
        "kubernetes": {"pod_name": "endpoint-0-d000000-abcdefghij"},
    }
    line = json.dumps({"timestamp": str(at_ns), "data": said}, separators=(",", ":")) + "\n"
    path.write_text(line * max(1, size // len(line)))
    # As it was when it was written.
    os.utime(path, ns=(at_ns, at_ns))


def _unsettled(data: Path) -> int:
    with closing(sqlite3.connect(data / "outpost.db")) as store:
        query = "SELECT count(*) FROM deployments WHERE NOT are_logs_settled"
        return int(store.execute(query).fetchone()[0])
