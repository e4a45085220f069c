"""What is known of logs that are settled: nothing is written to them any more.

A deployment that has concluded and does not serve has settled logs as soon as its last replica has
ended. From then on nobody has to look at its files to find the newest lines, or what takes room.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from outpost_server.keeping.store.deployments import PAST
from outpost_server.keeping.store.rows import Rows

# The latest moment that SQLite can hold, in the year 2262.
MAX_NS = 2**63 - 1


@dataclass(frozen=True)
class SettledFile:
    """A file of a log: its lines are of ``begin_ns`` to ``end_ns``."""

    name: str
    begin_ns: int
    end_ns: int
    size: int


@dataclass(frozen=True)
class FileOfDeployment:
    """Where a settled file is, and when it was last written to."""

    number: int
    deployment_id: str
    name: str
    end_ns: int


class SettledLogs(Rows):
    """Rows of ``settled_logs``, and the mark at their deployments."""

    def unsettled(self, endpoint_id: str) -> list[str]:
        """Return the deployments of an endpoint whose logs may still grow."""
        query = "SELECT id FROM deployments WHERE endpoint_id = ? AND NOT are_logs_settled"
        return [row["id"] for row in self._database.read(query, endpoint_id)]

    def unsettled_past(self) -> dict[str, list[str]]:
        """Return, by endpoint, the deployments that do not serve and whose logs are not settled.

        Where nothing runs yet, these have been left by a server that crashed or had no such marks.
        """
        query = (
            "SELECT endpoint_id, id FROM deployments WHERE NOT are_logs_settled"
            f" AND {PAST} ORDER BY number DESC"
        )
        found: dict[str, list[str]] = {}
        for row in self._database.read(query):
            found.setdefault(row["endpoint_id"], []).append(row["id"])
        return found

    def overlapping(
        self,
        endpoint_id: str,
        names: Collection[str],
        *,
        start_ns: int,
        end_ns: int | None,
        after: FileOfDeployment | None,
        limit: int,
    ) -> list[FileOfDeployment]:
        """Return files with lines of ``start_ns <= time < end_ns``, the last written to first.

        Of those that come ``after`` that one, if one is given, the first ``limit``.
        """
        last = (MAX_NS, MAX_NS) if after is None else (after.end_ns, after.number)
        rows = self._database.read(
            "SELECT number, deployment_id, name, end_ns FROM settled_logs"
            " WHERE endpoint_id = ? AND name IN (SELECT value FROM json_each(?))"
            " AND end_ns >= ? AND begin_ns < ? AND (end_ns, number) < (?, ?)"
            " ORDER BY end_ns DESC, number DESC LIMIT ?",
            *(endpoint_id, json.dumps(sorted(names))),
            *(_stored(start_ns), _stored(MAX_NS if end_ns is None else end_ns), *last, limit),
        )
        return [FileOfDeployment(*row) for row in rows]

    async def of_endpoint(self, endpoint_id: str) -> set[str]:
        """Return the deployments of an endpoint that have settled logs."""
        query = "SELECT DISTINCT deployment_id FROM settled_logs WHERE endpoint_id = ?"
        return await self._database.read_texts(query, endpoint_id)

    async def known(self, endpoint_id: str) -> set[str]:
        """Return the deployments of an endpoint whose logs are settled or may still grow."""
        query = (
            "SELECT deployment_id FROM settled_logs WHERE endpoint_id = ?"
            " UNION SELECT id FROM deployments WHERE endpoint_id = ? AND NOT are_logs_settled"
        )
        return await self._database.read_texts(query, endpoint_id, endpoint_id)

    def total_bytes(self, endpoint_id: str) -> int:
        """Return how much room they take."""
        query = "SELECT coalesce(sum(bytes), 0) FROM settled_logs WHERE endpoint_id = ?"
        return int(self._database.read(query, endpoint_id)[0][0])

    async def settle(
        self, endpoint_id: str, found: Mapping[str, Collection[SettledFile]]
    ) -> list[str]:
        """Keep what is known of the logs of deployments; return those that are no more."""

        def work(connection: sqlite3.Connection) -> list[str]:
            gone = []
            mark = "UPDATE deployments SET are_logs_settled = 1 WHERE id = ?"
            for deployment_id, files in found.items():
                if not connection.execute(mark, (deployment_id,)).rowcount:
                    gone.append(deployment_id)
                    continue
                connection.executemany(
                    "INSERT OR REPLACE INTO settled_logs"
                    " (endpoint_id, deployment_id, name, begin_ns, end_ns, bytes)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (
                            *(endpoint_id, deployment_id, one.name),
                            *(_stored(one.begin_ns), _stored(one.end_ns), one.size),
                        )
                        for one in files
                    ],
                )
            return gone

        return await self._database.write(work)

    async def drop_beyond(self, endpoint_id: str, max_bytes: float) -> list[str]:
        """Forget those of all but the newest deployments, which have at most ``max_bytes``.

        Returns the deployments whose logs are to be removed, oldest first.
        """

        def work(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute(
                "SELECT deployment_id, sum(bytes) FROM settled_logs"
                " JOIN deployments ON deployments.id = deployment_id"
                " WHERE settled_logs.endpoint_id = ? GROUP BY deployment_id"
                " ORDER BY deployments.number DESC",
                (endpoint_id,),
            )
            total, beyond = 0, []
            for deployment_id, size in rows:
                total += size
                if total > max_bytes:
                    beyond.append(deployment_id)
            beyond.reverse()
            _drop(connection, beyond)
            return beyond

        return await self._database.write(work, is_removal=True)

    async def drop(self, deployment_ids: Collection[str]) -> None:
        """Forget those of some deployments."""
        await self._database.write(
            lambda connection: _drop(connection, deployment_ids), is_removal=True
        )


def _stored(at_ns: int) -> int:
    return min(at_ns, MAX_NS)


def _drop(connection: sqlite3.Connection, deployment_ids: Collection[str]) -> None:
    statement = "DELETE FROM settled_logs WHERE deployment_id = ?"
    connection.executemany(statement, [(one,) for one in deployment_ids])
