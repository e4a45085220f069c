"""All accounts, tokens and memberships in memory: every request asks for some of them."""

from __future__ import annotations

from dataclasses import dataclass

from outpost_server.keeping.store.database import Database
from outpost_server.keeping.store.records import Account, Token
from outpost_server.keeping.store.rows import record


@dataclass(frozen=True)
class Listing:
    """What the directory held at one moment. ``roles`` is by team and user."""

    by_id: dict[str, Account]
    by_name: dict[str, Account]
    by_token_hash: dict[str, Token]
    roles: dict[tuple[str, str], str]


class Directory:
    """Read anew whenever the store has changed, also by another process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._listing = Listing({}, {}, {}, {})

    def now(self) -> Listing:
        version = self._database.version()
        if version != self._version:
            self._listing = self._read()
            self._version = version
        return self._listing

    def _read(self) -> Listing:
        read = self._database.read
        accounts = read(
            "SELECT accounts.*, avatars.digest AS avatar_digest FROM accounts"
            " LEFT JOIN avatars ON avatars.account_id = accounts.id ORDER BY accounts.rowid"
        )
        by_id = {row["id"]: record(row, Account, "socials") for row in accounts}
        tokens = read("SELECT hash, user_id, ends_at FROM tokens")
        members = read("SELECT team_id, user_id, role FROM members ORDER BY rowid")
        return Listing(
            by_id,
            {account.name: account for account in by_id.values()},
            {row["hash"]: Token(by_id[row["user_id"]], row["ends_at"]) for row in tokens},
            {(row["team_id"], row["user_id"]): row["role"] for row in members},
        )
