"""What an import costs: fresh processes, one statement each, in turn."""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 20
BASELINE = "import httpx"
STATEMENTS = (
    "pass",
    BASELINE,
    "import outpostkit",
    "from outpostkit import Client, Endpoints",
)


def main() -> None:
    """Print the median wall and CPU time of each statement and its ratio to ``import httpx``."""
    for statement in STATEMENTS:
        measure(statement)  # the first run writes the byte code
    samples = {statement: [] for statement in STATEMENTS}
    for _ in range(ROUNDS):
        for statement in STATEMENTS:
            samples[statement].append(measure(statement))

    print(f"Import, median of {ROUNDS} fresh processes each, in turn (Python itself included)")
    print(f"{'':42} {'wall ms':>8} {'CPU ms':>8} {'wall':>7} {'CPU':>7}")
    for statement in STATEMENTS:
        wall, cpu = medians(samples[statement])
        wall_ratio, cpu_ratio = medians(
            [
                (ours[0] / base[0], ours[1] / base[1])
                for ours, base in zip(samples[statement], samples[BASELINE])
            ]
        )
        print(
            f"{statement:42} {wall * 1e3:8.1f} {cpu * 1e3:8.1f} {wall_ratio:6.2f}x {cpu_ratio:6.2f}x"
        )


def measure(statement):
    """Return the wall and CPU seconds of a new process that executes one statement."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", statement])
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{statement!r} failed")
    return wall, usage.ru_utime + usage.ru_stime


def medians(pairs):
    """Return the median of the first and of the second members."""
    first, second = zip(*pairs)
    return statistics.median(first), statistics.median(second)
