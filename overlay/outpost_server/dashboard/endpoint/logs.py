"""The log that follows, and the search in it: its end, older pages, what is added since."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from outpost_api.api import endpoints as operations
from outpost_api.models.endpoint_log import EndpointLog
from outpost_api.models.get_endpoint_logs_level import GetEndpointLogsLevel
from outpost_api.models.log_type import LogType
from outpost_api.types import UNSET
from outpost_server.dashboard.visit import Visit
from outpost_server.rules.problem import not_found

# By the names of the API.
LOGS = {"runtime": "Runtime", "dep": "Deployments", "event": "Events"}
LEVELS = {"": "Every level", "WARNING": "Warnings and errors", "ERROR": "Errors"}
PAGE_LINES = 200
MORE_LINES = 500
MAX_SEARCH_CHARACTERS = 200
# Several processes write: a line may arrive a little after one with a later time. What is younger
# than this is left for the next time, so that none is missed and none comes twice.
SETTLING_NS = 300 * 10**6


@dataclass(frozen=True)
class Line:
    """A log line as the page shows it; everything in it is what somebody's code has written.

    Every second one of ``pieces``, which are the message, is what was searched for.
    """

    timestamp: str
    level: str
    replica: str
    message: str
    pieces: list[str]
    detail: str


@dataclass(frozen=True)
class Wanted:
    """Which lines somebody looks at: a log by its name in the API, a text, a level."""

    log_type: str
    text: str = ""
    level: str = ""

    @classmethod
    def of(cls, visit: Visit, *, opened: str = "runtime") -> Wanted:
        """Return what the address asks for; ``opened`` is the log of who has chosen none."""
        wanted = cls(
            visit.query("log") or opened,
            visit.query("q").strip()[:MAX_SEARCH_CHARACTERS],
            visit.query("level"),
        )
        if wanted.log_type not in LOGS or wanted.level not in LEVELS:
            raise not_found("There is no such log.")
        return wanted

    def with_log(self, log_type: str) -> Wanted:
        """Return the same of another log."""
        return replace(self, log_type=log_type)

    def query(self, **more: str) -> dict[str, str]:
        """Return the address that asks for the same, and for more."""
        said = {"log": self.log_type, "q": self.text, "level": self.level, **more}
        return {name: value for name, value in said.items() if value}


async def log_tail(visit: Visit, *, opened: str) -> dict[str, object]:
    """Return the values of the log section: the newest lines, or those before a moment."""
    wanted, before = Wanted.of(visit, opened=opened), visit.query("before")
    end_ns = _moment(before) if before else time.time_ns() - SETTLING_NS
    found = await _lines(visit, wanted, limit=PAGE_LINES, end_ns=end_ns)
    is_cut = len(found) == PAGE_LINES
    return {
        **_shown(visit, wanted, found, since=end_ns),
        "logs": LOGS,
        "levels": LEVELS,
        "older": wanted.query(before=found[0].timestamp) if is_cut else None,
        "is_older": bool(before),
    }


async def reason_of(visit: Visit, began: str) -> Line | None:
    """Return the last line of an error that the deployment log has since a moment of the API."""
    start_ns = int(datetime.fromisoformat(began).timestamp()) * 10**9
    wanted = Wanted("dep", level="ERROR")
    found = await _lines(visit, wanted, limit=1, start_ns=start_ns, end_ns=time.time_ns())
    return found[-1] if found else None


async def follow(visit: Visit) -> Response:
    """Return the lines since the moment that the browser has seen everything of."""
    wanted, since_ns = Wanted.of(visit), _moment(visit.query("since"))
    end_ns = max(time.time_ns() - SETTLING_NS, since_ns)
    found = await _lines(visit, wanted, limit=MORE_LINES, start_ns=since_ns, end_ns=end_ns)
    return visit.page("endpoint/_log_lines.html", _shown(visit, wanted, found, since=end_ns))


def _moment(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
        raise not_found("There is no such part of the log.")
    return int(digits)


def _shown(visit: Visit, wanted: Wanted, found: list[Line], *, since: int) -> dict[str, object]:
    return {
        "wanted": wanted,
        "lines": found,
        "since": str(since),
        "is_older": False,
        "lines_path": "/endpoints/{entity}/{name}/logs".format(**visit.request.path_params),
    }


async def _lines(
    visit: Visit, wanted: Wanted, *, limit: int, end_ns: int, start_ns: int = 0
) -> list[Line]:
    entity, name = visit.request.path_params["entity"], visit.request.path_params["name"]
    plan = operations.get_endpoint_logs.plan(
        entity,
        name,
        log_type=LogType(wanted.log_type),
        start=str(start_ns),
        end=str(end_ns),
        limit=limit,
        contains=wanted.text or UNSET,
        level=GetEndpointLogsLevel(wanted.level) if wanted.level else UNSET,
    )
    return [_line(one, wanted.text) for one in await visit.call(plan)]


def _line(line: EndpointLog, text: str) -> Line:
    data = line.data
    origin = data.additional_properties.get("kubernetes")
    pod_name = origin.get("pod_name") if isinstance(origin, Mapping) else None
    return Line(
        timestamp=line.timestamp,
        level=data.level,
        replica=str(pod_name).rpartition("-")[2] if pod_name else "",
        message=data.message,
        pieces=re.split(f"({re.escape(text)})", data.message, flags=re.IGNORECASE)
        if text
        else [data.message],
        detail=data.exc_info or data.stack_info or "",
    )
