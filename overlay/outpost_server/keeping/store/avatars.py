"""Pictures of users and teams."""

from __future__ import annotations

import hashlib

from outpost_server.keeping.store.rows import Rows


class Avatars(Rows):
    """Rows of ``avatars``."""

    def get(self, account_id: str) -> tuple[str, bytes] | None:
        """Return media type and bytes of an account's picture, None when it has none."""
        query = "SELECT media_type, content FROM avatars WHERE account_id = ?"
        rows = self._database.read(query, account_id)
        return (rows[0]["media_type"], bytes(rows[0]["content"])) if rows else None

    async def put(self, account_id: str, media_type: str, content: bytes) -> None:
        await self._database.execute(
            "INSERT OR REPLACE INTO avatars (account_id, digest, media_type, content)"
            " SELECT id, ?, ?, ? FROM accounts WHERE id = ?",
            *(hashlib.sha256(content).hexdigest(), media_type, content, account_id),
        )

    async def remove(self, account_id: str) -> None:
        await self._database.execute("DELETE FROM avatars WHERE account_id = ?", account_id)
