"""Users and the digests of their tokens."""

from __future__ import annotations

import sqlite3

from outpost_server.keeping.store.accounts import forget_account, insert_account, owned_only_by
from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.records import Account, Token, now
from outpost_server.keeping.tokens import is_same_token, token_hash


class StillOwner(Exception):
    """A user owns ``endpoints``, or ``teams`` that nobody else owns; these are their names."""

    def __init__(self, teams: list[str], endpoints: list[str]) -> None:
        super().__init__(teams, endpoints)
        self.teams = teams
        self.endpoints = endpoints


class Users:
    """Accounts that have tokens."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    def token(self, text: str) -> Token | None:
        """Return a token, which may have ended.

        It takes a time that does not tell how much of the text is right.
        """
        # The table is searched by digest, which nobody can choose a part of.
        hashed = token_hash(text)
        token = self._directory.now().by_token_hash.get(hashed)
        if token is None or token.user.is_deleting or not is_same_token(text, hashed):
            return None
        return token

    def by_token(self, text: str) -> Account | None:
        """Return the owner of a token that has not ended."""
        token = self.token(text)
        return None if token is None or token.has_ended else token.user

    def token_end(self, user_id: str) -> str | None:
        """Return when a user's token ends, or has ended; None when it does not by itself."""
        tokens = self._directory.now().by_token_hash.values()
        return next((token.ends_at for token in tokens if token.user.id == user_id), None)

    def server_owner(self) -> Account | None:
        """Return the user whose token is in the data folder, None before there is one."""
        accounts = self._directory.now().by_id.values()
        return next((one for one in accounts if one.is_server_owner and not one.is_deleting), None)

    async def add(self, user: Account, token: str, ends_at: str | None = None) -> None:
        """Raises:
        AccountNameTaken: another user or team has the name.
        """

        def work(connection: sqlite3.Connection) -> None:
            insert_account(connection, user)
            _put_token(connection, user.id, token, ends_at)

        await self._database.write(work)

    async def replace_tokens(self, user_id: str, token: str, ends_at: str | None = None) -> None:
        """Make ``token`` the only valid one of a user, up to ``ends_at``.

        Raises:
            RowGone: the user has been removed meanwhile.
        """

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM tokens WHERE user_id = ?", (user_id,))
            _put_token(connection, user_id, token, ends_at)

        # It takes the old ones away, which must not wait for room on the disk.
        await self._database.write(work, is_removal=True)

    async def remove(self, user_id: str) -> None:
        """Forget a user who owns nothing that nobody would own then.

        Raises:
            StillOwner: there is such a thing; nothing has changed.
        """

        def work(connection: sqlite3.Connection) -> None:
            # In one transaction: what the user creates meanwhile comes before it, or not at all.
            owned = connection.execute(
                "SELECT name FROM endpoints WHERE owner_id = ? ORDER BY rowid", (user_id,)
            ).fetchall()
            teams = owned_only_by(connection, user_id)
            if owned or teams:
                raise StillOwner([name for _, name in teams], [row["name"] for row in owned])
            forget_account(connection, user_id)

        await self._database.write(work, is_removal=True)


def _put_token(
    connection: sqlite3.Connection, user_id: str, token: str, ends_at: str | None
) -> None:
    connection.execute(
        "INSERT INTO tokens (hash, user_id, created_at, ends_at) VALUES (?, ?, ?, ?)",
        (token_hash(token), user_id, now(), ends_at),
    )
