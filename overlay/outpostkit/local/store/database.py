"""One SQLite file: one writer thread, readers that never wait for it, numbered migrations."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from .migrations import MIGRATIONS

T = TypeVar("T")


class StoreError(Exception):
    """The data folder holds a store that this version cannot use, or that cannot be written."""


class Database:
    """Opens or creates the file at ``path`` and brings it to the newest schema.

    Raises:
        StoreError: the file was written by a newer version, is damaged, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        try:
            path.touch(mode=0o600)
            self._writer = self._writer_thread.submit(self._open_writer).result()
            self._reader = _connect(path)
        except (sqlite3.Error, OSError) as error:
            self._writer_thread.shutdown()
            raise StoreError(f"cannot use the store {path}: {error}") from error
        except StoreError:
            self._writer_thread.shutdown()
            raise

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query. Call it on the thread that made the database."""
        return self._reader.execute(query, values).fetchall()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction, which is on the disk when this returns.

        Nothing of it is kept when ``work`` raises. A cancelled caller does not cancel the
        transaction.
        """
        done = asyncio.get_running_loop().run_in_executor(self._writer_thread, self._run, work)
        return await asyncio.shield(done)

    def close(self) -> None:
        """Finish the writes that are under way and close the file."""
        self._reader.close()
        self._writer_thread.submit(self._writer.close).result()
        self._writer_thread.shutdown()

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._writer)
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise
        self._writer.execute("COMMIT")
        return result

    def _open_writer(self) -> sqlite3.Connection:
        connection = _connect(self._path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # Acknowledged means on the disk: a commit waits for it.
            connection.execute("PRAGMA synchronous = FULL")
            _migrate(connection, self._path)
        except BaseException:
            connection.close()
            raise
        return connection


def _connect(path: Path) -> sqlite3.Connection:
    # No implicit transactions: Database.write begins and ends them.
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path} has schema version {version}; this version of outpostkit knows up to "
            f"{len(MIGRATIONS)}. Use the version that wrote it, or another data folder."
        )
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
