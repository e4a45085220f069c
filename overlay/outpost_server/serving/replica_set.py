"""The replicas of one revision: starting, retiring and replacing them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outpost_server.engines.engine import Declarations, Engine, Replica, ReplicaSpec, StartFailed
from outpost_server.keeping.logbook import DeploymentLog
from outpost_server.keeping.store.records import EndpointConfig, new_id
from outpost_server.rules.gpus import VISIBLE
from outpost_server.rules.hardware import Hardware
from outpost_server.serving.connection_pool import ConnectionPool
from outpost_server.serving.gpus import GpuPool, Holder, NoGpu
from outpost_server.serving.liveness import wait_until_useless

STOP_GRACE_S = 5.0
DRAIN_S = 60.0
FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
# After this many failures in a row the endpoint counts as failed, though starting it is tried
# again.
CRASH_LOOP = 3
# A replica that lived this long did not fail at starting.
STABLE_S = 10.0


@dataclass(frozen=True)
class Revision:
    """What a deployment runs. It never changes; a changed endpoint is another revision.

    ``owner_id`` is the account that the endpoint belongs to.
    ``variables`` are what its replicas are told in their environment; none of it is secret.
    ``readable`` are folders that they need, such as that of the model. ``template_root`` is the
    folder of a template that has several files.
    """

    endpoint_id: str
    deployment_id: str
    config: EndpointConfig
    template_path: Path
    slug: str
    start_timeout_s: float
    declared: Declarations
    hardware: Hardware
    owner_id: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()
    template_root: Path | None = None


class LiveReplica:
    """A ready replica with its connections and its share of the pending requests."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.pending = 0
        self.is_retired = False
        self.ready_since = time.monotonic()
        #: Why it is ended here although it is needed; None while nothing is wrong with it.
        self.given_up: str | None = None
        #: Why it is gone; "" before ``gone`` is set.
        self.why_gone = ""
        self.idle = asyncio.Event()
        self.gone = asyncio.Event()
        self.connections = ConnectionPool(replica)

    def begin(self) -> None:
        self.pending += 1
        self.idle.clear()

    def end(self) -> None:
        self.pending -= 1
        if not self.pending:
            self.idle.set()

    async def drain_and_stop(self, *, drain_s: float, grace_s: float) -> str:
        """End it when it has done what it was asked; return what was cut, "" when nothing was.

        It has ``drain_s`` for its requests and for what it does behind their answers.
        """
        began = time.monotonic()
        if self.pending:
            with suppress(TimeoutError):
                async with asyncio.timeout(drain_s):
                    await self.idle.wait()
        cut = self.pending
        self.connections.close()
        left_s = max(0.0, drain_s - (time.monotonic() - began))
        await self.replica.stop(grace_s=grace_s, finishing_s=left_s)
        ended = await self.replica.wait_ended()
        if cut:
            plural = "" if cut == 1 else "s"
            return f"its {cut} pending request{plural} did not end within {drain_s:g} s"
        if ended.was_killed:
            took_s = time.monotonic() - began
            return f"its tasks or its threads had not ended after {took_s:.0f} s"
        return ""


