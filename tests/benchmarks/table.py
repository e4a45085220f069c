"""Rounds in turn, ratios within a round, medians over the rounds, one table."""

import gc
import statistics
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from tests.benchmarks.contestants import NAMES


class Line(NamedTuple):
    """One line of the table."""

    what: str
    raw: str
    ours: str
    ratio: Optional[float]
    #: What the ratio (or, without one, the figure) may be at most, in words.
    bar: str
    holds: bool


def in_turn(measure: Callable[[str], float], rounds: int) -> Dict[str, List[float]]:
    """Let each contestant do one batch a round, each round beginning with another one."""
    samples: Dict[str, List[float]] = {name: [] for name in NAMES}
    for number in range(rounds):
        for name in NAMES[number % 2 :] + NAMES[: number % 2]:
            gc.collect()
            samples[name].append(measure(name))
    return samples


def compare(
    what: str,
    samples: Dict[str, List[float]],
    *,
    unit: str,
    bar: float,
    scale: float = 1.0,
    more_is_better: bool = False,
) -> Line:
    """Return the line of two contestants; ``bar`` limits our ratio to raw httpx."""
    raw, ours = samples["httpx"], samples["outpostkit"]
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, raw))
    return Line(
        what,
        f"{statistics.median(raw) * scale:.3g} {unit}",
        f"{statistics.median(ours) * scale:.3g} {unit}",
        ratio,
        f"{'≥' if more_is_better else '≤'} {bar:.2f}x",
        ratio >= bar if more_is_better else ratio <= bar,
    )


def limit(what: str, ours: float, bar: float, *, unit: str, raw: str = "") -> Line:
    """Return the line of a figure that has a limit of its own."""
    return Line(what, raw, f"{ours:.3g} {unit}", None, f"≤ {bar:g} {unit}", ours <= bar)


def show(lines: Sequence[Line]) -> bool:
    """Print the table, and return whether every bar holds."""
    _row("measured", "raw httpx", "outpostkit", "ratio", "bar")
    _row("-" * 44, "-" * 11 + ":", "-" * 11 + ":", "-" * 6 + ":", "-" * 11 + ":")
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}x"
        verdict = "" if line.holds else "  <-- does not hold"
        _row(line.what, line.raw, line.ours, ratio, line.bar, verdict)
    return all(line.holds for line in lines)


def _row(what: str, raw: str, ours: str, ratio: str, bar: str, verdict: str = "") -> None:
    print(f"| {what:44} | {raw:>12} | {ours:>12} | {ratio:>7} | {bar:>12} |{verdict}")
