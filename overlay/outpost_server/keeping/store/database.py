"""One SQLite file: one writer thread, readers that never wait for it, numbered migrations."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from outpost_server.keeping.reserve import Reserve
from outpost_server.keeping.secret_box import SecretBox, WrongKey, write_new_key
from outpost_server.keeping.store.migrations import KEY_CHECK, MIGRATIONS

T = TypeVar("T")

# How long a write waits for one of another process, such as `outpostkit local user add`.
BUSY_TIMEOUT_S = 10
# What each of the two connections holds of the file; the system's own cache holds the rest of it.
CACHE_KIB = 256


class StoreError(Exception):
    """The data folder holds a store that this version cannot use, or that cannot be written."""


class StoreFull(StoreError):
    """Nothing more can be written: the disk is full or has become read-only. Nothing is lost."""


class RowGone(StoreError):
    """What a change refers to, such as the account of who makes it, has been removed meanwhile."""


class Database:
    """Opens or creates the file at ``path`` and brings it to the newest schema.

    ``box`` seals what must not be readable in the file. Its key is in ``key_file``, which is made
    together with the store and is needed from then on. A guest has the store open beside a
    running server: it changes rows and leaves the schema alone.

    Raises:
        StoreError: the file was written by a newer version, is damaged, or cannot be written, or
            its key is missing or another one.
    """

    box: SecretBox
    #: Whether the last transaction found no room on the disk.
    is_full = False

    def __init__(self, path: Path, key_file: Path, *, is_guest: bool = False) -> None:
        self._path = path
        self._is_guest = is_guest
        self._key_file = key_file
        self._writer_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        if key_file.exists() and not has_content(path):
            self._writer_thread.shutdown()
            raise StoreError(
                f"the store {path} is {'empty' if path.exists() else 'gone'}, and the key of its "
                f"secrets is there: it has been lost. Put a backup back with `outpostkit local "
                f"restore`, or remove {key_file} to begin with nothing."
            )
        self._reserve = Reserve(path.with_name("reserve"))
        try:
            self._reserve.release_if_full()
            path.touch(mode=0o600)
            self._writer = self._writer_thread.submit(self._open_writer).result()
            self._reader = _connect(path)
            self._reserve.fill()
        except (sqlite3.Error, OSError) as error:
            self._writer_thread.shutdown()
            raise StoreError(f"cannot use the store {path}: {error}") from error
        except StoreError:
            self._writer_thread.shutdown()
            raise

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query. Call it on the thread that made the database."""
        return self._reader.execute(query, values).fetchall()

    async def read_texts(self, query: str, *values: object) -> set[str]:
        """Return the only column of a query with very many rows; others are answered meanwhile.

        It takes its turn among the writes, and sees those before it.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._writer_thread,
            lambda: {text for (text,) in self._writer.execute(query, values)},
        )

    def version(self) -> int:
        """Return a number that is another one after every change, also by another process."""
        (version,) = self._reader.execute("PRAGMA data_version").fetchone()
        return int(version)

    async def write(
        self, work: Callable[[sqlite3.Connection], T], *, is_removal: bool = False
    ) -> T:
        """Run ``work`` in one transaction, which is on the disk when this returns.

        Nothing of it is kept when ``work`` raises. A cancelled caller does not cancel the
        transaction. A removal may use the room that is kept for it where the disk is full.

        Raises:
            StoreFull: the disk is full or read-only.
            RowGone: what a new row refers to is not there any more.
        """
        done = asyncio.get_running_loop().run_in_executor(
            self._writer_thread, self._run, work, is_removal
        )
        return await asyncio.shield(done)

    async def execute(self, statement: str, *values: object, is_removal: bool = False) -> int:
        """Run one statement as :meth:`write` does, and return how many rows it has changed."""
        return await self.write(
            lambda writer: writer.execute(statement, values).rowcount, is_removal=is_removal
        )

    def close(self) -> None:
        """Finish the writes that are under way and close the file."""
        self._reader.close()
        self._writer_thread.submit(self._writer.close).result()
        self._writer_thread.shutdown()

    def _run(self, work: Callable[[sqlite3.Connection], T], is_removal: bool) -> T:
        try:
            result = self._commit(work)
        except StoreFull:
            if not is_removal:
                raise
            result = self._commit_in_kept_room(work)
        self._reserve.fill()
        return result

    def _commit_in_kept_room(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Commit in the room that SQLite's log has already, or in that of the reserve.

        Whoever fills the disk again and again would use the reserve up otherwise.
        """
        self._reuse_log()
        try:
            return self._commit(work)
        except StoreFull:
            if not self._reserve.release():
                raise
        self._reuse_log()
        return self._commit(work)

    def _reuse_log(self) -> None:
        # Where there is no room for what the log adds to the file, the log goes on.
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def _commit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            result = work(self._writer)
            self._writer.execute("COMMIT")
        except BaseException as error:
            # Where the disk is full, SQLite may have rolled back by itself.
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if _is_about_what_is_gone(error):
                raise RowGone("what this refers to has been removed meanwhile") from error
            if _is_full(error):
                self.is_full = True
                raise StoreFull(f"cannot write {self._path}: {error}") from error
            raise
        self.is_full = False
        return result

    def _open_writer(self) -> sqlite3.Connection:
        connection = _connect(self._path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # Acknowledged means on the disk: a commit waits for it.
            connection.execute("PRAGMA synchronous = FULL")
            version = _schema_version(connection, self._path)
            if self._is_guest and version != len(MIGRATIONS):
                raise StoreError(
                    f"{self._path} is in use by a server of another version of outpostkit. Stop "
                    "that server first."
                )
            self.box = _open_box(connection, self._key_file)
            _migrate(connection, version, self.box)
        except BaseException:
            connection.close()
            raise
        return connection


def touch(connection: sqlite3.Connection) -> None:
    """Write the number of the schema as it is, which takes room as any change does."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version}")


def has_content(path: Path) -> bool:
    """Return whether there is a store; a file of 0 bytes is none."""
    return path.exists() and path.stat().st_size > 0


def _connect(path: Path) -> sqlite3.Connection:
    # No implicit transactions: Database.write begins and ends them.
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _is_about_what_is_gone(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return bool(code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)


def _is_full(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


def _schema_version(connection: sqlite3.Connection, path: Path) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path} has schema version {version}; this version of outpostkit knows up to "
            f"{len(MIGRATIONS)}. Use the version that wrote it, or another data folder."
        )
    return int(version)


def _open_box(connection: sqlite3.Connection, key_file: Path) -> SecretBox:
    tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'key_check'").fetchall()
    sealed = connection.execute("SELECT sealed FROM key_check").fetchone() if tables else None
    try:
        key = key_file.read_bytes()
    except FileNotFoundError:
        if sealed is not None:
            raise StoreError(
                f"the key {key_file} is missing, which the secrets in the store are sealed with. "
                "Put it back from where you keep a copy, or use another data folder."
            ) from None
        key = write_new_key(key_file)
    try:
        box = SecretBox(key)
        if sealed is not None and box.open(sealed["sealed"]) != KEY_CHECK:
            raise WrongKey
    except WrongKey:
        raise StoreError(
            f"the key {key_file} is not the one that the secrets in the store are sealed with. "
            "Put the right one back, or use another data folder."
        ) from None
    return box


def _migrate(connection: sqlite3.Connection, version: int, box: SecretBox) -> None:
    for number, steps in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        for step in steps:
            if callable(step):
                step(connection, box)
            else:
                connection.execute(step)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
