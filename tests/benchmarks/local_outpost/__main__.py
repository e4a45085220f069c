"""Measure the local Outpost: ``python -m tests.benchmarks.local_outpost [PART ...] [--quick]``.

Everything stays on this machine. The parts are load, floods, scaling, transfer, cold-start, killing
and history; all of them take about ten minutes. Exit code 0 when every bar holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from . import cold_start, floods, history, killing, load, scaling, transfer

# Part: (in full, quickly). The quick ones show that the measure works, not what it measures.
PARTS: dict[str, tuple[Callable[[], bool], Callable[[], bool]]] = {
    "cold-start": (lambda: cold_start.measure(15), lambda: cold_start.measure(2)),
    "transfer": (lambda: transfer.measure(1024), lambda: transfer.measure(32)),
    "killing": (
        lambda: killing.measure(15),
        lambda: killing.measure(1, noticed_within_s=5, replaced_within_s=60),
    ),
    "scaling": (lambda: scaling.measure(4), lambda: scaling.measure(4)),
    "floods": (lambda: floods.measure(1000), lambda: floods.measure(100)),
    "history": (lambda: history.measure(20_000, 500), lambda: history.measure(200, 5)),
    "load": (lambda: load.measure(60), lambda: load.measure(2)),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.local_outpost")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="see that the measures work")
    options = parser.parse_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {min(unknown)!r}; the parts are {', '.join(PARTS)}")
    ok = True
    for part in options.parts or PARTS:
        ok &= PARTS[part][options.quick]()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
