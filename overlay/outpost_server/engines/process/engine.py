"""Starting workers: each with its environment, its folder and its supervisor."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sys
from collections import Counter
from pathlib import Path

from outpost_server.engines.engine import Declarations, Premises, ReplicaSpec, Say, StartFailed
from outpost_server.engines.process.environments import Environments
from outpost_server.engines.process.replica import SOCKET_NAME, ProcessReplica
from outpost_server.engines.process.system_packages import provide_system_packages
from outpost_server.engines.process.zygote import Zygote
from outpost_server.worker.limits import Limits
from outpost_server.worker.settings import WorkerSettings

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
# What the interpreter and the dynamic loader read when they start, which is past in a fork.
READ_AT_START = ("PYTHON", "LD_")


class ProcessEngine:
    """See :class:`outpost_server.engines.engine.Engine` for what each method does."""

    def __init__(self, premises: Premises) -> None:
        self._folder = premises.folder
        # Relative: absolute paths of Unix sockets may not be longer than about 100 characters.
        self._run_folder = Path("run")
        self._environments = Environments(premises.folder / premises.environments)
        self._processes = premises.processes
        self._installs_packages = premises.allow_system_packages
        self._zygote = Zygote()
        self._interpreters: Counter[str] = Counter()

    async def open(self) -> None:
        os.chdir(self._folder)
        for replica_id, process in self._processes.all().items():
            process.kill_group()
            await self._processes.remove(replica_id)
        shutil.rmtree(self._run_folder, ignore_errors=True)
        self._zygote.start()

    async def close(self) -> None:
        await asyncio.to_thread(self._zygote.close)

    async def prepare(self, declared: Declarations, say: Say) -> None:
        await provide_system_packages(
            declared.system_dependencies, say, may_install=self._installs_packages
        )
        await self._environments.interpreter(
            declared.python_requirements, say, in_use=self._in_use()
        )

    def _in_use(self) -> set[str]:
        return {python for python, replicas in self._interpreters.items() if replicas}

    async def start(self, spec: ReplicaSpec) -> ProcessReplica:
        python = await self._interpreter(spec)
        folder = self._run_folder / spec.replica_id
        replica = None
        try:
            folder.mkdir(mode=0o700, parents=True)
            replica = await self._launch(spec, folder, python)
            async with asyncio.timeout(spec.start_timeout_s):
                await replica.wait_ready()
        except BaseException as error:
            await _discard(replica, folder)
            if isinstance(error, TimeoutError):
                reason = f"It was not ready within {spec.start_timeout_s:g} s."
                raise StartFailed(reason) from None
            if isinstance(error, OSError):  # a full disk, or no descriptor left
                raise StartFailed(f"This machine could not start it: {error}") from None
            raise
        return replica

    async def _launch(self, spec: ReplicaSpec, folder: Path, python: str | None) -> ProcessReplica:
        settings = WorkerSettings(
            pod_name=spec.pod_name,
            template_path=str(spec.template_path),
            class_name=spec.class_name,
            root_path=spec.root_path,
            runtime_log=str(spec.runtime_log.absolute()),
            # A template that writes into its working directory writes into its own.
            folder=str(self._folder / folder),
            socket=SOCKET_NAME,
            python=python,
            limits=Limits(spec.memory_bytes, spec.cpus),
            variables=dict(spec.variables),
        )
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
        replica = ProcessReplica(spec.replica_id, folder, reader, writer, lifeline, self._processes)
        if python is not None:
            self._interpreters[python] += 1
            replica.when_ended(lambda: self._interpreters.subtract({python: 1}))
        return replica

    async def _interpreter(self, spec: ReplicaSpec) -> str | None:
        """Return the interpreter to start the worker with; None to fork it without one."""
        # Only needed when the environment has been removed to make room for others.
        found = await self._environments.interpreter(
            spec.declared.python_requirements, lambda line: None, in_use=self._in_use()
        )
        if found is not None:
            return found
        needs_start = any(name.startswith(READ_AT_START) for name in spec.secrets)
        return sys.executable if needs_start or sys.platform != "linux" else None


async def _discard(replica: ProcessReplica | None, folder: Path) -> None:
    if replica is not None:
        await asyncio.shield(replica.stop(grace_s=0))
    shutil.rmtree(folder, ignore_errors=True)
