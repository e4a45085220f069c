"""Pictures of users and teams."""

from __future__ import annotations

import hashlib
import sqlite3

from outpost_server.keeping.store.database import Database


class Avatars:
    """Rows of ``avatars``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account_id: str) -> tuple[str, bytes] | None:
        """Return media type and bytes of an account's picture, None when it has none."""
        query = "SELECT media_type, content FROM avatars WHERE account_id = ?"
        rows = self._database.read(query, account_id)
        return (rows[0]["media_type"], bytes(rows[0]["content"])) if rows else None

    async def put(self, account_id: str, media_type: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO avatars (account_id, digest, media_type, content)"
                " SELECT id, ?, ?, ? FROM accounts WHERE id = ?",
                (digest, media_type, content, account_id),
            )

        await self._database.write(work)

    async def remove(self, account_id: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM avatars WHERE account_id = ?", (account_id,))

        await self._database.write(work)
