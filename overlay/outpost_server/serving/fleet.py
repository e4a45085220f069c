"""Every endpoint of the server: deploying, deleting and scaling them, also after a restart."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Coroutine
from typing import Any

from outpost_server.engines.engine import Engine
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.logbook import Logbook
from outpost_server.keeping.removing import remove
from outpost_server.keeping.retention import Retention
from outpost_server.keeping.store.database import StoreFull
from outpost_server.keeping.store.records import Deployment, Endpoint
from outpost_server.keeping.store.store import Store
from outpost_server.models.cache import Cache
from outpost_server.models.sources import make_sources
from outpost_server.rules.settings import ServerSettings
from outpost_server.serving.endpoint import EndpointRuntime
from outpost_server.serving.generation import Generator
from outpost_server.serving.gpus import GpuPool
from outpost_server.serving.rollout import Rollout, say_what_serves
from outpost_server.serving.template.reader import SourceReader
from outpost_server.serving.template.source import TemplateRefused

# Growing does not wait for this: it happens with the request that asks for it.
SCALE_INTERVAL_S = 0.1
DELETE_PATIENCE_S = 5.0

_log = logging.getLogger("outpost.fleet")


class Fleet:
    """The endpoints at work, by id and by the slug of their prediction path."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        logbook: Logbook,
        folder: DataFolder,
        settings: ServerSettings,
        gpus: GpuPool,
    ) -> None:
        self._store = store
        self._engine = engine
        self._logbook = logbook
        self._folder = folder
        self._settings = settings
        self.gpus = gpus
        sources = make_sources(
            store.models,
            Cache.of(os.environ, folder.root),
            os.environ,
            folders=settings.model_folders,
            max_bytes=settings.model_cache_gb * 1e9,
        )
        self.generator = Generator(store, sources)
        self._reader = SourceReader()
        self._retention = Retention(
            store,
            folder,
            logbook,
            keep_deployments=settings.keep_deployments,
            keep_logs_mb=settings.keep_logs_mb,
        )
        self._by_id: dict[str, EndpointRuntime] = {}
        self._by_slug: dict[str, EndpointRuntime] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = False
        self._is_closing = False

    # Starting and ending

    @property
    def is_open(self) -> bool:
        """Whether what should run has been taken up, and is not being ended."""
        return self._is_open and not self._is_closing

    async def open(self) -> None:
        """Bring what runs in line with what the store says: after a crash as after a proper end."""
        await self._engine.open(self._store.workers)
        for endpoint in self._store.endpoints.all():
            runtime = self.add(endpoint)
            newest = self._store.deployments.newest(endpoint.id)
            runtime.last_rollout_failed = newest is not None and newest.status == "failed"
            if endpoint.is_deleting:
                await self.delete(endpoint)
            elif endpoint.current_deployment_id is not None:
                await self._resume(endpoint, runtime)
        # A rollout that was cut short starts over: its desired state was written before it began.
        for deployment in self._store.deployments.not_concluded():
            owner = self._store.endpoints.by_id(deployment.endpoint_id)
            if owner is not None:
                self.deploy(owner, deployment)
        self._start(self._scale_forever())
        # By now: of what is found here nothing has run since this server began.
        self._start(self._retention.tidy_all(self._store.settled_logs.unsettled_past()))
        self._start(self.forget_owners())
        self._reader.start()
        self._is_open = True

    async def close(self) -> None:
        """End every replica. The store keeps what should run, for the next start."""
        self._is_closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sets = [runtime.serving for runtime in self._by_id.values() if runtime.serving is not None]
        await asyncio.gather(*(replicas.close(drain_s=0, grace_s=2) for replicas in sets))
        await self._engine.close()
        self._reader.close()

    # Endpoints

    def add(self, endpoint: Endpoint) -> EndpointRuntime:
        runtime = EndpointRuntime(
            endpoint.id,
            queue_limit=self._settings.queue_limit,
            queue_timeout_s=self._settings.queue_timeout_s,
        )
        runtime.is_deleting = endpoint.is_deleting
        self._by_id[endpoint.id] = runtime
        self._by_slug[endpoint.slug] = runtime
        return runtime

    def by_id(self, endpoint_id: str) -> EndpointRuntime | None:
        return self._by_id.get(endpoint_id)

    def by_slug(self, slug: str) -> EndpointRuntime | None:
        return self._by_slug.get(slug)

    async def delete(self, endpoint: Endpoint) -> None:
        """End and forget an endpoint.

        Returns when it is gone, its name free again. If it still answers requests after
        ``DELETE_PATIENCE_S``, returns then; it goes on ending meanwhile.
        """
        runtime = self._by_id[endpoint.id]
        try:
            await self._store.endpoints.mark_deleting(endpoint.id)
        except StoreFull:
            # What is to be removed anyway makes room for saying so.
            await asyncio.to_thread(self._logbook.forget, endpoint.id)
            await self._store.endpoints.mark_deleting(endpoint.id)
        runtime.is_deleting = True
        await asyncio.wait(
            {self._start(self._delete(endpoint, runtime))}, timeout=DELETE_PATIENCE_S
        )

    async def _delete(self, endpoint: Endpoint, runtime: EndpointRuntime) -> None:
        for rollout in runtime.rollout_tasks:
            rollout.cancel()
        async with runtime.rollout_order:
            if endpoint.id not in self._by_id:
                return  # deleted twice at once
            if runtime.serving is not None:
                await runtime.serving.close()
            # Files first: on a full disk they make room for the rest.
            await asyncio.to_thread(self._remove_files, endpoint.id)
            await self._store.endpoints.remove(endpoint.id)
            del self._by_id[endpoint.id], self._by_slug[endpoint.slug]

    def _remove_files(self, endpoint_id: str) -> None:
        self._logbook.forget(endpoint_id)
        remove(self._folder.revisions / endpoint_id)

    async def forget_owners(self) -> None:
        """Remove what replicas and builds have left of accounts that are no more."""
        # In this order: a new account has something here only after it has its row.
        kept = await self._engine.owners()
        for owner_id in kept - {account.id for account in self._store.accounts.all()}:
            await self._engine.forget(owner_id)

    # Deployments

    def deploy(self, endpoint: Endpoint, deployment: Deployment) -> None:
        """Roll a stored deployment out; those of one endpoint run one after another, in order."""
        runtime = self._by_id.get(endpoint.id)
        if runtime is None:
            return  # deleted meanwhile
        runtime.rollouts += 1
        task = self._start(self._roll_out(endpoint, runtime, deployment))
        runtime.rollout_tasks.add(task)
        task.add_done_callback(runtime.rollout_tasks.discard)

    async def _roll_out(
        self, endpoint: Endpoint, runtime: EndpointRuntime, deployment: Deployment
    ) -> None:
        log = self._logbook.deployment(endpoint.id, deployment.id)
        over: list[str] = []
        try:
            async with runtime.rollout_order:
                if runtime.is_deleting:
                    return
                rollout = self._rollout(deployment)
                replicas = await rollout.run(
                    deployment, endpoint.slug, runtime.changed, runtime.make_way, runtime.serving_id
                )
                runtime.last_rollout_failed = replicas is None
                if replicas is None:
                    over.append(deployment.id)
                    return
                before, runtime.serving = runtime.serving, replicas
                if deployment.wakeup:
                    runtime.load.touch(time.monotonic())
                log.step("The deployment is healthy and serves from now on.")
                log.event("DeploymentHealthy", "The deployment serves from now on.")
                runtime.scale()
                # Last: whoever reads "healthy" in the store can send a request, read the whole log
                # and find as many replicas as there should be, all at once.
                superseded = await self._store.deployments.serve(endpoint.id, deployment.id)
        except asyncio.CancelledError:
            raise  # the server ends; the deployment starts over when it starts again
        except Exception as error:
            _log.exception("deployment %s failed unexpectedly", deployment.id)
            runtime.last_rollout_failed = True
            reason = f"The local Outpost failed: {type(error).__name__}: {error}"
            log.step(reason, level="ERROR")
            say_what_serves(log, runtime.serving_id)
            await self._store.deployments.set_status(deployment.id, "failed", reason)
            return
        finally:
            runtime.rollouts -= 1
            runtime.changed()
            if not self._is_closing:
                self._start(self._retention.settle(endpoint.id, over))
        if before is not None:
            await before.close()
        if superseded is not None and not self._is_closing:
            self._start(self._retention.settle(endpoint.id, [superseded]))

    async def _resume(self, endpoint: Endpoint, runtime: EndpointRuntime) -> None:
        """Serve the current deployment again, at zero replicas until it is needed."""
        deployment = self._store.deployments.by_id(endpoint.current_deployment_id)
        if deployment is None:
            return
        rollout = self._rollout(deployment)
        try:
            revision = await rollout.resumed(deployment, endpoint.slug)
        except (TemplateRefused, OSError) as refused:
            _log.error("cannot serve endpoint %s again: %s", endpoint.name, refused)
            runtime.last_rollout_failed = True
            return
        runtime.serving = rollout.replica_set(revision, runtime.changed)
        runtime.scale()

    def _rollout(self, deployment: Deployment) -> Rollout:
        return Rollout(
            self._store,
            self._engine,
            self._logbook.deployment(deployment.endpoint_id, deployment.id),
            self._folder.revisions,
            self._settings,
            self.gpus,
            self.generator,
            self._reader,
        )

    # Tasks

    async def _scale_forever(self) -> None:
        while True:
            await asyncio.sleep(SCALE_INTERVAL_S)
            for runtime in list(self._by_id.values()):
                runtime.tick()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
