"""``/healthz`` and ``/readyz``: what a supervisor or a load balancer asks, without a token.

Neither tells anything that only users should know.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import msgspec

from outpost_server.keeping.store.database import StoreFull
from outpost_server.keeping.store.store import Store
from outpost_server.router.asgi import Receive, Scope, Send, send_problem
from outpost_server.rules.problem import Problem
from outpost_server.serving.fleet import Fleet

ALIVE_PATH = "/healthz"
READY_PATH = "/readyz"

# Below this the next deployment does not fit.
MIN_FREE_BYTES = 16 * 1024 * 1024
# Whoever asks needs no token: the disk is not written to more often than this.
PROBE_INTERVAL_S = 1.0


def is_nearly_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < MIN_FREE_BYTES


class Health:
    """An ASGI application that answers 200 where all is well, or else 503 with reasons.

    ``/healthz`` says that the process answers. ``/readyz`` says that it can do what it is for: the
    store can be read and written, there is room on the disk, and endpoints have been taken up.
    """

    def __init__(self, store: Store, fleet: Fleet, folder: Path) -> None:
        self._store = store
        self._fleet = fleet
        self._folder = folder
        self._probed_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await send_problem(send, Problem(405, "Only GET is allowed.", "method_not_allowed"))
            return
        reasons = await self._reasons() if scope["path"] == READY_PATH else []
        answer = {"status": "unavailable", "reasons": reasons} if reasons else {"status": "ok"}
        body = msgspec.json.encode(answer)
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),
        ]
        status = 503 if reasons else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _reasons(self) -> list[str]:
        reasons = []
        if not self._fleet.is_open:
            reasons.append("starting or ending")
        if not self._store.can_be_read():
            reasons.append("the store cannot be read")
        if is_nearly_full(self._folder) or await self._is_store_full():
            reasons.append("disk full")
        return reasons

    async def _is_store_full(self) -> bool:
        """Tell whether writing fails. Where it did, it is tried: there may be room by now."""
        now = time.monotonic()
        if self._store.is_full and now - self._probed_at > PROBE_INTERVAL_S:
            self._probed_at = now
            try:
                await self._store.probe()
            except StoreFull:
                return True
        return self._store.is_full
