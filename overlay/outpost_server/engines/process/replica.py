"""One worker with its supervisor, as the server sees them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

from outpost_server.engines.engine import Ended, P, StartFailed
from outpost_server.keeping.process_identity import ProcessIdentity
from outpost_server.keeping.store.workers import Workers
from outpost_server.worker.limits import memory_of

SOCKET_NAME = "http.sock"
LOOKS = 5
UNANSWERED_S = 1.0
LOOK_INTERVAL_S = 0.02


class ProcessReplica:
    """One worker with its supervisor."""

    def __init__(
        self,
        replica_id: str,
        folder: Path,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lifeline: int,
        processes: Workers,
        explain: Callable[[], str | None],
        clear: Callable[[], None],
    ) -> None:
        self.replica_id = replica_id
        self._folder = folder
        self._reader = reader
        self._writer = writer
        self._lifeline = lifeline
        self._processes = processes
        self._explain = explain
        self._clear = clear
        self._worker: ProcessIdentity | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._was_killed = False
        self._ended = asyncio.create_task(self._follow())

    async def wait_ready(self) -> None:
        """Return when the worker answers requests.

        Raises:
            StartFailed: the template raised or the process ended first.
        """
        await asyncio.shield(self._ready)

    async def connect(self, make: Callable[[], P]) -> tuple[asyncio.BaseTransport, P]:
        loop = asyncio.get_running_loop()
        return await loop.create_unix_connection(make, str(self._folder / SOCKET_NAME))

    async def wait_ended(self) -> Ended:
        return await asyncio.shield(self._ended)

    def memory_bytes(self) -> int | None:
        worker = self._worker
        # What has its id by now may be anything.
        return memory_of([worker.pid]) if worker is not None and worker.is_alive() else None

    def when_ended(self, call: Callable[[], None]) -> None:
        self._ended.add_done_callback(lambda _: call())

    async def stop(self, *, grace_s: float, finishing_s: float = 0) -> None:
        if grace_s and self._worker is not None and self._worker.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._worker.pid, signal.SIGTERM)
            if finishing_s:
                await asyncio.wait({self._finished}, timeout=finishing_s)
            await asyncio.wait({self._ended}, timeout=grace_s)
            self._was_killed = not self._ended.done()
        self._cut_lifeline()
        if self._worker is None:
            await asyncio.wait({self._ended}, timeout=UNANSWERED_S)
            if self._worker is None:
                # What is asked to fork it imports yet. Where it gets to that, the cut lifeline
                # ends the fork at once.
                self._writer.transport.abort()
        await self.wait_ended()

    def _cut_lifeline(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    async def _follow(self) -> Ended:
        """Take what the worker and its supervisor report, until both are gone; return why."""
        why = None
        by_itself = True
        try:
            while line := await self._reader.readline():
                message = json.loads(line)
                match message["event"]:
                    case "started":
                        self._worker = ProcessIdentity.of(message["pid"])
                        if self._worker is not None:
                            await self._processes.add(self.replica_id, self._worker)
                    case "failed":
                        self._fail(StartFailed(message["reason"], message["traceback"]))
                    case "ready":
                        if not self._ready.done():
                            self._ready.set_result(None)
                    case "finished":
                        self._finish()
                    case "ended":
                        by_itself = message["reason"] is None
                        why = message["reason"] or describe_exit(message["code"])
        except (OSError, ValueError):  # a reset, or a line that was cut
            pass
        finally:
            self._writer.close()
            self._cut_lifeline()
        why = why or await self._why_without_a_word()
        self._finish()
        self._fail(StartFailed(f"It ended before it was ready: {why}."))
        if self._worker is not None:
            self._worker.kill_group()  # gone already, unless its supervisor and the zygote failed
            await self._processes.remove(self.replica_id)
        self._clear()
        return Ended(why, by_itself, self._was_killed)

    async def _why_without_a_word(self) -> str:
        for _ in range(LOOKS):
            why = self._explain()
            if why is not None:
                return why
            # What it was forked from is ending perhaps, and is not reaped yet.
            await asyncio.sleep(LOOK_INTERVAL_S)
        return "its supervisor was killed"

    def _finish(self) -> None:
        if not self._finished.done():
            self._finished.set_result(None)

    def _fail(self, failure: StartFailed) -> None:
        if not self._ready.done():
            self._ready.set_exception(failure)
            self._ready.exception()  # nobody has to look


def describe_exit(code: int) -> str:
    """Return in words how a worker ended; signals are negative."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
