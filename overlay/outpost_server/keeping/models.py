"""What is known of the models in a cache, and who has had those that are not for everybody."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from outpost_server.keeping.store.records import now
from outpost_server.keeping.store.rows import Rows, columns, insert, record


class KeptModel(msgspec.Struct, frozen=True):
    """A model at a commit in the folder ``cache``.

    ``is_ours`` holds where this server has fetched it, which may remove it then; ``bytes`` is what
    it takes. ``facts`` are what the hub has said about it.
    """

    cache: str
    name: str
    revision: str
    bytes: int
    is_ours: bool
    is_public: bool
    facts: dict[str, Any]
    used_at: str


class KeptModels(Rows):
    """Rows of ``models`` and ``model_readers``."""

    def get(self, cache: str, name: str, revision: str) -> KeptModel | None:
        query = "SELECT * FROM models WHERE cache = ? AND name = ? AND revision = ?"
        rows = self._database.read(query, cache, name, revision)
        return record(rows[0], KeptModel, "facts") if rows else None

    def ours(self, cache: str) -> list[KeptModel]:
        """Return those that this server has fetched, the one that was used longest ago first."""
        query = "SELECT * FROM models WHERE cache = ? AND is_ours ORDER BY used_at, rowid"
        return [record(row, KeptModel, "facts") for row in self._database.read(query, cache)]

    def folders_in_use(self) -> set[str]:
        """Return the folders of models that a deployment serves from, or is about to."""
        rows = self._database.read(
            "SELECT json_extract(config, '$.model.folder') AS folder FROM deployments WHERE"
            " concluded_at IS NULL OR id IN (SELECT current_deployment_id FROM endpoints)"
        )
        return {row["folder"] for row in rows if row["folder"] is not None}

    async def put(self, model: KeptModel) -> None:
        """Keep what is known of a model, in place of what was."""
        values = columns(model)

        def work(connection: sqlite3.Connection) -> None:
            insert(connection, "models", values, "INSERT OR REPLACE")

        await self._database.write(work)

    async def remove(self, model: KeptModel) -> None:
        statement = "DELETE FROM models WHERE cache = ? AND name = ? AND revision = ?"
        await self._database.execute(statement, model.cache, model.name, model.revision)

    async def add_reader(self, name: str, user_id: str) -> None:
        """Remember that the hub let a user have a model that is not for everybody."""
        statement = "INSERT OR REPLACE INTO model_readers VALUES (?, ?, ?)"
        await self._database.execute(statement, name, user_id, now())

    def is_reader(self, name: str, user_id: str | None) -> bool:
        query = "SELECT 1 FROM model_readers WHERE name = ? AND user_id = ?"
        return bool(self._database.read(query, name, user_id))
