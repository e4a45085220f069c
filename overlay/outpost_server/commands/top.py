"""``outpostkit local top``: the endpoints of a running server as a table, from its ``/metrics``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_S = 10.0
HEAD = tuple("ENDPOINT STATUS READY STARTING PENDING REQ/S ERR/S P50 P99 COLD".split())


class ServerAway(Exception):
    """The server does not answer any more; the message says so."""


@dataclass
class Figures:
    """What one endpoint has come to. ``buckets`` counts requests up to each bound in seconds."""

    status: str = ""
    ready: int = 0
    starting: int = 0
    pending: int = 0
    requests: float = 0
    failures: float = 0
    cold_starts: int = 0
    buckets: dict[float, float] = field(default_factory=dict)


def show(base_url: str, token: str, *, interval_s: float) -> Iterator[str]:
    """Yield a table every ``interval_s`` seconds, the first one at once.

    Raises:
        ServerAway: the server ended meanwhile.
    """
    address = base_url.removesuffix("/v1") + "/metrics"
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=TIMEOUT_S, trust_env=False) as http:
        before: dict[str, Figures] = {}
        before_at = 0.0
        while True:
            figures, at = _read(http, address), time.monotonic()
            yield table(before, figures, at - before_at if before_at else None)
            before, before_at = figures, at
            time.sleep(interval_s)


def _read(http: httpx.Client, address: str) -> dict[str, Figures]:
    try:
        answer = http.get(address)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise ServerAway(f"the server at {address} does not answer: {error}") from None
    return parse(answer.text)


def parse(text: str) -> dict[str, Figures]:
    """Return the figures of each endpoint from the text of ``/metrics``."""
    found: dict[str, Figures] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if "endpoint" in sample.labels:
                figures = found.setdefault(sample.labels["endpoint"], Figures())
                _take(figures, sample.name, sample.labels, sample.value)
    return found


def _take(figures: Figures, name: str, labels: dict[str, str], value: float) -> None:
    match name.removeprefix("outpost_endpoint_"):
        case "status":
            figures.status = labels["status"]
        case "replicas":
            if labels["state"] == "ready":
                figures.ready = int(value)
            else:
                figures.starting = int(value)
        case "pending_requests":
            figures.pending = int(value)
        case "cold_starts_total":
            figures.cold_starts = int(value)
        case "requests_total":
            figures.requests += value
            figures.failures += value if labels["status"].startswith("5") else 0
        case "latency_seconds_bucket":
            figures.buckets[float(labels["le"])] = value


def table(
    before: dict[str, Figures], after: dict[str, Figures], seconds: float | None = None
) -> str:
    """Return the lines of all endpoints, the busiest first.

    ``seconds`` lie between the two; where it is None, there are no rates yet.
    """
    rows = [
        (after[name].pending, name, _row(name, before.get(name, Figures()), after[name], seconds))
        for name in after
    ]
    cells = [HEAD, *(row for _, _, row in sorted(rows, key=lambda one: (-one[0], one[1])))]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            # Texts to the left, numbers to the right.
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join(lines if rows else [*lines, "(no endpoint)"])


def _row(name: str, before: Figures, after: Figures, seconds: float | None) -> tuple[str, ...]:
    def rate(now: float, then: float) -> str:
        return "-" if seconds is None else f"{(now - then) / seconds:.1f}"

    buckets = {le: count - before.buckets.get(le, 0) for le, count in after.buckets.items()}
    return (
        name,
        after.status,
        str(after.ready),
        str(after.starting),
        str(after.pending),
        rate(after.requests, before.requests),
        rate(after.failures, before.failures),
        "-" if seconds is None else _at_most(buckets, 0.50),
        "-" if seconds is None else _at_most(buckets, 0.99),
        str(after.cold_starts),
    )


def _at_most(buckets: dict[float, float], share: float) -> str:
    """Return the bound below which ``share`` of the requests were answered, as text."""
    total = max(buckets.values(), default=0)
    if not total:
        return "-"
    bound = next(le for le, count in sorted(buckets.items()) if count >= share * total)
    if bound == float("inf"):
        return ">60s"
    return f"<{bound:g}s" if bound >= 1 else f"<{bound * 1000:g}ms"
