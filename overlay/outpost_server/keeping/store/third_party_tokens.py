"""Keys of other services, such as Hugging Face; their values are sealed."""

from __future__ import annotations

import sqlite3

import msgspec

from outpost_server.keeping.store.records import new_id, now
from outpost_server.keeping.store.rows import Rows, columns, insert


class ThirdPartyToken(msgspec.Struct, frozen=True, rename="camel"):
    """A key of another service, without its value."""

    id: str
    name: str
    type: str
    created_at: str


class TokenNameTaken(Exception):
    """The user has a key of that name."""


class ThirdPartyTokens(Rows):
    """Rows of ``third_party_tokens``."""

    def of_user(self, user_id: str) -> list[ThirdPartyToken]:
        """Return a user's keys, oldest first."""
        query = (
            "SELECT id, name, type, created_at FROM third_party_tokens"
            " WHERE user_id = ? ORDER BY rowid"
        )
        return [ThirdPartyToken(*row) for row in self._database.read(query, user_id)]

    def value(self, user_id: str, token_id: str) -> str | None:
        """Return the value of a user's key in clear, None when the user has no such key."""
        query = "SELECT value FROM third_party_tokens WHERE user_id = ? AND id = ?"
        rows = self._database.read(query, user_id, token_id)
        return self._database.box.open(rows[0]["value"]) if rows else None

    async def add(self, user_id: str, name: str, service: str, value: str) -> str:
        """Keep a key and return its id.

        Raises:
            TokenNameTaken: the user has a key of that name.
        """
        token = ThirdPartyToken(new_id(), name, service, now())
        sealed = self._database.box.seal(value)
        values = {**columns(token), "user_id": user_id, "value": sealed}
        try:
            await self._database.write(
                lambda connection: insert(connection, "third_party_tokens", values)
            )
        except sqlite3.IntegrityError:
            raise TokenNameTaken from None
        return token.id

    async def remove(self, user_id: str, name: str) -> bool:
        """Forget a key; False when the user has none of that name."""
        statement = "DELETE FROM third_party_tokens WHERE user_id = ? AND name = ?"
        removed = await self._database.execute(statement, user_id, name, is_removal=True)
        return bool(removed)
