"""Deployments, and which of them serves."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from outpost_server.keeping.store.answers import Answer, put_answer
from outpost_server.keeping.store.records import CONCLUDED, Deployment, EndpointConfig, now
from outpost_server.keeping.store.rows import Rows, columns, encoded, insert, record
from outpost_server.keeping.store.templates import drop_unused_templates, put_template

# What deployments are sorted by. Those that are equal stay in the order of their creation, which
# is that of their numbers, also where the clock has been set back meanwhile.
SORT_KEYS = {
    "updatedAt": "updated_at",
    "createdAt": "number",
    "concludedAt": "coalesce(concluded_at, '')",
    "timeTakenS": "coalesce(max(0, julianday(concluded_at) - julianday(created_at)), -1)",
}

# Those of an endpoint that have concluded and do not serve.
PAST = (
    "endpoint_id = ? AND concluded_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM endpoints"
    " WHERE endpoints.id = deployments.endpoint_id AND current_deployment_id = deployments.id)"
)
# Others write in between, and SQLite needs little room for each.
PRUNED_AT_ONCE = 500


@dataclass(frozen=True)
class WantedDeployments:
    """Which deployments of an endpoint are wanted, and in which order.

    ``text`` is part of the id or the status in small letters, or ``made_by`` has the creator.
    """

    endpoint_id: str
    status: str | None = None
    creator_id: str | None = None
    text: str = ""
    made_by: tuple[str, ...] = ()
    sort_by: str = "createdAt"
    is_descending: bool = True

    def condition(self) -> tuple[str, tuple[object, ...]]:
        """Return the condition of a query, and its values."""
        wanted: dict[str, tuple[object, ...]] = {"endpoint_id = ?": (self.endpoint_id,)}
        if self.status is not None:
            wanted["status = ?"] = (self.status,)
        if self.creator_id is not None:
            wanted["creator_id = ?"] = (self.creator_id,)
        if self.text:
            # As JSON: a query may not have as many values as there may be users.
            makers = "creator_id IN (SELECT value FROM json_each(?))"
            condition = f"(instr(id, ?) OR instr(status, ?) OR {makers})"
            wanted[condition] = (self.text, self.text, json.dumps(self.made_by))
        return " AND ".join(wanted), tuple(value for some in wanted.values() for value in some)


class EndpointGone(Exception):
    """The endpoint has been deleted."""


class Deployments(Rows):
    """Rows of ``deployments`` and ``deployment_secrets``."""

    def count(self, endpoint_id: str) -> int:
        """Return how many deployments an endpoint has."""
        query = "SELECT count(*) FROM deployments WHERE endpoint_id = ?"
        return int(self._database.read(query, endpoint_id)[0][0])

    def newest(self, endpoint_id: str, *, with_template: bool = False) -> Deployment | None:
        """Return the last deployment of an endpoint, or the last that has a template."""
        wanted = (
            " AND json_extract(config, '$.templateDigest') IS NOT NULL" if with_template else ""
        )
        condition = f"endpoint_id = ?{wanted} ORDER BY number DESC LIMIT 1"
        return next(iter(self._find(condition, endpoint_id)), None)

    def page(
        self, wanted: WantedDeployments, *, cursor_id: str | None, skip: int, limit: int
    ) -> tuple[int, list[Deployment]] | None:
        """Return how many there are, and ``limit`` of them after the cursor and ``skip`` more.

        None where the cursor is none of them.
        """
        condition, values = wanted.condition()
        read = self._database.read
        ((total,),) = read(f"SELECT count(*) FROM deployments WHERE {condition}", *values)
        key, direction = SORT_KEYS[wanted.sort_by], "DESC" if wanted.is_descending else "ASC"
        after = ""
        if cursor_id is not None:
            query = f"SELECT {key}, number FROM deployments WHERE {condition} AND id = ?"
            cursor = read(query, *values, cursor_id)
            if not cursor:
                return None
            after = f" AND ({key}, number) {'<' if wanted.is_descending else '>'} (?, ?)"
            values = (*values, *cursor[0])
        order = f"ORDER BY {key} {direction}, number {direction} LIMIT ? OFFSET ?"
        return total, self._find(f"{condition}{after} {order}", *values, limit, skip)

    def current_of_owner(self, owner_id: str) -> dict[str, Deployment]:
        """Return the deployments that serve an owner's endpoints, by their id."""
        wanted = "SELECT current_deployment_id FROM endpoints WHERE owner_id = ?"
        return {one.id: one for one in self._find(f"id IN ({wanted})", owner_id)}

    def by_id(self, deployment_id: str | None) -> Deployment | None:
        if deployment_id is None:
            return None
        return next(iter(self._find("id = ?", deployment_id)), None)

    def not_concluded(self) -> list[Deployment]:
        """Return those that have not concluded, oldest first."""
        return self._find("concluded_at IS NULL ORDER BY number")

    def secrets(self, deployment_id: str) -> dict[str, str]:
        """Return the secrets that an endpoint had when it was deployed, in clear, by name.

        None of a deployment that serves no more.
        """
        query = "SELECT name, value FROM deployment_secrets WHERE deployment_id = ?"
        rows = self._database.read(query, deployment_id)
        return {row["name"]: self._database.box.open(row["value"]) for row in rows}

    def ids(self, endpoint_id: str) -> set[str]:
        """Return the ids of all deployments of an endpoint."""
        query = "SELECT id FROM deployments WHERE endpoint_id = ?"
        return {row["id"] for row in self._database.read(query, endpoint_id)}

    def past(self, endpoint_id: str) -> list[str]:
        """Return the ids of those that have concluded and do not serve, newest first."""
        query = f"SELECT id FROM deployments WHERE {PAST} ORDER BY number DESC"
        return [row["id"] for row in self._database.read(query, endpoint_id)]

    async def prune(self, endpoint_id: str, *, keep: int) -> None:
        """Forget all but the newest ``keep`` of those that have concluded and do not serve.

        With their secrets, and with the template files that nothing else has.
        """

        def work(connection: sqlite3.Connection) -> int:
            query = f"SELECT id, number FROM deployments WHERE {PAST} ORDER BY number DESC"
            found = connection.execute(
                "DELETE FROM deployments WHERE id IN (SELECT id FROM"
                f" ({query} LIMIT -1 OFFSET ?) ORDER BY number LIMIT {PRUNED_AT_ONCE})",
                (endpoint_id, keep),
            ).rowcount
            if found < PRUNED_AT_ONCE:
                drop_unused_templates(connection)
            return found

        if len(self.past(endpoint_id)) > keep:
            while await self._database.write(work, is_removal=True) == PRUNED_AT_ONCE:
                pass

    async def add(self, deployment: Deployment, answer: Answer | None) -> None:
        """Keep a new deployment and the answer to its creator.

        Raises:
            KeyUsed: the answer's key has been used.
            EndpointGone: the endpoint has been deleted meanwhile.
        """

        def work(connection: sqlite3.Connection) -> None:
            put_answer(connection, answer)
            try:
                insert(connection, "deployments", columns(deployment))
            except sqlite3.IntegrityError:
                # Ids are random: only the endpoint that it refers to can be missing.
                raise EndpointGone from None
            connection.execute(
                "INSERT INTO deployment_secrets SELECT ?, name, value FROM secrets"
                " WHERE endpoint_id = ?",
                (deployment.id, deployment.endpoint_id),
            )

        await self._database.write(work)

    async def complete(
        self, deployment_id: str, config: EndpointConfig, template: bytes | None = None
    ) -> None:
        """Keep the revision of a deployment that has not concluded, with its file if it is new."""

        def work(connection: sqlite3.Connection) -> None:
            # At once: files that nothing refers to are removed at any time.
            if template is not None:
                put_template(connection, template)
            statement = "UPDATE deployments SET config = ?, updated_at = ? WHERE id = ?"
            connection.execute(statement, (encoded(config), now(), deployment_id))

        await self._database.write(work)

    async def set_status(self, deployment_id: str, status: str, reason: str | None = None) -> None:
        """Move a deployment on. It keeps the time and the reason of its first conclusion."""

        def work(connection: sqlite3.Connection) -> None:
            at = now()
            is_concluded = status in CONCLUDED
            connection.execute(
                "UPDATE deployments SET status = ?, updated_at = ?,"
                " reason = coalesce(reason, ?), concluded_at = coalesce(concluded_at, ?)"
                " WHERE id = ?",
                (status, at, reason, at if is_concluded else None, deployment_id),
            )
            if is_concluded and status != "healthy":
                _forget_secrets(connection, deployment_id)

        await self._database.write(work)

    async def serve(self, endpoint_id: str, deployment_id: str) -> None:
        """Conclude a deployment as healthy: it serves from now on, in place of the one before."""

        def work(connection: sqlite3.Connection) -> None:
            at = now()
            query = "SELECT current_deployment_id FROM endpoints WHERE id = ?"
            row = connection.execute(query, (endpoint_id,)).fetchone()
            if row is not None and row["current_deployment_id"] is not None:
                before = row["current_deployment_id"]
                connection.execute(
                    "UPDATE deployments SET status = 'superseded', updated_at = ? WHERE id = ?",
                    (at, before),
                )
                _forget_secrets(connection, before)
            connection.execute(
                "UPDATE deployments SET status = 'healthy', updated_at = ?, concluded_at = ?"
                " WHERE id = ?",
                (at, at, deployment_id),
            )
            connection.execute(
                "UPDATE endpoints SET current_deployment_id = ?, updated_at = ? WHERE id = ?",
                (deployment_id, at, endpoint_id),
            )

        await self._database.write(work)

    def _find(self, condition: str, *values: object) -> list[Deployment]:
        rows = self._database.read(f"SELECT * FROM deployments WHERE {condition}", *values)
        return [record(row, Deployment, "config") for row in rows]


def _forget_secrets(connection: sqlite3.Connection, deployment_id: str) -> None:
    statement = "DELETE FROM deployment_secrets WHERE deployment_id = ?"
    connection.execute(statement, (deployment_id,))
