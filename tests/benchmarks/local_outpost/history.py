"""A server with a long past: what others wait for while somebody reads old logs."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import httpx

from outpostkit.local import LocalOutpost

from .deployed import Bar, connect, show

TEMPLATE = b"class Bench:\n    def predict(self) -> int:\n        return 1\n"
ENDPOINTS = 200
BAR_MS = 100
CALLS = 50
DAY_NS = 86_400 * 1_000_000_000
KEEP_ALL = 1_000_000


def measure(deployments: int, log_mib: int) -> bool:
    """Return whether list, status and logs are below their bars, in the median."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        with LocalOutpost(data_folder=data) as outpost, connect(outpost) as http:
            for number in range(ENDPOINTS):
                _create(http, f"endpoint-{number}")
        _write_past(data, deployments, log_mib * 1024 * 1024 // deployments)
        began_at = time.perf_counter()
        # Nothing is removed: this is what a server has that was told to keep all.
        with LocalOutpost(
            data_folder=data, keep_deployments=KEEP_ALL, keep_logs_mb=KEEP_ALL
        ) as outpost:
            start_s = time.perf_counter() - began_at
            took = _called(outpost)
    bars = [
        Bar(
            f"{name}, median / worst",
            f"{median(times):.0f} / {max(times):.0f} ms",
            f"< {BAR_MS} ms",
            median(times) < BAR_MS,
        )
        for name, times in took.items()
    ]
    title = f"{deployments:,} deployments, {log_mib} MiB of logs, {ENDPOINTS} endpoints"
    return show(title, bars, {"start of the server": f"{start_s:.1f} s"})


def _called(outpost: LocalOutpost) -> dict[str, list[float]]:
    """Return how long each call took, in ms, while another client reads old logs."""
    paths = {
        "list of endpoints": "/endpoints/local",
        "list of deployments": "/endpoints/local/endpoint-0/deployments",
        "status": "/endpoints/local/endpoint-0/status",
        "logs of another endpoint": "/endpoints/local/endpoint-1/logs",
        "logs of this endpoint": "/endpoints/local/endpoint-0/logs",
    }
    is_over = threading.Event()

    def read_old_logs() -> None:
        with connect(outpost) as reader:
            while not is_over.is_set():
                page = {"start": "0", "limit": "10000"}
                reader.get("/endpoints/local/endpoint-0/logs", params=page).raise_for_status()

    thread = threading.Thread(target=read_old_logs)
    thread.start()
    try:
        with connect(outpost) as http:
            return {
                name: [_took_ms(http, path) for _ in range(CALLS)] for name, path in paths.items()
            }
    finally:
        is_over.set()
        thread.join()


def _took_ms(http: httpx.Client, path: str) -> float:
    began_at = time.perf_counter()
    http.get(path).raise_for_status()
    return (time.perf_counter() - began_at) * 1000


def _create(http: httpx.Client, name: str) -> None:
    metadata = {"name": name, "customTemplateConfig": {"className": "Bench"}}
    http.post(
        "/endpoints/local",
        data={"metadata": json.dumps(metadata)},
        files={"template": ("template.py", TEMPLATE, "text/x-python")},
    ).raise_for_status()


def _write_past(data: Path, deployments: int, log_bytes: int) -> None:
    """Write the rows and the logs of deployments of the first endpoint that serve no more."""
    with closing(sqlite3.connect(data / "outpost.db")) as store, store:
        query = "SELECT id, creator_id, config, created_at FROM endpoints WHERE name = 'endpoint-0'"
        endpoint_id, creator_id, config, at = store.execute(query).fetchone()
        store.executemany(
            "INSERT INTO deployments (id, endpoint_id, creator_id, status, wakeup, config,"
            " created_at, updated_at, concluded_at) VALUES (?, ?, ?, 'superseded', 1, ?, ?, ?, ?)",
            (
                (f"d{number:023}", endpoint_id, creator_id, config, at, at, at)
                for number in range(deployments)
            ),
        )
    begin = time.time_ns() - DAY_NS
    for number in range(deployments):
        folder = data / "logs" / endpoint_id / f"d{number:023}"
        folder.mkdir(parents=True)
        _write_log(folder / "runtime.jsonl", begin + number * 1_000_000, log_bytes)


def _write_log(path: Path, at_ns: int, size: int) -> None:
    said = {"timestamp": str(at_ns), "data": {"log_type": "runtime", "message": "x" * 400}}
    line = json.dumps(said, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(line * max(1, size // len(line)))
    # As it was when it was written.
    os.utime(path, ns=(at_ns, at_ns))
