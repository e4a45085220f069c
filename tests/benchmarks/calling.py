"""What a call costs on a warm connection: one after another, many at once, many in all."""

import asyncio
import os
import time
from typing import Any, Dict, List, Tuple

from tests.benchmarks.contestants import NAMES, asynchronous, blocking
from tests.benchmarks.table import Line, compare, in_turn, limit


def measure_blocking(base_url: str, rounds: int) -> List[Line]:
    """Compare the CPU time of a small GET, a small POST and a long list."""
    calls = {name: blocking(name, base_url) for name in NAMES}
    lines = []
    for what, title, batch, bar in (
        ("get", "small GET, CPU per call", 200, 0.80),
        ("post", "small POST, CPU per call", 200, 0.80),
        ("list", "list of 1,000 endpoints, CPU per call", 5, 1.0),
    ):
        for each in calls.values():
            for _ in range(5):
                each[what]()

        def cpu(name: str, what: str = what, batch: int = batch) -> float:
            call = calls[name][what]
            began = time.process_time()
            for _ in range(batch):
                call()
            return (time.process_time() - began) / batch

        lines.append(compare(title, in_turn(cpu, rounds), unit="us", scale=1e6, bar=bar))
    for each in calls.values():
        each["close"]()
    return lines


def measure_async(base_url: str, rounds: int) -> List[Line]:
    """Compare the CPU time of a small GET with 1, 32 and 256 of them at once."""
    lines = []
    for width, bar in ((1, 0.70), (32, 0.17), (256, 0.17)):
        slow: Dict[str, List[float]] = {name: [] for name in NAMES}

        def cpu(name: str, width: int = width, slow: Any = slow) -> float:
            cpu_s, p99_s = asyncio.run(_at_once(name, base_url, width, max(512, 2 * width)))
            slow[name].append(p99_s)
            return cpu_s

        samples = in_turn(cpu, rounds)
        title = f"async GET, {width} at once, CPU per call"
        lines.append(compare(title, samples, unit="us", scale=1e6, bar=bar))
    p99 = {name: sorted(found)[len(found) // 2] for name, found in slow.items()}
    lines.append(
        limit(
            "the same with 256 at once, p99",
            p99["outpostkit"] * 1e3,
            500,
            unit="ms",
            raw=f"{p99['httpx'] * 1e3:.3g} ms",
        )
    )
    return lines


async def _at_once(name: str, base_url: str, width: int, count: int) -> Tuple[float, float]:
    calls = asynchronous(name, base_url)
    took: List[float] = []

    async def worker(times: int) -> None:
        for _ in range(times):
            began = time.perf_counter()
            await calls["get"]()
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(worker(1) for _ in range(width)))  # connections are opened
    took.clear()
    began = time.process_time()
    await asyncio.gather(*(worker(count // width) for _ in range(width)))
    cpu_s = (time.process_time() - began) / len(took)
    await calls["close"]()
    return cpu_s, sorted(took)[int(len(took) * 0.99) - 1]


def measure_endurance(base_url: str, count: int = 10_000, width: int = 256) -> List[Line]:
    """Make many async calls; every one must succeed, and nothing may be left behind."""
    errors, leaked, grown_kib = asyncio.run(_endure(base_url, count, width))
    title = f"{count:,} async calls, {width} at once"
    return [
        limit(f"{title}: errors", errors, 0, unit=""),
        limit(f"{title}: connections left", leaked, 0, unit=""),
        limit(f"{title}: memory grown", grown_kib / 1024, 4, unit="MiB"),
    ]


async def _endure(base_url: str, count: int, width: int) -> Tuple[int, int, float]:
    files = len(os.listdir("/proc/self/fd"))
    calls = asynchronous("outpostkit", base_url)
    errors = 0

    async def worker(times: int) -> None:
        nonlocal errors
        for _ in range(times):
            try:
                await calls["get"]()
            except Exception:
                errors += 1

    await asyncio.gather(*(worker(4) for _ in range(width)))
    before = memory_kib("VmRSS")
    await asyncio.gather(*(worker(-(-count // width)) for _ in range(width)))
    grown = memory_kib("VmRSS") - before
    await calls["close"]()
    await asyncio.sleep(0.05)
    return errors, max(0, len(os.listdir("/proc/self/fd")) - files), max(0, grown)


def memory_kib(field: str) -> int:
    """Return a figure of this process's memory, such as ``VmRSS`` or ``VmHWM``."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field))
