"""Requests, latency and replicas of the last minutes as pictures: all numbers that an SVG needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outpost_server.dashboard.plotting.traffic import PERIOD_S, PERIODS, WINDOW_S, Period, Replicas
from outpost_server.dashboard.present import duration

WIDTH = 340
HEIGHT = 150
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 24


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its label."""

    position: float
    label: str


@dataclass(frozen=True)
class Curve:
    """A line through points; ``name`` is its CSS class, ``label`` stands in the legend."""

    name: str
    label: str
    path: str
    dots: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Plot:
    """A picture with a sentence that says the same."""

    title: str
    summary: str
    curves: tuple[Curve, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def latency_plot(periods: Sequence[Period], now: float) -> Plot:
    """Return the median and the 95th percentile of each period that had requests."""
    slowest = max((period.percentile_s(95) for period in periods), default=0.1)
    top_s = _round_up(slowest)
    requests = sum(period.requests for period in periods)
    failures = sum(period.failures for period in periods)
    summary = "No requests in the last 15 minutes."
    if requests:
        failed = f", {failures} of them failed" if failures else ""
        noun = "request" if requests == 1 else "requests"
        last = duration(periods[-1].percentile_s(50))
        summary = f"{requests} {noun} in the last 15 minutes{failed}. Last median: {last}."

    def curve(name: str, label: str, percent: float) -> Curve:
        dots = tuple(
            (_x((period.number + 1) * PERIOD_S, now), _y(period.percentile_s(percent), top_s))
            for period in periods
        )
        return Curve(name, label, _segments([period.number for period in periods], dots), dots)

    return Plot(
        title="Latency",
        summary=summary,
        curves=(curve("p95", "95 % within", 95), curve("p50", "median", 50)) if periods else (),
        x_ticks=_minutes(),
        y_ticks=tuple(
            Tick(_y(share * top_s, top_s), duration(share * top_s) if share else "0")
            for share in (0, 0.5, 1)
        ),
    )


def request_plot(periods: Sequence[Period], now: float) -> Plot:
    """Return how many requests per second ended in each period, and how many of them failed."""
    current = int(now // PERIOD_S)
    # The present period has not ended: it is taken together with the one before.
    recent_s = PERIOD_S + now % PERIOD_S

    def rates(counts: Mapping[int, int]) -> dict[int, float]:
        recent = counts.get(current - 1, 0) + counts.get(current, 0)
        return {number: count / PERIOD_S for number, count in counts.items()} | {
            current: recent / recent_s
        }

    answered = rates({period.number: period.requests for period in periods})
    failed = rates({period.number: period.failures for period in periods})
    top = _round_up(max(answered.values()) or 0.1)
    summary = f"{_rate(answered[current])} in the last {recent_s:.0f} s"
    if periods:
        summary += f"; at most {_rate(max(answered.values()))} in the last 15 minutes"

    def curve(name: str, label: str, by_number: Mapping[int, float]) -> Curve:
        numbers = range(current - PERIODS, current + 1)
        points = [(number * PERIOD_S, by_number.get(number, 0.0)) for number in numbers]
        return Curve(name, label, _steps(points, now, top))

    curves = (curve("failed", "failed", failed), curve("all", "all", answered))
    return Plot(
        title="Requests per second",
        summary=f"{summary}.",
        curves=curves if periods else (),
        x_ticks=_minutes(),
        y_ticks=tuple(Tick(_y(share * top, top), f"{share * top:.3g}") for share in (0, 0.5, 1)),
    )


def _rate(per_second: float) -> str:
    return f"{per_second:.2g}/s" if per_second < 10 else f"{per_second:.0f}/s"


def replica_plot(changes: Sequence[tuple[float, Replicas]], now: float) -> Plot:
    """Return how many replicas were ready, and how many there were with those starting."""
    totals = [(at, replicas.ready + replicas.starting) for at, replicas in changes]
    most = max((total for _, total in totals), default=0)
    top = max(2, most + most % 2)
    last = changes[-1][1] if changes else Replicas()
    starting = f", {last.starting} starting" if last.starting else ""
    return Plot(
        title="Replicas",
        summary=f"{last.ready} ready now{starting}; at most {most} in the last 15 minutes.",
        curves=(
            Curve("starting", "with those starting", _steps(totals, now, top)),
            Curve("ready", "ready", _steps([(at, one.ready) for at, one in changes], now, top)),
        ),
        x_ticks=_minutes(),
        y_ticks=tuple(Tick(_y(count, top), str(count)) for count in (0, top // 2, top)),
    )


def _x(at: float, now: float) -> float:
    share = 1 - min(max(now - at, 0.0), WINDOW_S) / WINDOW_S
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float, top: float) -> float:
    # A percentile, which is a little too large, may lie a little above the top of the picture.
    return round(HEIGHT - BOTTOM - min(value / top, 1) * (HEIGHT - TOP - BOTTOM), 1)


def _minutes() -> tuple[Tick, ...]:
    labels = {15: "15 min ago", 10: "10", 5: "5", 0: "now"}
    return tuple(Tick(_x(-minutes * 60, 0), label) for minutes, label in labels.items())


def _segments(numbers: Sequence[int], dots: Sequence[tuple[float, float]]) -> str:
    """Return a path that is interrupted where a period had no requests."""
    parts = []
    for index, (x, y) in enumerate(dots):
        follows = index > 0 and numbers[index] == numbers[index - 1] + 1
        parts.append(f"{'L' if follows else 'M'}{x} {y}")
    return "".join(parts)


def _steps(points: Sequence[tuple[float, float]], now: float, top: float) -> str:
    """Return a path that keeps each value until the next one."""
    parts = []
    for index, (at, value) in enumerate(points):
        x, y = _x(at, now), _y(value, top)
        parts.append(f"H{x}V{y}" if index else f"M{x} {y}")
    return "".join([*parts, f"H{_x(now, now)}"]) if parts else ""


def _round_up(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-6)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)
