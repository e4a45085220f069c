"""The store as a whole: one module per kind of row."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from outpost_server.keeping.models import KeptModels
from outpost_server.keeping.settled_logs import SettledLogs
from outpost_server.keeping.store.accounts import Accounts
from outpost_server.keeping.store.answers import Answers
from outpost_server.keeping.store.avatars import Avatars
from outpost_server.keeping.store.database import Database, touch
from outpost_server.keeping.store.deployments import Deployments
from outpost_server.keeping.store.directory import Directory
from outpost_server.keeping.store.endpoints import Endpoints
from outpost_server.keeping.store.follows import Follows
from outpost_server.keeping.store.teams import Teams
from outpost_server.keeping.store.templates import Templates
from outpost_server.keeping.store.third_party_tokens import ThirdPartyTokens
from outpost_server.keeping.store.users import Users
from outpost_server.keeping.store.workers import Workers


class Store:
    """The rows below one data folder; see :class:`Database` for what opening raises.

    Every method that changes something is one transaction, on the disk when it returns.
    """

    def __init__(self, path: Path, key_file: Path, *, is_guest: bool = False) -> None:
        self._database = Database(path, key_file, is_guest=is_guest)
        directory = Directory(self._database)
        self.accounts = Accounts(self._database, directory)
        self.users = Users(self._database, directory)
        self.teams = Teams(self._database, directory)
        self.follows = Follows(self._database)
        self.avatars = Avatars(self._database)
        self.third_party_tokens = ThirdPartyTokens(self._database)
        self.endpoints = Endpoints(self._database)
        self.templates = Templates(self._database)
        self.deployments = Deployments(self._database)
        self.settled_logs = SettledLogs(self._database)
        self.models = KeptModels(self._database)
        self.answers = Answers(self._database)
        self.workers = Workers(self._database)

    @property
    def is_full(self) -> bool:
        """Whether the last change found no room on the disk."""
        return self._database.is_full

    def can_be_read(self) -> bool:
        try:
            self._database.read("SELECT 1 FROM accounts LIMIT 1")
        except sqlite3.Error:
            return False
        return True

    async def probe(self) -> None:
        """Write without changing anything.

        Raises:
            StoreFull: the disk is full or read-only.
        """
        await self._database.write(touch)

    def close(self) -> None:
        self._database.close()
