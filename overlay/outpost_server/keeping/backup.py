"""A copy of the store as one file, made while the server runs, and putting it back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from outpost_server.keeping.backup_content import ContentRefused, check_content
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.secret_box import SecretBox, WrongKey
from outpost_server.keeping.store.database import has_content
from outpost_server.keeping.store.migrations import KEY_CHECK


class BackupError(Exception):
    """The backup could not be made or put back; the message says why."""


def back_up(folder: DataFolder, file: Path) -> int:
    """Copy the store to ``file`` as it is at this moment, and return the size in bytes.

    The server goes on meanwhile. The file holds everything but logs, what runs at this moment, and
    the key of the secrets: ``folder.key`` has to be kept, too, and elsewhere. It appears whole or
    not at all.

    Raises:
        BackupError: there is no store, ``file`` exists, or it cannot be written.
    """
    if not folder.store.exists():
        raise BackupError(f"there is no store in {folder.root}.")
    if file.exists():
        raise BackupError(f"{file} exists; name a file that does not.")
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        # Only its owner may read it, from the first byte on.
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(folder.store, isolation_level=None, timeout=10)) as store:
            # One read transaction: writers go on, and nothing of theirs comes in half.
            store.execute("VACUUM INTO ?", (str(partial),))
        check(partial)
        _forget_processes(partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        size = partial.stat().st_size
        os.link(partial, file)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"cannot write the backup {file}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return size


def restore(file: Path, key_file: Path, folder: DataFolder) -> None:
    """Put a backup and its key into a data folder that has no store, whole or not at all.

    What SQLite has left there of a store that is gone is removed: it would be read as part of
    this one. Where it is cut short, the server does not start, and restoring again finishes it.

    Raises:
        BackupError: the folder has a store or another key, the file is no intact backup or has
            what no server writes, or the key does not belong to it.
        FolderInUse: a server runs on the folder.
    """
    lock = folder.lock()
    try:
        if has_content(folder.store):
            raise BackupError(f"{folder.root} has a store already; choose another data folder.")
        check(file)
        key = key_file.read_bytes()
        _check_key(file, key_file, key)
        if folder.key.exists() and folder.key.read_bytes().strip() != key.strip():
            raise BackupError(
                f"{folder.key} is another key than {key_file}, and may be the only copy. Move it "
                "away, or choose another data folder."
            )
        _put_in_place(file, key, folder)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"cannot put the backup {file} back: {error}") from error
    finally:
        os.close(lock)


def _put_in_place(file: Path, key: bytes, folder: DataFolder) -> None:
    store = _written(folder.store, file.open("rb"))
    # Of the copy: nobody can have changed it since.
    check(store)
    _forget_processes(store)
    _written(folder.key, BytesIO(key)).replace(folder.key)
    for suffix in ("-wal", "-shm", "-journal"):
        folder.store.with_name(folder.store.name + suffix).unlink(missing_ok=True)
    _sync(folder.root)
    # Last: with the store in its place the folder is restored, and not before.
    store.replace(folder.store)
    _sync(folder.root)


def _forget_processes(file: Path) -> None:
    """Forget the replicas of the server that the copy is of: they are not those of another one.

    A server ends what an earlier one has left, and these may be at work on this machine.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        store.execute("DELETE FROM workers")


def _written(target: Path, content: BinaryIO) -> Path:
    """Write what is to be ``target`` beside it, on the disk for good, and return where."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    with content, open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
        shutil.copyfileobj(content, to)
        to.flush()
        os.fsync(to.fileno())
    return partial


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_key(file: Path, key_file: Path, key: bytes) -> None:
    """Raises:
    BackupError: the secrets in the backup are sealed with another key.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as store:
        try:
            row = store.execute("SELECT sealed FROM key_check").fetchone()
        except sqlite3.OperationalError:
            row = None  # a backup of before there were keys
    try:
        box = SecretBox(key)
        is_right = row is None or box.open(row[0]) == KEY_CHECK
    except WrongKey:
        is_right = False
    if not is_right:
        raise BackupError(f"{key_file} is not the key that belongs to {file}.")


def check(file: Path) -> None:
    """Raises:
    BackupError: the file is no store, a damaged one, or has what no server writes.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as store:
            (result,) = store.execute("PRAGMA integrity_check").fetchone()
            (version,) = store.execute("PRAGMA user_version").fetchone()
            if result != "ok" or not version:
                raise BackupError(f"{file} is damaged: {result if version else 'it has no schema'}")
            check_content(store)
    except sqlite3.Error as error:
        raise BackupError(f"{file} is no backup of a local Outpost: {error}") from None
    except ContentRefused as refused:
        raise BackupError(
            f"{file} is not as a server writes it: {refused}. Use a backup that nobody has changed."
        ) from None
