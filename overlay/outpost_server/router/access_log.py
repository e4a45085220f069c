"""One line per request of an endpoint: its status, its replica, how long it took."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from outpost_server.keeping.log_files import LogFile
from outpost_server.router.asgi import Message, Scope, Send
from outpost_server.rules.request_id import current_request_id

FLUSH_S = 0.2
MAX_BUFFERED = 1000


class Exchange:
    """One request on its way: what is to be said about it afterwards."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status = 0
        self.replica_id = ""
        self._scope = scope
        self._send = send
        self._began_at = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Pass a message on, and remember the status in it."""
        kind = message["type"]
        if kind == "http.response.start" or kind == "websocket.http.response.start":
            self.status = message["status"]
        elif kind == "websocket.accept":
            self.status = 101
        await self._send(message)

    @property
    def took_s(self) -> float:
        return time.perf_counter() - self._began_at

    def line(self, took_s: float) -> bytes:
        data = {
            "log_type": "access",
            "method": self._scope.get("method", "WEBSOCKET"),
            "path": self._scope["path"],
            "status": self.status,
            "latency_ms": round(took_s * 1000, 3),
            "replica": self.replica_id,
            "request_id": current_request_id.get(),
        }
        line = {"timestamp": str(time.time_ns()), "data": data}
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"


class AccessLog:
    """Writes to a bounded file per endpoint, some lines at a time: a write for each is too dear."""

    def __init__(self, path_of: Callable[[str], Path]) -> None:
        self._path_of = path_of
        self._buffered: dict[str, list[bytes]] = {}
        self._flush_timer: asyncio.TimerHandle | None = None

    def write(self, endpoint_id: str, line: bytes) -> None:
        lines = self._buffered.setdefault(endpoint_id, [])
        lines.append(line)
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
