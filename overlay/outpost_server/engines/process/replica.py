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
from outpost_server.worker.resources.memory import memory_of

LOOKS = 5
UNANSWERED_S = 1.0
LOOK_INTERVAL_S = 0.02


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ProcessReplica:
    """One worker with its supervisor."""

    def __init__(
        self,
        replica_id: str,
        path: Path,
        of_supervisor: Stream,
        of_worker: Stream,
        processes: Workers,
        explain: Callable[[], str | None],
        clear: Callable[[], None],
    ) -> None:
        self.replica_id = replica_id
        self._path = path
        self._reports, self._lifeline = of_supervisor
        self._reader, self._writer = of_worker
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
        return await loop.create_unix_connection(make, str(self._path))

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
                self._lifeline.transport.abort()
                self._writer.transport.abort()
        await self.wait_ended()

    def _cut_lifeline(self) -> None:
        if not self._lifeline.is_closing():
            with contextlib.suppress(OSError):  # the supervisor has closed it
                self._lifeline.write_eof()

    async def _follow(self) -> Ended:
        """Take what the supervisor and the worker report, until both are gone; return why."""
        listening = asyncio.create_task(self._listen())
        why, by_itself = await self._heed()
        # What was supervised ends with its supervisor, whatever had become of that.
        await asyncio.wait({listening}, timeout=UNANSWERED_S)
        listening.cancel()
        self._writer.close()
        self._lifeline.close()
        why = why or await self._why_without_a_word()
        self._finish()
        self._fail(StartFailed(f"It ended before it was ready: {why}."))
        if self._worker is not None:
            self._worker.kill_group()  # gone already, unless its supervisor and the zygote failed
            await self._processes.remove(self.replica_id)
        self._clear()
        return Ended(why, by_itself, self._was_killed)

    async def _heed(self) -> tuple[str | None, bool]:
        """Take what the supervisor reports, and return why the worker ended, and if by itself."""
        why = None
        by_itself = True
        with contextlib.suppress(OSError, ValueError):  # a reset, or a line that was cut
            while line := await self._reports.readline():
                match json.loads(line):
                    case {"event": "started", "pid": int(pid)}:
                        self._worker = ProcessIdentity.of(pid)
                        if self._worker is not None:
                            await self._processes.add(self.replica_id, self._worker)
                    case {"event": "ended", "code": int(code), "reason": reason}:
                        by_itself = reason is None
                        why = reason or describe_exit(code)
        return why, by_itself

    async def _listen(self) -> None:
        """Take what the worker reports of itself. A template may write there what it likes."""
        with contextlib.suppress(OSError, ValueError, RecursionError):
            while line := await self._reader.readline():
                match json.loads(line):
                    case {"event": "failed", "reason": str(reason), "traceback": traceback}:
                        detail = traceback if isinstance(traceback, str) else None
                        self._fail(StartFailed(reason, detail))
                    case {"event": "ready"}:
                        if not self._ready.done():
                            self._ready.set_result(None)
                    case {"event": "finished"}:
                        self._finish()

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
    if code == -signal.SIGKILL:
        return "killed by SIGKILL, as the system does when its memory runs out"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