class ReplicaSet:
    """Keeps as many replicas of ``revision`` as it is told to; calls ``changed`` at each change."""

    def __init__(
        self,
        revision: Revision,
        engine: Engine,
        secrets: Callable[[], dict[str, str]],
        log: DeploymentLog,
        changed: Callable[[], None],
        gpus: GpuPool,
    ) -> None:
        self.revision = revision
        self.log = log
        self.ready: list[LiveReplica] = []
        self.wanted = 0
        self.failures = 0
        self.last_failure: StartFailed | None = None
        self._engine = engine
        self._secrets = secrets
        self._changed = changed
        self._gpus = gpus
        self._starting: set[asyncio.Task[None]] = set()
        self._others: set[asyncio.Task[None]] = set()
        self._retiring: set[LiveReplica] = set()
        self._not_before = 0.0
        self._closed = False

    @property
    def starting(self) -> int:
        return len(self._starting)

    @property
    def is_asleep(self) -> bool:
        """Whether there is nothing to look after: no replica, and none wanted or on its way."""
        return not (self.wanted or self.ready or self._starting)

    @property
    def backoff_s(self) -> float:
        """Seconds until another start is tried after a failed one."""
        return max(0.0, self._not_before - time.monotonic())

    @property
    def is_crash_looping(self) -> bool:
        return not self.ready and self.failures >= CRASH_LOOP

    def least_busy(self) -> LiveReplica | None:
        return min(self.ready, key=lambda replica: replica.pending, default=None)

    def take(self) -> LiveReplica | None:
        """Return the least busy replica with one more request, None while none may have one."""
        live = self.least_busy()
        most = self.revision.declared.concurrency
        if live is None or (most is not None and live.pending >= most):
            return None
        live.begin()
        return live

    def scale_to(self, wanted: int) -> None:
        """Start or retire replicas until there are ``wanted``."""
        if self._closed:
            return
        if wanted != self.wanted:
            self.log.event("Scaled", f"Scaled from {self.wanted} to {wanted} replicas.")
            self.wanted = wanted
        while len(self.ready) + self.starting < wanted and not self.backoff_s:
            self._keep(self._starting, self._start_one())
        while len(self.ready) > wanted:
            surplus = min(self.ready, key=lambda replica: replica.pending)
            self._retire(surplus, DRAIN_S, STOP_GRACE_S)

    def set_aside(self, live: LiveReplica) -> None:
        """End a replica that takes no connections, and replace it."""
        self.give_up(live, "it took no connections")

    def give_up(self, live: LiveReplica, why: str) -> None:
        """End a replica at once, as it is of no use, and replace it."""
        if live not in self.ready:
            return
        self.ready.remove(live)
        live.given_up = why
        self._keep(self._others, live.replica.stop(grace_s=0))

    async def start_first(self) -> None:
        """Start one replica and return when it is ready.

        Raises:
            StartFailed: it did not become ready.
        """
        self.wanted = 1
        self._add(await self._launch())

    async def close(self, *, drain_s: float = DRAIN_S, grace_s: float = STOP_GRACE_S) -> None:
        """End every replica, after its pending requests if they end within ``drain_s`` seconds."""
        self._closed = True
        self.wanted = 0
        for task in self._starting:
            task.cancel()
        if not drain_s:
            for live in self._retiring:  # they have been given more time than there is now
                live.idle.set()
                self._keep(self._others, live.replica.stop(grace_s=grace_s))
        for live in list(self.ready):
            self._retire(live, drain_s, grace_s)
        while pending := self._starting | self._others:
            await asyncio.wait(pending)

    async def _start_one(self) -> None:
        try:
            outcome: Replica | StartFailed = await self._launch()
        except StartFailed as failure:
            outcome = failure
        # Not starting any more, for those who count in what follows.
        self._starting -= {asyncio.current_task()}
        if isinstance(outcome, StartFailed):
            self._failed(outcome)
        else:
            self._add(outcome)

    async def _launch(self) -> Replica:
        revision = self.revision
        replica_id = new_id()[:10]
        self._event(replica_id, "ReplicaStarting", f"Starting replica {replica_id}.")
        began = time.monotonic()
        hardware = revision.hardware.on_this_machine()
        gpus = await self._take_gpus(replica_id)
        spec = ReplicaSpec(
            replica_id=replica_id,
            pod_name=self._pod_name(replica_id),
            endpoint_id=revision.endpoint_id,
            deployment_id=revision.deployment_id,
            template_path=revision.template_path,
            template_root=revision.template_root,
            class_name=revision.config.class_name or "",
            root_path=f"/domains/{revision.slug}",
            runtime_log=self.log.runtime_path,
            start_timeout_s=revision.start_timeout_s,
            secrets=self._secrets(),
            declared=revision.declared,
            memory_bytes=hardware.memory_bytes,
            cpus=hardware.cpus,
            # A replica without a GPU sees none, so that it takes none from the others.
            variables={**revision.variables, VISIBLE: ",".join(gpus)},
            owner_id=revision.owner_id,
            readable=revision.readable,
        )
        try:
            replica = await self._engine.start(spec)
        except BaseException as error:
            self._gpus.give_back(self._holder(replica_id))
            if isinstance(error, StartFailed):
                error.output = self.log.last_output(spec.pod_name)
                self._start_failed(replica_id, error)
            raise
        took_s = time.monotonic() - began
        message = f"Replica {replica_id} is ready after {took_s:.2f} s."
        self._event(replica_id, "ReplicaReady", message)
        return replica

    async def _take_gpus(self, replica_id: str) -> tuple[str, ...]:
        def say(why: str) -> None:
            self._event(replica_id, "ReplicaWaiting", f"Replica {replica_id} waits: {why}.")
            self.log.step(f"Waiting for a GPU: {why}.")

        try:
            return await self._gpus.take(
                self.revision.hardware.gpus, self._holder(replica_id), on_wait=say
            )
        except NoGpu as error:
            failure = StartFailed(f"There is no GPU for it: {error}.")
            self._start_failed(replica_id, failure)
            raise failure from None

    def _holder(self, replica_id: str) -> Holder:
        revision = self.revision
        return Holder(replica_id, revision.endpoint_id, revision.slug, revision.owner_id)

    def _start_failed(self, replica_id: str, failure: StartFailed) -> None:
        message = f"Replica {replica_id} did not start. {failure.reason}"
        detail = failure.detail
        self._event(replica_id, "ReplicaStartFailed", message, level="ERROR", detail=detail)

    def _pod_name(self, replica_id: str) -> str:
        revision = self.revision
        return f"{revision.slug}-{revision.deployment_id[:7]}-{replica_id}"

    def _event(
        self,
        replica_id: str,
        reason: str,
        message: str,
        *,
        level: str = "INFO",
        detail: str | None = None,
    ) -> None:
        pod_name = self._pod_name(replica_id)
        self.log.event(reason, message, level=level, pod_name=pod_name, detail=detail)

    def _add(self, replica: Replica) -> None:
        live = LiveReplica(replica)
        self.ready.append(live)
        self.last_failure = None
        self._keep(self._others, self._watch(live))
        self._keep(self._others, self._check(live))
        self._changed()

    async def _check(self, live: LiveReplica) -> None:
        useless = asyncio.create_task(
            wait_until_useless(live.connections, self.revision.declared.liveness_timeout)
        )
        gone = asyncio.create_task(live.gone.wait())
        try:
            await asyncio.wait({useless, gone}, return_when=asyncio.FIRST_COMPLETED)
            if useless.done():
                self.give_up(live, useless.result())
        finally:
            useless.cancel()
            gone.cancel()

    async def _watch(self, live: LiveReplica) -> None:
        ended = await live.replica.wait_ended()
        self._gpus.give_back(self._holder(live.replica.replica_id))
        live.why_gone = live.given_up or ("it was stopped" if live.is_retired else ended.why)
        live.gone.set()
        if live.is_retired:
            return
        if live in self.ready:
            self.ready.remove(live)
        live.connections.close()
        replica_id = live.replica.replica_id
        if live.given_up is not None:
            message = f"Replica {replica_id} was ended: {live.given_up}."
        elif ended.by_itself:
            message = f"Replica {replica_id} ended by itself: {ended.why}."
        else:
            message = f"Replica {replica_id} was ended: {ended.why}."
        failure = StartFailed(message)
        failure.output = self.log.last_output(self._pod_name(replica_id))
        detail = failure.detail
        self._event(replica_id, "ReplicaEnded", message, level="ERROR", detail=detail)
        if time.monotonic() - live.ready_since >= STABLE_S:
            self.failures = 0
        elif self.ready:
            # The others show that the template works: this is no crash loop, and what the load
            # needs must not wait for long.
            self.failures = min(self.failures, 1)
        self._failed(failure)

    def _failed(self, failure: StartFailed) -> None:
        # The first failure is answered by another start at once; only repeated ones wait.
        if self.failures:
            delay = min(FIRST_BACKOFF_S * 2 ** (self.failures - 1), MAX_BACKOFF_S)
            self._not_before = time.monotonic() + delay
        self.failures += 1
        self.last_failure = failure
        self._changed()

    def _retire(self, live: LiveReplica, drain_s: float, grace_s: float) -> None:
        self.ready.remove(live)
        live.is_retired = True
        self._retiring.add(live)
        self.failures = 0
        self._keep(self._others, self._end(live, drain_s, grace_s))

    async def _end(self, live: LiveReplica, drain_s: float, grace_s: float) -> None:
        cut = await live.drain_and_stop(drain_s=drain_s, grace_s=grace_s)
        self._retiring.discard(live)
        replica_id = live.replica.replica_id
        message, level = f"Stopped replica {replica_id}.", "INFO"
        if cut:
            message, level = f"Stopped replica {replica_id} before it was done: {cut}.", "WARNING"
        self._event(replica_id, "ReplicaStopped", message, level=level)
        self._changed()

    def _keep(self, tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
