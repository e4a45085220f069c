"""Measure the SDK side by side with raw httpx: ``make bench``.

Ratios are what counts: each is formed between neighbours in one run, so that a busy machine slows
both sides; the table shows medians. CPU is the CPU time of the client's own process, so the server,
which runs in another one, is not in it. The last column is what the project promises; the exit
status tells whether all of it holds.

Run it with an interpreter that has the SDK core and nothing else: httpx imports its own command
line, and with it rich, where rich is installed, and looks slower than it is.

``--quick`` takes fewer rounds; names of measures (import start calls async clients bulk streams
endurance) choose some.
"""

import argparse
import platform
import sys
from typing import Callable, Dict, List

import httpx

from tests.benchmarks import bulk, calling, clients, server, starting, streams
from tests.benchmarks.table import Line, show


def main() -> None:
    """Measure, print the table, and exit with 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("measures", nargs="*", help="which; all by default")
    given = parser.parse_args()
    few, some, many = (3, 3, 5) if given.quick else (5, 9, 20)

    with server.running() as base_url:
        measures: Dict[str, Callable[[], List[Line]]] = {
            "import": lambda: [starting.measure_import(many)],
            "start": lambda: [starting.measure_first_answer(base_url, 3 * many)],
            "calls": lambda: calling.measure_blocking(base_url, some),
            "async": lambda: calling.measure_async(base_url, few),
            "clients": lambda: clients.measure_clients(base_url),
            "bulk": lambda: bulk.measure_bulk(base_url, few),
            "streams": lambda: streams.measure_streams(few),
            "endurance": lambda: calling.measure_endurance(base_url),
        }
        unknown = set(given.measures) - set(measures)
        if unknown:
            parser.error(f"unknown: {' '.join(sorted(unknown))}; there are {' '.join(measures)}")
        lines: List[Line] = []
        for name, measure in measures.items():
            if not given.measures or name in given.measures:
                print(f"measuring {name} ...", file=sys.stderr)
                lines.extend(measure())
    print(f"Python {platform.python_version()}, httpx {httpx.__version__}, {platform.machine()}\n")
    if not show(lines):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
