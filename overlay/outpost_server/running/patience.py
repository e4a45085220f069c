"""Connections of clients that do not finish: how long they may take to say what they want."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# From the connection, or from the first byte of a further request, to the end of its headers.
# A client that sends a byte now and then could hold any number of connections otherwise.
HEADERS_PATIENCE_S = 20.0


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's, which waits for headers without end."""

    _give_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        self._stop_waiting()
        self._give_up = self.loop.call_later(HEADERS_PATIENCE_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
