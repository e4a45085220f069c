"""Users and the digests of their tokens."""

from __future__ import annotations

import sqlite3

from outpost_server.keeping.store.accounts import insert_account
from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.records import Account, now
from outpost_server.keeping.tokens import is_same_token, token_hash


class Users:
    """Accounts that have tokens."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    def by_token(self, token: str) -> Account | None:
        """Return the owner of a token, in a time that does not tell how much of it is right."""
        # The table is searched by digest, which nobody can choose a part of.
        hashed = token_hash(token)
        user = self._directory.now().by_token_hash.get(hashed)
        if user is None or user.is_deleting or not is_same_token(token, hashed):
            return None
        return user

    def server_owner(self) -> Account | None:
        """Return the user whose token is in the data folder, None before there is one."""
        accounts = self._directory.now().by_id.values()
        return next((one for one in accounts if one.is_server_owner and not one.is_deleting), None)

    async def add(self, user: Account, token: str) -> None:
        """Raises:
        AccountNameTaken: another user or team has the name.
        """

        def work(connection: sqlite3.Connection) -> None:
            insert_account(connection, user)
            _put_token(connection, user.id, token)

        await self._database.write(work)

    async def replace_tokens(self, user_id: str, token: str) -> None:
        """Make ``token`` the only valid one of a user."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM tokens WHERE user_id = ?", (user_id,))
            _put_token(connection, user_id, token)

        await self._database.write(work)


def _put_token(connection: sqlite3.Connection, user_id: str, token: str) -> None:
    values = (token_hash(token), user_id, now())
    connection.execute("INSERT INTO tokens (hash, user_id, created_at) VALUES (?, ?, ?)", values)
