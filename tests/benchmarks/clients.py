"""What each further client costs, once the first has been used."""

import gc
import time
import tracemalloc
from typing import List, Tuple

from tests.benchmarks.contestants import NAMES, blocking
from tests.benchmarks.table import Line, limit

COUNTS = {"httpx": 10, "outpostkit": 1000}


def measure_clients(base_url: str) -> List[Line]:
    """Make many clients, each of which makes its httpx client too, as its first call would."""
    figures = {name: _each(name, base_url) for name in NAMES}
    raw, ours = figures["httpx"], figures["outpostkit"]
    return [
        limit("each further client, CPU", ours[0], 0.2, unit="ms", raw=f"{raw[0]:.3g} ms"),
        limit("each further client, memory", ours[1], 20, unit="KiB", raw=f"{raw[1]:.3g} KiB"),
    ]


def _each(name: str, base_url: str) -> Tuple[float, float]:
    count = COUNTS[name]
    first = blocking(name, base_url)
    first["get"]()
    first["close"]()
    gc.collect()
    began = time.process_time()
    made = [_ready(name, base_url) for _ in range(count)]
    took = time.process_time() - began
    del made
    gc.collect()
    tracemalloc.start()
    made = [_ready(name, base_url) for _ in range(count)]
    kib = tracemalloc.get_traced_memory()[0] / 1024
    tracemalloc.stop()
    del made
    return took / count * 1e3, kib / count


def _ready(name: str, base_url: str) -> object:
    if name == "httpx":
        import httpx

        return httpx.Client(headers={"Authorization": "Bearer token"})
    from outpostkit import Client

    client = Client("token", base_url=base_url)
    client._calls.connections.open()
    return client
