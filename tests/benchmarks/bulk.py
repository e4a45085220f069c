"""256 MiB up and down: how fast, and how much of it is held in memory."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List

from tests.benchmarks.calling import memory_kib
from tests.benchmarks.contestants import TOKEN
from tests.benchmarks.server import BULK_BYTES
from tests.benchmarks.table import Line, compare, in_turn, limit

PIECE = 64 * 1024


def measure_bulk(base_url: str, rounds: int) -> List[Line]:
    """Compare the rates, one fresh process for every transfer."""
    folder = "/dev/shm" if os.path.isdir("/dev/shm") else None
    lines = []
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = os.path.join(place, "bulk")
        with open(path, "wb") as file:
            for _ in range(BULK_BYTES // 2**20):
                file.write(os.urandom(2**20))
        for direction in ("up", "down"):
            held: Dict[str, List[float]] = {"httpx": [], "outpostkit": []}

            def rate(name: str, direction: str = direction, held: Any = held) -> float:
                command = [sys.executable, "-m", "tests.benchmarks.bulk", name, direction]
                done = subprocess.run(
                    [*command, base_url, path], check=True, stdout=subprocess.PIPE
                )
                found = json.loads(done.stdout)
                held[name].append(found["held_mib"])
                return float(found["mib_per_s"])

            samples = in_turn(rate, rounds)
            lines.append(
                compare(
                    f"256 MiB {direction}, per second of CPU",
                    samples,
                    unit="MiB/s",
                    bar=1.0,
                    more_is_better=True,
                )
            )
            peak = {name: statistics.median(found) for name, found in held.items()}
            lines.append(
                limit(
                    f"256 MiB {direction}, memory at the peak",
                    peak["outpostkit"],
                    8,
                    unit="MiB",
                    raw=f"{peak['httpx']:.3g} MiB",
                )
            )
    return lines


def _raw(direction: str, base_url: str, path: str, begin: Callable[[], None]) -> None:
    import httpx

    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(headers=headers, timeout=60) as client:
        client.get(base_url + "/user").raise_for_status()
        begin()
        if direction == "up":
            with open(path, "rb") as file:
                client.post(
                    base_url + "/endpoints/aj-ya",
                    data={"metadata": "{}"},
                    files={"template": ("template.py", file)},
                ).raise_for_status()
            return
        url = base_url + "/repositories/model/aj-ya/big/download/main/weights.bin"
        with client.stream("GET", url) as response, open(path + ".out", "wb") as file:
            response.raise_for_status()
            for piece in response.iter_bytes():
                file.write(piece)


def _ours(direction: str, base_url: str, path: str, begin: Callable[[], None]) -> None:
    from outpost_api import models
    from outpost_api.api import endpoints, repositories
    from outpost_api.types import File
    from outpostkit import Client

    with Client(TOKEN, base_url=base_url) as client:
        _ = client.user
        begin()
        if direction == "up":
            with open(path, "rb") as file:
                form = models.EndpointCreateForm(
                    metadata=models.EndpointCustomFileMetadata.from_dict(
                        {"customTemplateConfig": {"className": "Template"}}
                    ),
                    template=File(file, filename="template.py"),
                )
                client.call(endpoints.create_endpoint.plan("aj-ya", body=form))
            return
        plan = repositories.download_blob.plan("model", "aj-ya", "big", "main", "weights.bin")
        with client.stream(plan) as answer, open(path + ".out", "wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)


def main(name: str, direction: str, base_url: str, path: str) -> None:
    """Move the bytes once; print the rate and how much memory grew."""
    start: Dict[str, float] = {}

    def begin() -> None:
        start.update(rss=memory_kib("VmRSS"), at=time.process_time())

    (_raw if name == "httpx" else _ours)(direction, base_url, path, begin)
    took = time.process_time() - start["at"]
    held = max(0, memory_kib("VmHWM") - start["rss"]) / 1024
    if direction == "down" and os.path.getsize(path + ".out") != BULK_BYTES:
        raise SystemExit("the file is not whole")
    print(json.dumps({"mib_per_s": BULK_BYTES / 2**20 / took, "held_mib": held}))


if __name__ == "__main__":
    main(*sys.argv[1:])
