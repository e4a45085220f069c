"""Teams and who belongs to them."""

from __future__ import annotations

import sqlite3

from outpost_server.keeping.store.accounts import insert_account
from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.records import Account


class Teams:
    """Rows of ``members``: each user of a team is an ``owner`` or a ``member`` of it."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    def role(self, team_id: str, user_id: str) -> str | None:
        return self._directory.now().roles.get((team_id, user_id))

    def of_user(self, user_id: str) -> list[Account]:
        """Return the teams that a user belongs to, in the order of joining."""
        listing = self._directory.now()
        teams = (listing.by_id[team] for team, member in listing.roles if member == user_id)
        return [team for team in teams if not team.is_deleting]

    def owned_only_by(self, user_id: str) -> list[Account]:
        """Return the teams that nobody would own without this user."""
        listing = self._directory.now()
        owners: dict[str, set[str]] = {}
        for (team, member), role in listing.roles.items():
            if role == "owner":
                owners.setdefault(team, set()).add(member)
        return [listing.by_id[team] for team, found in owners.items() if found == {user_id}]

    def have_one_in_common(self, user_id: str, other_id: str) -> bool:
        mine = {team.id for team in self.of_user(user_id)}
        return any(team.id in mine for team in self.of_user(other_id))

    async def add(self, team: Account, owner_id: str) -> None:
        """Keep a new team with its owner.

        Raises:
            AccountNameTaken: another user or team has the name.
        """

        def work(connection: sqlite3.Connection) -> None:
            insert_account(connection, team)
            _put_member(connection, team.id, owner_id, "owner")

        await self._database.write(work)

    async def put_member(self, team_id: str, user_id: str, role: str) -> None:
        """Let a user join a team, or change its role in it."""
        await self._database.write(
            lambda connection: _put_member(connection, team_id, user_id, role)
        )

    async def remove_member(self, team_id: str, user_id: str) -> None:
        """Let a user leave a team."""
        statement = "DELETE FROM members WHERE team_id = ? AND user_id = ?"
        await self._database.execute(statement, team_id, user_id)


def _put_member(connection: sqlite3.Connection, team_id: str, user_id: str, role: str) -> None:
    connection.execute(
        "INSERT INTO members (team_id, user_id, role) VALUES (?, ?, ?)"
        " ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role",
        (team_id, user_id, role),
    )
