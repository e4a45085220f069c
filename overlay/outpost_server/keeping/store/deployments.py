"""Deployments, and which of them serves."""

from __future__ import annotations

import sqlite3

from outpost_server.keeping.store.answers import Answer, put_answer
from outpost_server.keeping.store.records import CONCLUDED, Deployment, EndpointConfig, now
from outpost_server.keeping.store.rows import Rows, columns, encoded, insert, record


class EndpointGone(Exception):
    """The endpoint has been deleted."""


class Deployments(Rows):
    """Rows of ``deployments`` and ``deployment_secrets``."""

    def of_endpoint(self, endpoint_id: str) -> list[Deployment]:
        """Return the deployments of an endpoint, oldest first."""
        return self._find("endpoint_id = ? ORDER BY number", endpoint_id)

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

    async def set_config(self, deployment_id: str, config: EndpointConfig) -> None:
        """Complete the revision of a deployment that has not concluded."""
        statement = "UPDATE deployments SET config = ?, updated_at = ? WHERE id = ?"
        await self._database.execute(statement, encoded(config), now(), deployment_id)

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
