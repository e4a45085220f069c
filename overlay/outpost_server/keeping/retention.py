"""What is removed of endpoints that stay: old deployments and their logs. See docs/server.md."""

from __future__ import annotations

import asyncio
import logging
import shutil
from pathlib import Path

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.store.database import StoreError
from outpost_server.keeping.store.store import Store

_log = logging.getLogger("outpost.retention")


class Retention:
    """Removes, one endpoint after another, what is not to be kept.

    Never what belongs to a deployment that serves or has not concluded. What a crash has left is
    found by its name: a folder whose deployment or endpoint is in the store no more.
    """

    def __init__(
        self, store: Store, folder: DataFolder, *, keep_deployments: int, keep_logs_mb: float
    ) -> None:
        self._store = store
        self._logs = folder.logs
        self._revisions = folder.revisions
        self._keep_deployments = keep_deployments
        self._keep_logs_bytes = keep_logs_mb * 1024 * 1024
        self._order = asyncio.Lock()

    async def tidy_all(self) -> None:
        """Apply the rules to every endpoint, and remove the folders of those that are gone."""
        # In this order: the folder of a new endpoint is made after its row.
        found = [*_folders(self._logs), *_folders(self._revisions)]
        endpoints = [endpoint.id for endpoint in self._store.endpoints.all()]
        known = set(endpoints)
        for folder in found:
            if folder.name not in known:
                await _remove(folder)
        for endpoint_id in endpoints:
            await self.tidy(endpoint_id)

    async def tidy(self, endpoint_id: str) -> None:
        """Apply the rules to one endpoint. What cannot be removed is tried again next time."""
        async with self._order:
            try:
                await self._store.deployments.prune(endpoint_id, keep=self._keep_deployments)
            except StoreError as error:
                _log.warning("cannot remove old deployments of %s: %s", endpoint_id, error)
            await self._remove_folders(endpoint_id)
            await self._bound_logs(endpoint_id)

    async def _remove_folders(self, endpoint_id: str) -> None:
        """Remove the folders of deployments that are no more."""
        found = await asyncio.to_thread(
            lambda: [*_folders(self._logs / endpoint_id), *_folders(self._revisions / endpoint_id)]
        )
        known = self._store.deployments.ids(endpoint_id)
        for folder in found:
            if folder.name not in known:
                await _remove(folder)

    async def _bound_logs(self, endpoint_id: str) -> None:
        """Remove the logs of deployments that serve no more, the oldest first."""
        folders = [
            self._logs / endpoint_id / one for one in self._store.deployments.past(endpoint_id)
        ]
        for folder in await asyncio.to_thread(_beyond, folders, self._keep_logs_bytes):
            await _remove(folder)


def _beyond(folders: list[Path], limit: float) -> list[Path]:
    """Return what there is after the first ``limit`` bytes of folders, the last one first."""
    total, beyond = 0, []
    for folder in folders:
        size = sum(path.stat().st_size for path in _files(folder))
        total += size
        if size and total > limit:
            beyond.append(folder)
    return beyond[::-1]


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except FileNotFoundError:
        return []


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except FileNotFoundError:
        return []


async def _remove(folder: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
