"""Reading and writing the rows. Every method that changes something is one transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from outpostkit.local.process_identity import ProcessIdentity
from outpostkit.local.tokens import is_same_token

from .database import Database
from .records import CONCLUDED, CreationKey, Deployment, Endpoint, EndpointConfig, User, now

T = TypeVar("T")

# The key of a creating request and the body that answers it.
Answer = tuple[CreationKey, bytes]

KEYS_KEPT = timedelta(hours=24)


class KeyUsed(Exception):
    """A request with the same idempotency key has been answered."""


class EndpointGone(Exception):
    """The endpoint has been deleted."""


class NameTaken(Exception):
    """Another endpoint of the same owner has the name."""


class Store:
    """The rows below one data folder; see :class:`Database` for what opening raises."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._read_tokens()

    def close(self) -> None:
        self._database.close()

    # Users

    def user_by_token(self, token: str) -> User | None:
        """Return the owner of a token, in a time that does not tell how much of it is right."""
        return next((user for hashed, user in self._tokens if is_same_token(token, hashed)), None)

    def user(self) -> User | None:
        """Return the user, None before there is one."""
        return next((user for _, user in self._tokens), None)

    def _read_tokens(self) -> None:
        # Kept in memory: every request asks for them.
        columns = "id, name, created_at, updated_at"
        rows = self._database.read(f"SELECT token_hash, {columns} FROM users")
        self._tokens = [(row["token_hash"], User(*tuple(row)[1:])) for row in rows]

    async def put_user(self, user: User, token_hash: str) -> None:
        """Add the user, or change the user's name and token."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO users (id, name, token_hash, created_at, updated_at)"
                " VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                " token_hash = excluded.token_hash, updated_at = excluded.updated_at",
                (user.id, user.name, token_hash, user.created_at, user.updated_at),
            )

        await self._database.write(work)
        self._read_tokens()

    # Endpoints

    def endpoints(self, owner_id: str) -> list[Endpoint]:
        return self._endpoints("owner_id = ? ORDER BY rowid", owner_id)

    def all_endpoints(self) -> list[Endpoint]:
        return self._endpoints("1 = 1 ORDER BY rowid")

    def endpoint(self, owner_id: str, name: str) -> Endpoint | None:
        return _first(self._endpoints("owner_id = ? AND name = ?", owner_id, name))

    def endpoint_by_id(self, endpoint_id: str) -> Endpoint | None:
        return _first(self._endpoints("id = ?", endpoint_id))

    def _endpoints(self, condition: str, *values: str) -> list[Endpoint]:
        rows = self._database.read(f"SELECT * FROM endpoints WHERE {condition}", *values)
        return [_endpoint(row) for row in rows]

    async def add_endpoint(
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
        """

        def work(connection: sqlite3.Connection) -> None:
            _put_answer(connection, answer)
            if template is not None:
                _put_template(connection, template)
            columns = "id, owner_id, name, slug, config, created_at, updated_at"
            connection.execute(
                f"INSERT INTO endpoints ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    endpoint.id,
                    endpoint.owner_id,
                    endpoint.name,
                    endpoint.slug,
                    _json(endpoint.config),
                    endpoint.created_at,
                    endpoint.updated_at,
                ),
            )
            connection.executemany(
                "INSERT INTO secrets (endpoint_id, name, value) VALUES (?, ?, ?)",
                [(endpoint.id, name, value) for name, value in secrets.items()],
            )

        await self._write_checked(work)

    async def update_endpoint(self, endpoint_id: str, config: EndpointConfig) -> None:
        await self._change_endpoint(endpoint_id, "config", _json(config))

    async def rename_endpoint(self, endpoint_id: str, name: str) -> None:
        """Raises:
        NameTaken: the owner has another endpoint of that name.
        """
        await self._change_endpoint(endpoint_id, "name", name)

    async def mark_deleting(self, endpoint_id: str) -> None:
        await self._change_endpoint(endpoint_id, "is_deleting", 1)

    async def set_current_deployment(self, endpoint_id: str, deployment_id: str) -> None:
        await self._change_endpoint(endpoint_id, "current_deployment_id", deployment_id)

    async def _change_endpoint(self, endpoint_id: str, column: str, value: object) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                f"UPDATE endpoints SET {column} = ?, updated_at = ? WHERE id = ?",
                (value, now(), endpoint_id),
            )

        await self._write_checked(work)

    async def remove_endpoint(self, endpoint_id: str) -> None:
        """Forget an endpoint with its deployments and secrets, and template files without use."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM endpoints WHERE id = ?", (endpoint_id,))
            connection.execute(
                "DELETE FROM template_files WHERE digest NOT IN (SELECT digest FROM ("
                " SELECT json_extract(config, '$.template_digest') AS digest FROM endpoints"
                " UNION SELECT json_extract(config, '$.template_digest') FROM deployments"
                ") WHERE digest IS NOT NULL)"
            )

        await self._database.write(work)

    async def _write_checked(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            await self._database.write(work)
        except sqlite3.IntegrityError as error:
            if "idempotent_answers" in str(error):
                raise KeyUsed from None
            if "endpoints.name" in str(error):
                raise NameTaken from None
            if "FOREIGN KEY" in str(error):
                raise EndpointGone from None
            raise

    # Templates and secrets

    def template(self, digest: str) -> bytes | None:
        row = _first(
            self._database.read("SELECT content FROM template_files WHERE digest = ?", digest)
        )
        return None if row is None else bytes(row["content"])

    async def put_template(self, content: bytes) -> str:
        """Keep a template file and return its digest."""
        return await self._database.write(lambda connection: _put_template(connection, content))

    def secrets(self, endpoint_id: str) -> dict[str, str]:
        query = "SELECT name, value FROM secrets WHERE endpoint_id = ?"
        return {row["name"]: row["value"] for row in self._database.read(query, endpoint_id)}

    # Deployments

    def deployments(self, endpoint_id: str) -> list[Deployment]:
        """Return the deployments of an endpoint, oldest first."""
        return self._deployments("endpoint_id = ? ORDER BY number", endpoint_id)

    def deployment(self, deployment_id: str) -> Deployment | None:
        return _first(self._deployments("id = ?", deployment_id))

    def open_deployments(self) -> list[Deployment]:
        """Return those that have not concluded, oldest first."""
        return self._deployments("concluded_at IS NULL ORDER BY number")

    def _deployments(self, condition: str, *values: str) -> list[Deployment]:
        rows = self._database.read(f"SELECT * FROM deployments WHERE {condition}", *values)
        return [_deployment(row) for row in rows]

    async def add_deployment(self, deployment: Deployment, answer: Answer | None) -> None:
        """Keep a new deployment and the answer to its creator.

        Raises:
            KeyUsed: the answer's key has been used.
            EndpointGone: the endpoint has been deleted meanwhile.
        """

        def work(connection: sqlite3.Connection) -> None:
            _put_answer(connection, answer)
            columns = "id, endpoint_id, creator_id, status, wakeup, config, created_at, updated_at"
            connection.execute(
                f"INSERT INTO deployments ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    deployment.id,
                    deployment.endpoint_id,
                    deployment.creator_id,
                    deployment.status,
                    deployment.wakeup,
                    _json(deployment.config),
                    deployment.created_at,
                    deployment.updated_at,
                ),
            )

        await self._write_checked(work)

    async def set_deployment_config(self, deployment_id: str, config: EndpointConfig) -> None:
        """Complete the revision of a deployment that has not concluded."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE deployments SET config = ?, updated_at = ? WHERE id = ?",
                (_json(config), now(), deployment_id),
            )

        await self._database.write(work)

    async def set_deployment_status(
        self, deployment_id: str, status: str, reason: str | None = None
    ) -> None:
        """Move a deployment on. It keeps the time and the reason of its first conclusion."""

        def work(connection: sqlite3.Connection) -> None:
            at = now()
            connection.execute(
                "UPDATE deployments SET status = ?, updated_at = ?,"
                " reason = coalesce(reason, ?), concluded_at = coalesce(concluded_at, ?)"
                " WHERE id = ?",
                (status, at, reason, at if status in CONCLUDED else None, deployment_id),
            )

        await self._database.write(work)

    async def serve_deployment(self, endpoint_id: str, deployment_id: str) -> None:
        """Conclude a deployment as healthy: it serves from now on, in place of the one before."""

        def work(connection: sqlite3.Connection) -> None:
            at = now()
            connection.execute(
                "UPDATE deployments SET status = 'superseded', updated_at = ? WHERE id ="
                " (SELECT current_deployment_id FROM endpoints WHERE id = ?)",
                (at, endpoint_id),
            )
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

    # Idempotent answers

    def answer(self, key: CreationKey) -> tuple[str, bytes] | None:
        """Return the digest of the request that used the key before, and its answer."""
        row = _first(
            self._database.read(
                "SELECT request_digest, body FROM idempotent_answers"
                " WHERE user_id = ? AND key = ? AND created_at > ?",
                key.user_id,
                key.key,
                now(-KEYS_KEPT),
            )
        )
        return None if row is None else (row["request_digest"], bytes(row["body"]))

    # Processes

    def workers(self) -> dict[str, ProcessIdentity]:
        rows = self._database.read("SELECT replica_id, pid, started FROM workers")
        return {row["replica_id"]: ProcessIdentity(row["pid"], row["started"]) for row in rows}

    async def add_worker(self, replica_id: str, process: ProcessIdentity) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO workers (replica_id, pid, started) VALUES (?, ?, ?)",
                (replica_id, process.pid, process.started),
            )

        await self._database.write(work)

    async def remove_worker(self, replica_id: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM workers WHERE replica_id = ?", (replica_id,))

        await self._database.write(work)


def _first(found: list[T]) -> T | None:
    return found[0] if found else None


def _json(config: EndpointConfig) -> str:
    return msgspec.json.encode(config).decode()


def _put_answer(connection: sqlite3.Connection, answer: Answer | None) -> None:
    if answer is None:
        return
    key, body = answer
    connection.execute("DELETE FROM idempotent_answers WHERE created_at <= ?", (now(-KEYS_KEPT),))
    connection.execute(
        "INSERT INTO idempotent_answers (user_id, key, request_digest, body, created_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (key.user_id, key.key, key.request_digest, body, now()),
    )


def _put_template(connection: sqlite3.Connection, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    connection.execute("INSERT OR IGNORE INTO template_files VALUES (?, ?)", (digest, content))
    return digest


def _endpoint(row: sqlite3.Row) -> Endpoint:
    fields = dict(row)
    fields["config"] = msgspec.json.decode(fields["config"], type=EndpointConfig)
    fields["is_deleting"] = bool(fields["is_deleting"])
    return Endpoint(**fields)


def _deployment(row: sqlite3.Row) -> Deployment:
    fields = dict(row)
    del fields["number"]
    fields["config"] = msgspec.json.decode(fields["config"], type=EndpointConfig)
    fields["wakeup"] = bool(fields["wakeup"])
    return Deployment(**fields)
