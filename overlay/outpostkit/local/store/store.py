"""The store as a whole: one module per kind of row."""

from __future__ import annotations

from pathlib import Path

from .accounts import Accounts
from .answers import Answers
from .avatars import Avatars
from .database import Database
from .deployments import Deployments
from .directory import Directory
from .endpoints import Endpoints
from .follows import Follows
from .teams import Teams
from .templates import Templates
from .third_party_tokens import ThirdPartyTokens
from .users import Users
from .workers import Workers


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
        self.answers = Answers(self._database)
        self.workers = Workers(self._database)

    def close(self) -> None:
        self._database.close()
