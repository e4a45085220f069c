"""What is removed of endpoints that stay: old deployments and their logs. See docs/server.md."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.logbook import Logbook
from outpost_server.keeping.removing import remove
from outpost_server.keeping.settled_logs import SettledFile
from outpost_server.keeping.store.database import StoreError
from outpost_server.keeping.store.store import Store

# Deployments: others write, and a server may end, in between.
AT_ONCE = 500

_log = logging.getLogger("outpost.retention")


class Retention:
    """Removes, one endpoint after another, what is not to be kept.

    Never what belongs to a deployment that serves or has not concluded. What a crash has left is
    found by its name: a folder whose deployment or endpoint is in the store no more.
    """

    def __init__(
        self,
        store: Store,
        folder: DataFolder,
        logbook: Logbook,
        *,
        keep_deployments: int,
        keep_logs_mb: float,
    ) -> None:
        self._store = store
        self._logbook = logbook
        self._logs = folder.logs
        self._revisions = folder.revisions
        self._keep_deployments = keep_deployments
        self._keep_logs_bytes = keep_logs_mb * 1024 * 1024
        self._order = asyncio.Lock()

    async def tidy_all(self, unsettled: Mapping[str, list[str]]) -> None:
        """Apply the rules to every endpoint, and remove the folders of what is gone.

        ``unsettled`` are, by endpoint, deployments whose logs an earlier server has not settled.
        """
        # In this order: the folder of a new endpoint is made after its row.
        logs, revisions = _names(self._logs), _names(self._revisions)
        endpoints = [endpoint.id for endpoint in self._store.endpoints.all()]
        await _remove_others(self._logs, logs, endpoints)
        await _remove_others(self._revisions, revisions, endpoints)
        for endpoint_id in endpoints:
            try:
                await self._remove_left(endpoint_id)
            except StoreError as error:
                _log.warning("cannot remove what is left of %s: %s", endpoint_id, error)
            await self.settle(endpoint_id, unsettled.get(endpoint_id, []))

    async def settle(self, endpoint_id: str, deployment_ids: Sequence[str]) -> None:
        """Take the logs of deployments as complete: nothing of these runs any more. Then tidy."""
        for begin in range(0, len(deployment_ids), AT_ONCE):
            some = deployment_ids[begin : begin + AT_ONCE]
            found = await asyncio.to_thread(self._measured, endpoint_id, some)
            try:
                gone = await self._store.settled_logs.settle(endpoint_id, found)
            except StoreError as error:
                # They are looked at as long as it has not been written down: at the next start.
                _log.warning("cannot settle the logs of %s: %s", endpoint_id, error)
                break
            # What was written last has brought a folder back that had been removed.
            await self._remove_of(endpoint_id, gone)
        await self.tidy(endpoint_id)

    def _measured(
        self, endpoint_id: str, deployment_ids: Sequence[str]
    ) -> dict[str, list[SettledFile]]:
        return {one: self._logbook.measure(endpoint_id, one) for one in deployment_ids}

    async def tidy(self, endpoint_id: str) -> None:
        """Apply the rules to one endpoint. What cannot be removed is tried again next time."""
        async with self._order:
            try:
                keep = self._keep_deployments
                while gone := await self._store.deployments.prune(endpoint_id, keep=keep):
                    await self._remove_of(endpoint_id, gone)
                await self._bound_logs(endpoint_id)
            except StoreError as error:
                _log.warning("cannot remove old deployments of %s: %s", endpoint_id, error)

    async def _remove_left(self, endpoint_id: str) -> None:
        """Remove the folders of deployments that are no more, and forget logs that are none."""
        settled = self._store.settled_logs
        before = await settled.of_endpoint(endpoint_id)
        logs = await asyncio.to_thread(_names, self._logs / endpoint_id)
        revisions = await asyncio.to_thread(_names, self._revisions / endpoint_id)
        # A backup that has been put back has no logs.
        if gone := before - logs:
            await settled.drop(gone)
        # Logs that are to be removed are forgotten first: these are not in the store either.
        await _remove_others(self._logs / endpoint_id, logs, await settled.known(endpoint_id))
        kept = await self._store.deployments.ids(endpoint_id)
        await _remove_others(self._revisions / endpoint_id, revisions, kept)

    async def _bound_logs(self, endpoint_id: str) -> None:
        """Remove the logs of deployments that serve no more, the oldest first."""
        settled = self._store.settled_logs
        if settled.total_bytes(endpoint_id) > self._keep_logs_bytes:
            beyond = await settled.drop_beyond(endpoint_id, self._keep_logs_bytes)
            await _remove(self._logs / endpoint_id / one for one in beyond)

    async def _remove_of(self, endpoint_id: str, deployment_ids: Iterable[str]) -> None:
        homes = (self._logs / endpoint_id, self._revisions / endpoint_id)
        await _remove(home / one for one in deployment_ids for home in homes)


def _names(folder: Path) -> set[str]:
    """Return the folders in a folder."""
    try:
        with os.scandir(folder) as entries:
            return {one.name for one in entries if one.is_dir(follow_symlinks=False)}
    except FileNotFoundError:
        return set()


async def _remove_others(home: Path, names: set[str], known: Collection[str]) -> None:
    await _remove(home / one for one in names.difference(known))


async def _remove(folders: Iterable[Path]) -> None:
    # Some in one go: a change of threads takes longer than to remove a folder. And not all of them:
    # a server that ends waits for what a thread has begun.
    found = list(folders)
    for begin in range(0, len(found), AT_ONCE):
        await asyncio.to_thread(_remove_some, found[begin : begin + AT_ONCE])


def _remove_some(folders: list[Path]) -> None:
    for folder in folders:
        remove(folder)
