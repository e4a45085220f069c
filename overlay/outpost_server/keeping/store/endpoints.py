"""Endpoints with their secrets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from outpost_server.keeping.store.answers import Answer, put_answer
from outpost_server.keeping.store.database import RowGone
from outpost_server.keeping.store.records import Endpoint, EndpointConfig, now
from outpost_server.keeping.store.rows import Rows, columns, encoded, insert, record
from outpost_server.keeping.store.templates import drop_unused_templates, put_template


class NameTaken(Exception):
    """Another endpoint of the same owner has the name."""


class Endpoints(Rows):
    """Rows of ``endpoints`` and ``secrets``: those that the next deployment will have."""

    def all(self) -> list[Endpoint]:
        return self._find("1 = 1 ORDER BY rowid")

    def of_owner(self, owner_id: str) -> list[Endpoint]:
        """Return an owner's endpoints, oldest first."""
        return self._find("owner_id = ? ORDER BY rowid", owner_id)

    def by_name(self, owner_id: str, name: str) -> Endpoint | None:
        return next(iter(self._find("owner_id = ? AND name = ?", owner_id, name)), None)

    def by_id(self, endpoint_id: str) -> Endpoint | None:
        return next(iter(self._find("id = ?", endpoint_id)), None)

    def secret_names(self, endpoint_id: str) -> list[str]:
        """Return the names of the secrets that the next deployment will have, sorted."""
        query = "SELECT name FROM secrets WHERE endpoint_id = ? ORDER BY name"
        return [row["name"] for row in self._database.read(query, endpoint_id)]

    def has_secrets_of(self, endpoint_id: str, deployment_id: str) -> bool:
        """Tell whether the next deployment will have the secrets that an earlier one has."""
        # Of equal values the sealed ones differ when they were given one after the other.
        query = "SELECT name, value FROM {} WHERE {} = ?"
        rows = (
            self._database.read(query.format("secrets", "endpoint_id"), endpoint_id),
            self._database.read(query.format("deployment_secrets", "deployment_id"), deployment_id),
        )
        sealed, deployed = ({row["name"]: row["value"] for row in some} for some in rows)
        opened = self._database.box.open
        return sealed == deployed or (
            sealed.keys() == deployed.keys()
            and all(opened(value) == opened(deployed[name]) for name, value in sealed.items())
        )

    async def add(
        self,
        endpoint: Endpoint,
        template: bytes | None,
        secrets: Mapping[str, str],
        answer: Answer | None,
    ) -> None:
        """Keep a new endpoint with its template file, its secrets, and the answer to its creator.

        Raises:
            KeyUsed: the answer's key has been used.
            NameTaken: the owner has an endpoint of that name.
            RowGone: the owner, or who creates it, has been removed meanwhile.
        """

        def work(connection: sqlite3.Connection) -> None:
            # One that is being deleted is there until all that it owned has ended.
            owner = "SELECT 1 FROM accounts WHERE id = ? AND NOT is_deleting"
            if connection.execute(owner, (endpoint.owner_id,)).fetchone() is None:
                raise RowGone(f"{endpoint.owner_id} has been removed meanwhile")
            put_answer(connection, answer)
            if template is not None:
                put_template(connection, template)
            with _refusing_names():
                insert(connection, "endpoints", columns(endpoint))
            self._put_secrets(connection, endpoint.id, secrets)

        await self._database.write(work)

    async def change(
        self,
        endpoint_id: str,
        change: Callable[[EndpointConfig], EndpointConfig],
        template: bytes | None,
        secrets: Mapping[str, str] | None,
        *,
        is_removal: bool = False,
    ) -> None:
        """Keep what ``change`` makes of the config, a new template file, and all secrets anew.

        Does nothing when there is no such endpoint any more. What ``change`` raises leaves all as
        it was. One that takes rights or secrets away is a removal, also on a full disk.
        """

        def work(connection: sqlite3.Connection) -> None:
            # Read within the transaction: of two changes at once none is lost.
            query = "SELECT * FROM endpoints WHERE id = ?"
            row = connection.execute(query, (endpoint_id,)).fetchone()
            if row is None:
                return
            changed = change(record(row, Endpoint, "config").config)
            if template is not None:
                put_template(connection, template)
            connection.execute(
                "UPDATE endpoints SET config = ?, updated_at = ? WHERE id = ?",
                (encoded(changed), now(), endpoint_id),
            )
            if secrets is not None:
                connection.execute("DELETE FROM secrets WHERE endpoint_id = ?", (endpoint_id,))
                self._put_secrets(connection, endpoint_id, secrets)
            drop_unused_templates(connection)

        await self._database.write(work, is_removal=is_removal)

    def _put_secrets(
        self, connection: sqlite3.Connection, endpoint_id: str, secrets: Mapping[str, str]
    ) -> None:
        sealed = [(endpoint_id, name, self._database.box.seal(v)) for name, v in secrets.items()]
        statement = "INSERT INTO secrets (endpoint_id, name, value) VALUES (?, ?, ?)"
        connection.executemany(statement, sealed)

    async def rename(self, endpoint_id: str, name: str) -> None:
        """Raises:
        NameTaken: the owner has another endpoint of that name.
        """
        await self._change(endpoint_id, "name", name)

    async def mark_deleting(self, endpoint_id: str) -> None:
        await self._change(endpoint_id, "is_deleting", 1, is_removal=True)

    async def remove(self, endpoint_id: str) -> None:
        """Forget an endpoint with its deployments, its secrets and its template files."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM endpoints WHERE id = ?", (endpoint_id,))
            drop_unused_templates(connection)

        await self._database.write(work, is_removal=True)

    async def _change(
        self, endpoint_id: str, column: str, value: object, *, is_removal: bool = False
    ) -> None:
        statement = f"UPDATE endpoints SET {column} = ?, updated_at = ? WHERE id = ?"
        with _refusing_names():
            await self._database.execute(
                statement, value, now(), endpoint_id, is_removal=is_removal
            )

    def _find(self, condition: str, *values: str) -> list[Endpoint]:
        rows = self._database.read(f"SELECT * FROM endpoints WHERE {condition}", *values)
        return [record(row, Endpoint, "config") for row in rows]


@contextmanager
def _refusing_names() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if "endpoints.name" in str(error):
            raise NameTaken from None
        raise
