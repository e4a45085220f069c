"""One line per request of an endpoint: its status, its replica, how long it took."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from outpost_server.log_files import LogFile
from outpost_server.router.finished import FinishedRequest

FLUSH_S = 0.2
MAX_BUFFERED = 1000


class AccessLog:
    """Writes to a bounded file per endpoint, some lines at a time: a write for each is too dear."""

    def __init__(self, path_of: Callable[[str], Path]) -> None:
        self._path_of = path_of
        self._buffered: dict[str, list[bytes]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None

    def write(self, request: FinishedRequest) -> None:
        lines = self._buffered.setdefault(request.endpoint_id, [])
        lines.append(_line(request))
        if len(lines) >= MAX_BUFFERED:
            self.flush()
        elif self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(FLUSH_S, self.flush)

    def flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        buffered, self._buffered = self._buffered, {}
        for endpoint_id, lines in buffered.items():
            # A full disk, or an endpoint that has been deleted, must not fail requests.
            with suppress(OSError):
                file = LogFile(str(self._path_of(endpoint_id)))
                file.write(b"".join(lines))
                file.close()


def _line(request: FinishedRequest) -> bytes:
    data = {
        "log_type": "access",
        "method": request.method,
        "path": request.path,
        "status": request.status,
        "latency_ms": round(request.took_s * 1000, 3),
        "replica": request.replica_id,
        "request_id": request.request_id,
    }
    line = {"timestamp": str(time.time_ns()), "data": data}
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
