"""The engine that runs every replica in a process of its own on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from outpost_server.engines import ReplicaSpec, StartFailed
from outpost_server.engines.environments import Environments
from outpost_server.engines.zygote import Zygote
from outpost_server.keeping.process_identity import ProcessIdentity

SOCKET_NAME = "http.sock"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
# What the interpreter and the dynamic loader read when they start, which is past in a fork.
READ_AT_START = ("PYTHON", "LD_")


class ProcessRecords(Protocol):
    """Where the engine writes down its processes, to find them after a crash of the server."""

    async def add(self, replica_id: str, process: ProcessIdentity) -> None: ...

    async def remove(self, replica_id: str) -> None: ...

    def all(self) -> dict[str, ProcessIdentity]: ...


class ProcessEngine:
    """Starts workers below ``run_folder``, which is relative to the server's working directory."""

    def __init__(
        self, run_folder: Path, environments: Environments, records: ProcessRecords
    ) -> None:
        self._run_folder = run_folder
        self._environments = environments
        self._records = records
        self._zygote = Zygote()
        self._interpreters: Counter[str] = Counter()

    async def open(self) -> None:
        """End what a crashed server left behind; see :class:`outpost_server.engines.Engine`."""
        for replica_id, process in self._records.all().items():
            process.kill_group()
            await self._records.remove(replica_id)
        shutil.rmtree(self._run_folder, ignore_errors=True)
        self._zygote.start()

    async def close(self) -> None:
        await asyncio.to_thread(self._zygote.close)

    async def prepare(self, requirements: tuple[str, ...], say: Callable[[str], None]) -> None:
        """Build the environment of a revision; see :class:`outpost_server.engines.Engine`."""
        await self._environments.interpreter(requirements, say, in_use=self._in_use())

    def _in_use(self) -> set[str]:
        return {python for python, replicas in self._interpreters.items() if replicas}

    async def start(self, spec: ReplicaSpec) -> ProcessReplica:
        """Start a worker; see :class:`outpost_server.engines.Engine`."""
        python = await self._interpreter(spec)
        folder = self._run_folder / spec.replica_id
        replica = None
        try:
            folder.mkdir(mode=0o700, parents=True)
            replica = await self._launch(spec, folder, python)
            async with asyncio.timeout(spec.start_timeout_s):
                await replica.wait_ready()
        except TimeoutError:
            await _discard(replica, folder)
            raise StartFailed(f"It was not ready within {spec.start_timeout_s:g} s.") from None
        except OSError as error:  # a full disk, or no descriptor left
            await _discard(replica, folder)
            raise StartFailed(f"This machine could not start it: {error}") from None
        except BaseException:
            await _discard(replica, folder)
            raise
        return replica

    async def _launch(self, spec: ReplicaSpec, folder: Path, python: str | None) -> ProcessReplica:
        settings = _settings(spec, folder, python)
        lifeline_end, lifeline = os.pipe()
        channel, channel_end = socket.socketpair()
        try:
            with channel_end:
                self._zygote.fork(settings, lifeline_end, channel_end.fileno())
            reader, writer = await asyncio.open_connection(sock=channel, limit=MAX_MESSAGE_BYTES)
            writer.write(json.dumps(dict(spec.secrets)).encode() + b"\n")
        except BaseException:
            os.close(lifeline)
            channel.close()
            raise
        finally:
            os.close(lifeline_end)
        replica = ProcessReplica(spec.replica_id, folder, reader, writer, lifeline, self._records)
        if python is not None:
            self._interpreters[python] += 1
            replica.when_ended(lambda: self._interpreters.subtract({python: 1}))
        return replica

    async def _interpreter(self, spec: ReplicaSpec) -> str | None:
        """Return the interpreter to start the worker with; None to fork it without one."""
        # Only needed when the environment has been removed to make room for others.
        found = await self._environments.interpreter(
            spec.python_requirements, lambda line: None, in_use=self._in_use()
        )
        if found is not None:
            return found
        needs_start = any(name.startswith(READ_AT_START) for name in spec.secrets)
        return sys.executable if needs_start or sys.platform != "linux" else None


def _settings(spec: ReplicaSpec, folder: Path, python: str | None) -> dict[str, Any]:
    """Return what supervisor and worker are told. None of it is secret."""
    return {
        "pod_name": spec.pod_name,
        "template_path": str(spec.template_path),
        "class_name": spec.class_name,
        "root_path": spec.root_path,
        "runtime_log": str(spec.runtime_log.absolute()),
        # A template that writes into its working directory writes into its own.
        "folder": str(folder.absolute()),
        "socket": SOCKET_NAME,
        "python": python,
        "limits": {"memory_bytes": spec.memory_bytes, "cpus": spec.cpus},
    }


async def _discard(replica: ProcessReplica | None, folder: Path) -> None:
    if replica is not None:
        await asyncio.shield(replica.stop(grace_s=0))
    shutil.rmtree(folder, ignore_errors=True)


class ProcessReplica:
    """One worker with its supervisor."""

    def __init__(
        self,
        replica_id: str,
        folder: Path,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lifeline: int,
        records: ProcessRecords,
    ) -> None:
        self.replica_id = replica_id
        self.socket_path = str(folder / SOCKET_NAME)
        self._folder = folder
        self._reader = reader
        self._writer = writer
        self._lifeline = lifeline
        self._records = records
        self._worker: ProcessIdentity | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.create_task(self._follow())

    async def wait_ready(self) -> None:
        """Return when the worker answers requests.

        Raises:
            StartFailed: the template raised or the process ended first.
        """
        await asyncio.shield(self._ready)

    async def wait_ended(self) -> str:
        return await asyncio.shield(self._ended)

    def when_ended(self, call: Callable[[], None]) -> None:
        self._ended.add_done_callback(lambda _: call())

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

    async def _follow(self) -> str:
        """Take what the worker and its supervisor report, until both are gone; return why."""
        why = "its supervisor was killed"
        try:
            while line := await self._reader.readline():
                message = json.loads(line)
                match message["event"]:
                    case "started":
                        self._worker = ProcessIdentity.of(message["pid"])
                        if self._worker is not None:
                            await self._records.add(self.replica_id, self._worker)
                    case "failed":
                        self._fail(StartFailed(message["reason"], message["traceback"]))
                    case "ready":
                        if not self._ready.done():
                            self._ready.set_result(None)
                    case "ended":
                        why = message["reason"] or describe_exit(message["code"])
        except (OSError, ValueError):  # a reset, or a line that was cut
            pass
        finally:
            self._writer.close()
            self._cut_lifeline()
        self._fail(StartFailed(f"It ended before it was ready: {why}."))
        if self._worker is not None:
            self._worker.kill_group()  # gone already, unless its supervisor and the zygote failed
            await self._records.remove(self.replica_id)
        shutil.rmtree(self._folder, ignore_errors=True)
        return why

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
