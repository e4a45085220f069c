"""The log that follows: first its end, then what has been added since, again and again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from outpost_api.api import endpoints as operations
from outpost_api.models.endpoint_log import EndpointLog
from outpost_api.models.log_type import LogType
from outpost_server.dashboard.visit import Visit
from outpost_server.rules.problem import not_found

# By the names of the API.
LOGS = {"runtime": "Runtime", "dep": "Deployments", "event": "Events"}
# The levels of lines that say why something has failed.
FAILURES = frozenset({"error", "critical"})
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


async def log_tail(visit: Visit, *, opened: str) -> dict[str, object]:
    """Return the values of the log section; ``opened`` is the log of who has chosen none."""
    start_ns = time.time_ns() - FIRST_PERIOD_NS
    return await _part(visit, start_ns, FIRST_LINES, visit.query("log") or opened)


async def reason_of(visit: Visit, began: str) -> Line | None:
    """Return the last line of an error that the deployment log has since a moment of the API."""
    start_ns = int(datetime.fromisoformat(began).timestamp()) * 10**9
    found = await _lines(visit, start_ns, FIRST_LINES, "dep")
    errors = [line for line in found if line.level.lower() in FAILURES]
    return errors[-1] if errors else None


async def follow(visit: Visit) -> Response:
    """Return the lines since the moment that the browser has seen everything of."""
    since = visit.query("since")
    if not (since.isascii() and since.isdigit() and len(since) <= 19):
        raise not_found("There is no such part of the log.")
    log_type = visit.query("log") or "runtime"
    return visit.page("_log_lines.html", await _part(visit, int(since), MORE_LINES, log_type))


async def _part(visit: Visit, start_ns: int, limit: int, log_type: str) -> dict[str, object]:
    if log_type not in LOGS:
        raise not_found(f"There is no log {log_type!r}.")
    end_ns = max(time.time_ns() - SETTLING_NS, start_ns)
    found = await _lines(visit, start_ns, limit, log_type, end_ns=end_ns)
    return {
        "logs": LOGS,
        "log_type": log_type,
        "lines": found,
        "is_cut": len(found) == limit,
        "since": str(end_ns),
        "lines_path": "/endpoints/{entity}/{name}/logs".format(**visit.request.path_params),
    }


async def _lines(
    visit: Visit, start_ns: int, limit: int, log_type: str, *, end_ns: int | None = None
) -> list[Line]:
    entity, name = visit.request.path_params["entity"], visit.request.path_params["name"]
    end = str(time.time_ns() if end_ns is None else end_ns)
    plan = operations.get_endpoint_logs.plan(
        entity, name, log_type=LogType(log_type), start=str(start_ns), end=end, limit=limit
    )
    return [_line(one) for one in await visit.call(plan)]


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
