"""One endpoint at work: its requests, the replicas that take them, and what its status is."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

from outpost_server.engines.engine import StartFailed
from outpost_server.rules.problem import Problem
from outpost_server.serving.autoscaler import desired_replicas
from outpost_server.serving.load import Load
from outpost_server.serving.replica_set import LiveReplica, ReplicaSet
from outpost_server.serving.replica_status import ReplicaConditions
from outpost_server.serving.stats import EndpointStats


class NoReplica(Problem):
    """No replica took the request. Where waiting changes nothing, ``retry_after_s`` is None."""

    def __init__(self, code: str, message: str, retry_after_s: float | None) -> None:
        super().__init__(503, message, code, retry_after_s=retry_after_s)


class EndpointRuntime:
    """Holds requests while replicas start, gives them to the least busy, scales with the load."""

    def __init__(self, endpoint_id: str, *, queue_limit: int, queue_timeout_s: float) -> None:
        self.endpoint_id = endpoint_id
        self.load = Load()
        self.stats = EndpointStats()
        self.serving: ReplicaSet | None = None
        self.rollout_order = asyncio.Lock()
        self.rollouts = 0
        self.rollout_tasks: set[asyncio.Task[None]] = set()
        self.last_rollout_failed = False
        self.is_deleting = False
        self._conditions = ReplicaConditions()
        self._queue_limit = queue_limit
        self._queue_timeout_s = queue_timeout_s
        self._waiting: deque[asyncio.Future[LiveReplica]] = deque()

    @property
    def status(self) -> str:
        if self.is_deleting:
            return "deleting"
        if self.serving is None:
            if self.rollouts:
                return "deploying"
            return "failed" if self.last_rollout_failed else "not_deployed"
        if self.serving.ready:
            return "healthy"
        if self.serving.is_crash_looping:
            return "failed"
        if self.serving.starting or self.serving.wanted:
            return "starting"
        return "scaled_to_zero"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may call it, as the deployment that serves declares them."""
        return () if self.serving is None else self.serving.revision.declared.cors

    @property
    def serving_id(self) -> str | None:
        """The deployment that serves, None while there is none."""
        return None if self.serving is None else self.serving.revision.deployment_id

    def begin(self) -> None:
        """Count one more request as pending."""
        self.load.begin()
        self.scale()

    def end(self) -> None:
        """Count one request less as pending."""
        self.load.end(time.monotonic())

    def any_replica(self) -> LiveReplica | None:
        """Return the least busy replica, however busy that is; None when none is ready."""
        return None if self.serving is None else self.serving.least_busy()

    async def replica(self) -> LiveReplica:
        """Return the least busy replica, with this request counted as pending on it.

        Waits while one starts, while the first deployment goes on, and while all have as many
        requests as they may; those who came first are first. ``release`` gives it back.

        Raises:
            NoReplica: too many requests wait already, none became ready or free in time, or
            starting one failed.
        """
        if self.serving is not None:
            live = None if self._waiting else self.serving.take()
            if live is not None:
                return live
            if not self.serving.ready:
                self._refuse_in_backoff(self.serving)
                self.stats.cold_starts += not self._waiting
        elif not self.rollouts:
            raise self._not_deployed()
        if len(self._waiting) >= self._queue_limit:
            what = "a free replica" if self._is_busy() else "the endpoint to start"
            message = f"{len(self._waiting)} requests are waiting for {what} already."
            raise NoReplica("queue_full", message, 1)
        ready: asyncio.Future[LiveReplica] = asyncio.get_running_loop().create_future()
        self._waiting.append(ready)
        try:
            async with asyncio.timeout(self._queue_timeout_s):
                return await ready
        except TimeoutError:
            what = "free" if self._is_busy() else "ready"
            message = (
                f"No replica became {what} within {self._queue_timeout_s:g} s, which is "
                "queue_timeout_s of the server's settings."
            )
            self._give_up(ready)
            raise NoReplica("no_replica_ready", message, 5) from None
        except asyncio.CancelledError:
            self._give_up(ready)
            raise
        finally:
            if ready in self._waiting:
                self._waiting.remove(ready)

    def release(self, live: LiveReplica) -> None:
        """Count one request less on a replica: who waits for a free one gets it."""
        live.end()
        if self._waiting:
            self._hand_out()

    def _give_up(self, ready: asyncio.Future[LiveReplica]) -> None:
        """Give back what came in the moment in which nobody waited for it any more."""
        if ready.done() and not ready.cancelled() and ready.exception() is None:
            self.release(ready.result())

    def _is_busy(self) -> bool:
        return self.serving is not None and bool(self.serving.ready)

    def _hand_out(self) -> None:
        while self._waiting and self.serving is not None:
            if self._waiting[0].done():
                self._waiting.popleft()
                continue
            live = self.serving.take()
            if live is None:
                return
            self._waiting.popleft().set_result(live)

    def scale(self) -> None:
        """Have as many replicas as the load asks for now."""
        if self.serving is None:
            return
        scaling = self.serving.revision.config.scaling
        peak = self.load.peak(time.monotonic(), scaling.scaledown_period)
        self.serving.scale_to(desired_replicas(peak, scaling))

    def make_way(self) -> None:
        """End the replicas that serve. They start again when they are needed, if they may."""
        if self.serving is not None:
            self.serving.scale_to(0)

    def tick(self) -> None:
        """Give back replicas that have not been needed for long, try again after a failure."""
        if self.serving is None or self.serving.is_asleep:
            return
        self.scale()
        self._conditions.refresh(self.serving)

    def replica_status(self, serving: ReplicaSet, generation: int) -> dict[str, Any]:
        return self._conditions.status(serving, generation)

    def changed(self) -> None:
        """Serve or refuse those who wait, after replicas came, went or failed."""
        if self.serving is None:
            if not self.rollouts:
                self._refuse_all(self._not_deployed())
            return
        self._conditions.refresh(self.serving)
        if self.serving.ready:
            self._hand_out()
            return
        self.scale()
        if not self.serving.starting and self.serving.last_failure is not None:
            self._refuse_all(self._replica_failed(self.serving, self.serving.last_failure))

    def _refuse_all(self, reason: NoReplica) -> None:
        while self._waiting:
            ready = self._waiting.popleft()
            if not ready.done():
                ready.set_exception(reason)

    def _refuse_in_backoff(self, serving: ReplicaSet) -> None:
        self.scale()
        if serving.last_failure is not None and not serving.starting:
            raise self._replica_failed(serving, serving.last_failure)

    def _not_deployed(self) -> NoReplica:
        if self.last_rollout_failed:
            message = "The last deployment of the endpoint failed; its log has the reason."
            return NoReplica("deployment_failed", message, None)
        return NoReplica("not_deployed", "The endpoint has never been deployed.", None)

    def _replica_failed(self, serving: ReplicaSet, failure: StartFailed) -> NoReplica:
        return NoReplica("replica_failed", failure.reason, max(1.0, serving.backoff_s))

    def unreachable(self, live: LiveReplica) -> None:
        """Send no further request to a replica that takes no connections."""
        if self.serving is not None and live in self.serving.ready:
            self.serving.set_aside(live)
