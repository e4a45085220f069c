"""Users and teams by name, and their profiles."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.records import Account, now
from outpost_server.keeping.store.rows import columns, insert


class AccountNameTaken(Exception):
    """Another user or team has the name, perhaps in other upper or lower case."""


class Accounts:
    """Rows of ``accounts``."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    def by_id(self, account_id: str | None) -> Account | None:
        return None if account_id is None else self._directory.now().by_id.get(account_id)

    def by_name(self, name: str) -> Account | None:
        """Return the user or team of that name; one that is being deleted is gone already."""
        found = self._directory.now().by_name.get(name)
        return None if found is None or found.is_deleting else found

    def all(self) -> list[Account]:
        """Return users and teams, oldest first."""
        return list(self._directory.now().by_id.values())

    async def rename(self, account_id: str, name: str) -> None:
        """Raises:
        AccountNameTaken: another user or team has the name.
        """
        statement = "UPDATE accounts SET name = ?, updated_at = ? WHERE id = ?"
        with _refusing_names():
            await self._database.execute(statement, name, now(), account_id)

    async def change_socials(self, account_id: str, changes: Mapping[str, str | None]) -> None:
        """Set the given links, remove those that are None, keep the others."""

        def work(connection: sqlite3.Connection) -> None:
            query = "SELECT socials FROM accounts WHERE id = ?"
            row = connection.execute(query, (account_id,)).fetchone()
            if row is None:
                return
            merged = {**json.loads(row["socials"]), **changes}
            kept = {name: link for name, link in merged.items() if link is not None}
            connection.execute(
                "UPDATE accounts SET socials = ?, updated_at = ? WHERE id = ?",
                (json.dumps(kept), now(), account_id),
            )

        await self._database.write(work)

    async def mark_deleting(self, account_ids: list[str]) -> None:
        """Refuse the tokens of these accounts and hide them, for good."""
        statement = "UPDATE accounts SET is_deleting = 1, updated_at = ? WHERE id = ?"
        values = [(now(), account_id) for account_id in account_ids]
        await self._database.write(
            lambda connection: connection.executemany(statement, values), is_removal=True
        )

    async def remove(self, account_id: str) -> None:
        """Forget an account that owns no endpoint any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM idempotent_answers WHERE user_id = ?", (account_id,))
            connection.execute("DELETE FROM accounts WHERE id = ?", (account_id,))

        await self._database.write(work, is_removal=True)


def insert_account(connection: sqlite3.Connection, account: Account) -> None:
    """Raises:
    AccountNameTaken: another user or team has the name.
    """
    with _refusing_names():
        # Its picture is a row of its own.
        insert(connection, "accounts", columns(account, "avatar_digest"))


@contextmanager
def _refusing_names() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if "name" in str(error):
            raise AccountNameTaken from None
        raise
