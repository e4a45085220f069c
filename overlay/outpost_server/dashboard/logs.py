"""The log that follows: first its end, then what has been added since, again and again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from outpost_api.api import endpoints as operations
from outpost_api.models.endpoint_log import EndpointLog
from outpost_api.models.log_type import LogType
from outpost_server.dashboard.visit import Visit
from outpost_server.rules.problem import not_found

# By the names of the API.
LOGS = {"runtime": "Runtime", "dep": "Deployments", "event": "Events"}
FIRST_LINES = 200
MORE_LINES = 500
FIRST_PERIOD_NS = 24 * 3600 * 10**9
# Several processes write: a line may arrive a little after one with a later time. What is younger
# than this is left for the next time, so that none is missed and none comes twice.
SETTLING_NS = 300 * 10**6


@dataclass(frozen=True)
class Line:
    """A log line as the page shows it; everything in it is what somebody's code has written."""

    timestamp: str
    level: str
    replica: str
    message: str
    detail: str


async def log_tail(visit: Visit) -> dict[str, object]:
    """Return the values of the log section."""
    return await _lines(visit, time.time_ns() - FIRST_PERIOD_NS, FIRST_LINES)


async def follow(visit: Visit) -> Response:
    """Return the lines since the moment that the browser has seen everything of."""
    since = visit.query("since")
    if not (since.isascii() and since.isdigit() and len(since) <= 19):
        raise not_found("There is no such part of the log.")
    return visit.page("_log_lines.html", await _lines(visit, int(since), MORE_LINES))


async def _lines(visit: Visit, start_ns: int, limit: int) -> dict[str, object]:
    log_type = visit.query("log") or "runtime"
    if log_type not in LOGS:
        raise not_found(f"There is no log {log_type!r}.")
    entity, name = visit.request.path_params["entity"], visit.request.path_params["name"]
    start, end = str(start_ns), str(max(time.time_ns() - SETTLING_NS, start_ns))
    kind = LogType(log_type)
    plan = operations.get_endpoint_logs.plan(
        entity, name, log_type=kind, start=start, end=end, limit=limit
    )
    found = await visit.call(plan)
    return {
        "logs": LOGS,
        "log_type": log_type,
        "lines": [_line(one) for one in found],
        "is_cut": len(found) == limit,
        "since": end,
        "lines_path": f"/endpoints/{entity}/{name}/logs",
    }


def _line(line: EndpointLog) -> Line:
    data = line.data
    origin = data.additional_properties.get("kubernetes")
    pod_name = origin.get("pod_name") if isinstance(origin, Mapping) else None
    return Line(
        timestamp=line.timestamp,
        level=data.level,
        replica=str(pod_name).rpartition("-")[2] if pod_name else "",
        message=data.message,
        detail=data.exc_info or data.stack_info or "",
    )
