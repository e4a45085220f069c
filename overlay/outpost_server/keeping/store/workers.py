"""Processes of replicas, written down so that a later server can end those of a crashed one."""

from __future__ import annotations

import logging

from outpost_server.keeping.process_identity import ProcessIdentity
from outpost_server.keeping.store.database import StoreFull
from outpost_server.keeping.store.rows import Rows

_log = logging.getLogger("outpost.store")


class Workers(Rows):
    """Rows of ``workers``.

    They are a second line of defence: replicas end with their server by themselves. So replicas
    go on starting and ending where the disk is full, without their row.
    """

    def all(self) -> dict[str, ProcessIdentity]:
        """Return the recorded processes by the id of their replica."""
        rows = self._database.read("SELECT replica_id, pid, started FROM workers")
        return {row["replica_id"]: ProcessIdentity(row["pid"], row["started"]) for row in rows}

    async def add(self, replica_id: str, process: ProcessIdentity) -> None:
        statement = "INSERT OR REPLACE INTO workers (replica_id, pid, started) VALUES (?, ?, ?)"
        await self._execute(statement, replica_id, process.pid, process.started)

    async def remove(self, replica_id: str) -> None:
        await self._execute("DELETE FROM workers WHERE replica_id = ?", replica_id)

    async def _execute(self, statement: str, *values: object) -> None:
        try:
            await self._database.execute(statement, *values)
        except StoreFull as error:
            _log.warning("a replica is not written down: %s", error)
