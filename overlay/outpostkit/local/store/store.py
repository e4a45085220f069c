"""The store as a whole: one module per kind of row."""

from __future__ import annotations

from pathlib import Path

from .answers import Answers
from .database import Database
from .deployments import Deployments
from .endpoints import Endpoints
from .templates import Templates
from .users import Users
from .workers import Workers


class Store:
    """The rows below one data folder; see :class:`Database` for what opening raises.

    Every method that changes something is one transaction, on the disk when it returns.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self.users = Users(self._database)
        self.endpoints = Endpoints(self._database)
        self.templates = Templates(self._database)
        self.deployments = Deployments(self._database)
        self.answers = Answers(self._database)
        self.workers = Workers(self._database)

    def close(self) -> None:
        self._database.close()
