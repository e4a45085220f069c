"""Teams and who belongs to them."""

from __future__ import annotations

import sqlite3

from outpost_server.keeping.store.accounts import insert_account, owned_only_by
from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.records import Account


class LastOwner(Exception):
    """A team would have no owner any more."""


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

    def members(self, team_id: str) -> list[tuple[Account, str]]:
        """Return who belongs to a team and as what, in the order of joining."""
        listing = self._directory.now()
        found = (
            (listing.by_id[member], role)
            for (team, member), role in listing.roles.items()
            if team == team_id
        )
        return [(member, role) for member, role in found if not member.is_deleting]

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
        """Let a user join a team, or change its role in it.

        Raises:
            LastOwner: it is the only owner and would not be one any more.
            RowGone: the team or the user has been removed meanwhile.
        """

        def work(connection: sqlite3.Connection) -> None:
            if role != "owner":
                _require_other_owner(connection, team_id, user_id)
            _put_member(connection, team_id, user_id, role)

        # An owner that becomes a member has fewer rights.
        await self._database.write(work, is_removal=role != "owner")

    async def remove_member(self, team_id: str, user_id: str) -> bool:
        """Let a user leave a team; False when it does not belong to it.

        Raises:
            LastOwner: it is the only owner.
        """

        def work(connection: sqlite3.Connection) -> bool:
            _require_other_owner(connection, team_id, user_id)
            statement = "DELETE FROM members WHERE team_id = ? AND user_id = ?"
            return bool(connection.execute(statement, (team_id, user_id)).rowcount)

        return await self._database.write(work, is_removal=True)


def _require_other_owner(connection: sqlite3.Connection, team_id: str, user_id: str) -> None:
    if team_id in (owned for owned, _ in owned_only_by(connection, user_id)):
        raise LastOwner


def _put_member(connection: sqlite3.Connection, team_id: str, user_id: str, role: str) -> None:
    connection.execute(
        "INSERT INTO members (team_id, user_id, role) VALUES (?, ?, ?)"
        " ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role",
        (team_id, user_id, role),
    )
