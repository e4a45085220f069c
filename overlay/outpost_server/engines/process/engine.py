"""Starting workers: each with its environment, its folder and its supervisor."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from outpost_server.containers.catalogue import Container, find_container
from outpost_server.engines.engine import (
    NOBODY,
    Declarations,
    Premises,
    ReplicaSpec,
    Say,
    StartFailed,
)
from outpost_server.engines.process.builds import Builds
from outpost_server.engines.process.environments import Environments
from outpost_server.engines.process.isolation import Isolation, Places
from outpost_server.engines.process.replica import ProcessReplica
from outpost_server.engines.process.system_packages import provide_system_packages
from outpost_server.engines.process.variables import for_replicas
from outpost_server.engines.process.zygote import Zygote
from outpost_server.engines.process.zygotes import Zygotes
from outpost_server.keeping.removing import remove
from outpost_server.keeping.store.workers import Workers
from outpost_server.worker.resources.limits import Limits
from outpost_server.worker.settings import WorkerSettings

MAX_MESSAGE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Home:
    """Where replicas of a template run: an interpreter, None for the server's own.

    ``zygote`` has what the container imports imported already, if they can be forked from one.
    ``interpreters`` are those whose environments must stay.
    """

    container: Container
    python: str | None
    zygote: Zygote | None
    interpreters: list[str]


class ProcessEngine:
    """See :class:`outpost_server.engines.engine.Engine` for what each method does."""

    def __init__(self, premises: Premises) -> None:
        self._folder = premises.folder
        # Relative: absolute paths of Unix sockets may not be longer than about 100 characters.
        self._run_folder = Path("run")
        self._installs_packages = premises.allow_system_packages
        self._isolation = Isolation(
            premises.folder,
            is_wanted=premises.is_isolating,
            readable=premises.readable_folders,
            writable=premises.writable_folders,
        )
        self._environments = Environments(
            premises.folder / premises.environments,
            for_cpus=not premises.has_gpus,
            builds=Builds(self._isolation, premises.passed_variables),
        )
        self._zygotes = Zygotes(for_replicas(os.environ, premises.passed_variables))
        self._interpreters: Counter[str] = Counter()

    async def open(self, processes: Workers) -> None:
        self._processes = processes
        os.chdir(self._folder)
        for replica_id, process in processes.all().items():
            process.kill_group()
            await processes.remove(replica_id)
        await asyncio.to_thread(remove, self._run_folder)
        self._zygotes.plain.start()
        await asyncio.to_thread(self._isolation.remove_left)

    @property
    def exposure(self) -> str | None:
        return self._isolation.exposure

    async def close(self) -> None:
        await asyncio.to_thread(self._zygotes.close)
        self._environments.close()

    async def prepare(self, declared: Declarations, say: Say) -> None:
        await provide_system_packages(
            declared.system_dependencies, say, may_install=self._installs_packages
        )
        if declared.packages_of:
            try:
                self._isolation.make_home(declared.packages_of)  # it tells of the packages, too
            except OSError as error:
                raise StartFailed(f"This machine could not prepare it: {error}") from None
        home = await self._home(declared, say)
        if home.zygote is not None:
            home.zygote.start()  # it imports while the deployment goes on

    async def start(self, spec: ReplicaSpec) -> ProcessReplica:
        places = replica = None
        interpreters: Counter[str] = Counter()
        try:
            # Only built when the environment has been removed to make room for others.
            home = await self._home(spec.declared, _tell_nobody)
            interpreters.update(home.interpreters)
            self._interpreters.update(interpreters)
            places = self._isolation.make_places(spec.replica_id, spec.owner_id)
            replica = await self._launch(spec, places, home)
            async with asyncio.timeout(spec.start_timeout_s):
                await replica.wait_ready()
        except BaseException as error:
            if replica is not None:
                await asyncio.shield(replica.stop(grace_s=0))
            if places is not None:
                self._isolation.remove(places)
            self._interpreters.subtract(interpreters)
            if isinstance(error, TimeoutError):
                reason = (
                    f"It was not ready within {spec.start_timeout_s:g} s, which is start_timeout_s "
                    "of the server's settings."
                )
                raise StartFailed(reason) from None
            if isinstance(error, OSError):  # a full disk, or no descriptor left
                raise StartFailed(f"This machine could not start it: {error}") from None
            raise
        replica.when_ended(lambda: self._interpreters.subtract(interpreters))
        return replica

    async def owners(self) -> set[str]:
        return await asyncio.to_thread(self._isolation.owners) - {NOBODY}

    async def forget(self, owner_id: str) -> None:
        await self._environments.forget(owner_id)
        # Last: it alone tells of the rest, as others may have environments in the same folder.
        await asyncio.to_thread(self._isolation.forget, owner_id)

    async def _home(self, declared: Declarations, say: Say) -> Home:
        """Return where replicas of a template run, with its environments built."""
        container = find_container(declared.container)
        if container is None:
            raise StartFailed(f"There is no container {declared.container!r}.")
        below = await self._environments.interpreter(
            container.requirements,
            say,
            in_use=self._in_use(),
            what=f"The packages of the container {container.name}",
        )
        own = await self._environments.interpreter(
            declared.python_requirements,
            say,
            on=below,
            in_use=self._in_use(),
            packages_of=declared.packages_of,
            sources=declared.sources,
        )
        found = [python for python in (below, own) if python is not None]
        if own is not None or not container.preload:
            return Home(container, own or below, None, found)
        return Home(container, below, self._zygotes.of(container, below), found)

    def _in_use(self) -> set[str]:
        running = {python for python, replicas in self._interpreters.items() if replicas}
        return running | self._zygotes.interpreters()

    async def _launch(self, spec: ReplicaSpec, places: Places, home: Home) -> ProcessReplica:
        usual = {**home.container.variables, **places.variables()}
        usual = {name: value for name, value in usual.items() if name not in spec.secrets}
        variables = {**usual, **spec.variables}
        zygote, python = self._zygotes.choose(
            home.zygote, home.python, {**spec.secrets, **variables}
        )
        needed = [*(Path(one).parents[1] for one in home.interpreters), *spec.readable]
        root = spec.template_root or spec.template_path.parent
        confinement = self._isolation.confine(places, spec.owner_id, root, needed)
        settings = WorkerSettings(
            pod_name=spec.pod_name,
            template_path=str(spec.template_path),
            template_root=str(root),
            class_name=spec.class_name,
            root_path=spec.root_path,
            runtime_log=str(spec.runtime_log.absolute()),
            # A template that writes into its working directory writes into its own.
            folder=str(places.folder),
            python=python,
            limits=Limits(spec.memory_bytes, spec.cpus),
            variables=variables,
            confinement=confinement,
            server_pid=self._isolation.server_pid,
        )
        # Made here, and in no folder of the replica: what is at this path is what was put there.
        path = self._run_folder / f"{spec.replica_id}.sock"

        def clear() -> None:
            path.unlink(missing_ok=True)
            self._isolation.remove(places)

        lifeline, lifeline_end = socket.socketpair()
        channel, channel_end = socket.socketpair()
        listener = socket.socket(socket.AF_UNIX)
        try:
            with lifeline_end, channel_end, listener:
                listener.bind(str(path))
                theirs = (lifeline_end, channel_end, listener)
                zygote.fork(settings, [one.fileno() for one in theirs])
            of_supervisor = await asyncio.open_connection(sock=lifeline)
            of_worker = await asyncio.open_connection(sock=channel, limit=MAX_MESSAGE_BYTES)
            of_worker[1].write(json.dumps(dict(spec.secrets)).encode() + b"\n")
        except BaseException:
            lifeline.close()
            channel.close()
            path.unlink(missing_ok=True)
            raise
        return ProcessReplica(
            *(spec.replica_id, path, of_supervisor, of_worker, self._processes),
            explain=zygote.explain_end,
            clear=clear,
        )


def _tell_nobody(message: str, *, level: str = "INFO") -> None: ...
