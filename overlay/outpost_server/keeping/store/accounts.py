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

    async def mark_deleting(self, account_id: str) -> list[str]:
        """Refuse the tokens of an account and hide it, for good, with all teams of its own.

        Return the ids of all that are hidden now: the account and the teams that nobody else owns.
        """

        def work(connection: sqlite3.Connection) -> list[str]:
            hidden = [
                *(team_id for team_id, _ in owned_only_by(connection, account_id)),
                account_id,
            ]
            connection.executemany(
                "UPDATE accounts SET is_deleting = 1, updated_at = ? WHERE id = ?",
                [(now(), one) for one in hidden],
            )
            return hidden

        return await self._database.write(work, is_removal=True)

    async def remove(self, account_id: str) -> None:
        """Forget an account that owns no endpoint any more."""
        await self._database.write(
            lambda connection: forget_account(connection, account_id), is_removal=True
        )


def forget_account(connection: sqlite3.Connection, account_id: str) -> None:
    connection.execute("DELETE FROM idempotent_answers WHERE user_id = ?", (account_id,))
    connection.execute("DELETE FROM accounts WHERE id = ?", (account_id,))


def owned_only_by(connection: sqlite3.Connection, user_id: str) -> list[tuple[str, str]]:
    """Return id and name of the teams that nobody would own without this user."""
    rows = connection.execute(
        "SELECT teams.id, teams.name FROM members mine"
        " JOIN accounts teams ON teams.id = mine.team_id"
        " WHERE mine.user_id = ? AND mine.role = 'owner' AND NOT teams.is_deleting AND NOT EXISTS"
        " (SELECT 1 FROM members others JOIN accounts users ON users.id = others.user_id"
        " WHERE others.team_id = teams.id AND others.role = 'owner'"
        " AND others.user_id != mine.user_id AND NOT users.is_deleting) ORDER BY mine.rowid",
        (user_id,),
    ).fetchall()
    return [(row["id"], row["name"]) for row in rows]


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
