"""The server's user and the digest of the user's token."""

from __future__ import annotations

import sqlite3

from outpostkit.local.tokens import is_same_token

from .database import Database
from .records import User


class Users:
    """Rows of ``users``. Tokens are kept in memory, too: every request asks for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read()

    def by_token(self, token: str) -> User | None:
        """Return the owner of a token, in a time that does not tell how much of it is right."""
        return next((user for hashed, user in self._tokens if is_same_token(token, hashed)), None)

    def first(self) -> User | None:
        """Return the user, None before there is one."""
        return next((user for _, user in self._tokens), None)

    async def put(self, user: User, token_hash: str) -> None:
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
        self._read()

    def _read(self) -> None:
        columns = "token_hash, id, name, created_at, updated_at"
        rows = self._database.read(f"SELECT {columns} FROM users ORDER BY created_at")
        self._tokens = [(row["token_hash"], User(*tuple(row)[1:])) for row in rows]
