"""The engine that runs every replica in a process of its own on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Protocol

from outpostkit.local.process_identity import ProcessIdentity

from . import ReplicaSpec, StartFailed

SUPERVISOR = str(Path(__file__).with_name("supervisor.py"))

SOCKET_NAME = "http.sock"

# The worker's environment is the server's, without what belongs to the server or to its user's
# account.
PRIVATE_PREFIXES = ("OUTPOST_",)


class ProcessRecords(Protocol):
    """Where the engine writes down its processes, to find them after a crash of the server."""

    async def add(self, replica_id: str, process: ProcessIdentity) -> None: ...

    async def remove(self, replica_id: str) -> None: ...

    def all(self) -> dict[str, ProcessIdentity]: ...


class ProcessEngine:
    """Starts workers below ``run_folder``, which is relative to the server's working directory."""

    def __init__(self, run_folder: Path, records: ProcessRecords) -> None:
        self._run_folder = run_folder
        self._records = records

    async def start(self, spec: ReplicaSpec) -> ProcessReplica:
        """Start a worker; see :class:`outpostkit.local.engine.Engine`."""
        folder = self._run_folder / spec.replica_id
        folder.mkdir(mode=0o700, parents=True)
        replica = None
        try:
            replica = await _spawn(spec, folder, self._records)
            async with asyncio.timeout(spec.start_timeout_s):
                await replica.wait_ready()
        except TimeoutError:
            await _discard(replica, folder)
            raise StartFailed(f"It was not ready within {spec.start_timeout_s:g} s.") from None
        except BaseException:
            await _discard(replica, folder)
            raise
        return replica

    async def end_strays(self) -> int:
        """Kill workers of a crashed server; see :class:`outpostkit.local.engine.Engine`."""
        ended = 0
        for replica_id, process in self._records.all().items():
            ended += process.kill_group()
            await self._records.remove(replica_id)
        shutil.rmtree(self._run_folder, ignore_errors=True)
        return ended


async def _discard(replica: ProcessReplica | None, folder: Path) -> None:
    if replica is not None:
        await asyncio.shield(replica.stop(grace_s=0))
    shutil.rmtree(folder, ignore_errors=True)


async def _spawn(spec: ReplicaSpec, folder: Path, records: ProcessRecords) -> ProcessReplica:
    lifeline_end, lifeline = os.pipe()
    report, report_end = os.pipe()
    socket_path = str(folder / SOCKET_NAME)
    settings = {
        "pod_name": spec.pod_name,
        "template_path": str(spec.template_path),
        "class_name": spec.class_name,
        "root_path": spec.root_path,
        "runtime_log": str(spec.runtime_log),
        "socket": SOCKET_NAME,
        "report_fd": report_end,
    }
    supervisor = [sys.executable, "-I", "-S", SUPERVISOR, str(lifeline_end), str(report_end)]
    log_arguments = [str(spec.runtime_log), spec.pod_name]
    worker = [sys.executable, "-P", "-u", "-m", "outpostkit.local.worker", json.dumps(settings)]
    try:
        process = await asyncio.create_subprocess_exec(
            *supervisor,
            *log_arguments,
            *worker,
            stdin=asyncio.subprocess.DEVNULL,
            # A template that writes into its working directory writes into its own.
            cwd=folder,
            env=_environment(spec),
            pass_fds=(lifeline_end, report_end),
            start_new_session=True,
        )
    except BaseException:
        os.close(lifeline)
        os.close(report)
        raise
    finally:
        os.close(lifeline_end)
        os.close(report_end)
    return ProcessReplica(spec.replica_id, socket_path, folder, process, lifeline, report, records)


def _environment(spec: ReplicaSpec) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(PRIVATE_PREFIXES)
    }
    return {**inherited, **spec.secrets}


class ProcessReplica:
    """One worker with its supervisor."""

    def __init__(
        self,
        replica_id: str,
        socket_path: str,
        folder: Path,
        supervisor: asyncio.subprocess.Process,
        lifeline: int,
        report: int,
        records: ProcessRecords,
    ) -> None:
        self.replica_id = replica_id
        self.socket_path = socket_path
        self._folder = folder
        self._supervisor = supervisor
        self._lifeline = lifeline
        self._report = report
        self._records = records
        self._worker: ProcessIdentity | None = None
        self._ended = asyncio.create_task(self._watch())

    async def wait_ready(self) -> None:
        """Return when the worker answers requests.

        Raises:
            StartFailed: the template raised or the process ended first.
        """
        async with contextlib.aclosing(_messages(self._report)) as messages:
            async for message in messages:
                match message["event"]:
                    case "started":
                        self._worker = ProcessIdentity.of(message["pid"])
                        if self._worker is not None:
                            await self._records.add(self.replica_id, self._worker)
                    case "failed":
                        raise StartFailed(message["reason"], message["traceback"])
                    case "ready":
                        return
        raise StartFailed(f"It ended before it was ready: {await self.wait_ended()}.")

    async def wait_ended(self) -> str:
        return await asyncio.shield(self._ended)

    async def stop(self, *, grace_s: float) -> None:
        if grace_s and self._worker is not None and self._worker.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._worker.pid, signal.SIGTERM)
            await asyncio.wait({self._ended}, timeout=grace_s)
        self._cut_lifeline()
        await self.wait_ended()

    def _cut_lifeline(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    async def _watch(self) -> str:
        code = await self._supervisor.wait()
        if self._worker is not None:
            # Only needed when the supervisor itself was killed; otherwise nobody is left.
            self._worker.kill_group()
            await self._records.remove(self.replica_id)
        self._cut_lifeline()
        shutil.rmtree(self._folder, ignore_errors=True)
        return describe_exit(code)


def describe_exit(code: int) -> str:
    """Return in words how a worker ended: its supervisor reports signals as 128 + number."""
    number = code - 128 if code > 128 else -code
    if number > 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(number).name}"
    return f"exit code {code}"


async def _messages(fd: int) -> AsyncGenerator[dict[str, Any]]:
    """Yield what the worker reports until it closes the pipe."""
    reader = asyncio.StreamReader(limit=16 * 1024 * 1024)
    pipe = os.fdopen(fd, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        while line := await reader.readline():
            yield json.loads(line)
    finally:
        transport.close()
