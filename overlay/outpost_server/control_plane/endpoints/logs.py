"""The logs of an endpoint."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from starlette.responses import Response

from outpost_server.control_plane.answers import json_answer
from outpost_server.control_plane.call import Call
from outpost_server.keeping.log_search import LogSearch
from outpost_server.keeping.logbook import LOG_TYPES, readable
from outpost_server.log_files import LEVELS
from outpost_server.rules.problem import invalid_query, not_found

DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000
MAX_SEARCH_CHARS = 200
DEFAULT_PERIOD_NS = 15 * 60 * 1_000_000_000


async def get_endpoint_logs(call: Call) -> Response:
    endpoint = call.own_endpoint("read its logs")
    log_type = call.query("logType")
    if log_type is not None and log_type not in LOG_TYPES:
        raise invalid_query("logType", f"expected one of {', '.join(LOG_TYPES)}")
    deployment_id = call.query("depId")
    if deployment_id is not None:
        deployment = call.store.deployments.by_id(deployment_id)
        if deployment is None or deployment.endpoint_id != endpoint.id:
            raise not_found(f"depId: the endpoint has no deployment {deployment_id}.")
    level = call.query("level")
    if level is not None and level not in LEVELS:
        raise invalid_query("level", f"expected one of {', '.join(LEVELS)}")
    start, end = call.query("start"), call.query("end")
    lines = await call.context.log_pages.newest(
        endpoint.id,
        log_type,
        deployment_id=deployment_id,
        start_ns=time.time_ns() - DEFAULT_PERIOD_NS if start is None else time_ns("start", start),
        end_ns=None if end is None else time_ns("end", end),
        limit=call.number("limit", DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT),
        search=LogSearch(call.text("contains", longest=MAX_SEARCH_CHARS) or "", level or ""),
    )
    # In another thread: the logs of a busy endpoint are megabytes, and others want answers.
    return await asyncio.to_thread(lambda: json_answer(list(readable(lines))))


def time_ns(field: str, text: str) -> int:
    """Return nanoseconds since the epoch from their digits or from an ISO 8601 time.

    Raises:
        Problem: 400, it is neither. A time without an offset is taken as UTC.
    """
    if text.isascii() and text.isdigit() and len(text) <= 19:
        return int(text)
    try:
        # A "+" that was not percent-encoded arrives as a space.
        at = datetime.fromisoformat(text.replace(" ", "+") if text.count(":") > 2 else text)
    except ValueError:
        what = "expected nanoseconds since the epoch or an ISO 8601 time"
        raise invalid_query(field, what) from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000) * 1000
