"""A copy of the store as one file, made while the server runs, and putting it back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from outpost_server.keeping.data_folder import DataFolder


class BackupError(Exception):
    """The backup could not be made or put back; the message says why."""


def back_up(folder: DataFolder, file: Path) -> int:
    """Copy the store to ``file`` as it is at this moment, and return the size in bytes.

    The server goes on meanwhile. The file holds everything but logs and the key of the secrets:
    ``folder.key`` has to be kept, too, and elsewhere. It appears whole or not at all.

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
    """Put a backup and its key into a data folder that has no store.

    Raises:
        BackupError: the folder has a store, or the file is no intact backup.
    """
    if folder.store.exists():
        raise BackupError(f"{folder.root} has a store already; choose another data folder.")
    try:
        check(file)
        for source, target in ((key_file, folder.key), (file, folder.store)):
            partial = target.with_name(target.name + ".partial")
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
                with source.open("rb") as content:
                    shutil.copyfileobj(content, to)
                to.flush()
                os.fsync(to.fileno())
            partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"cannot put the backup {file} back: {error}") from error


def check(file: Path) -> None:
    """Raises:
    BackupError: the file is no store, or a damaged one.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as store:
            (result,) = store.execute("PRAGMA integrity_check").fetchone()
            (version,) = store.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{file} is no backup of a local Outpost: {error}") from None
    if result != "ok" or not version:
        raise BackupError(f"{file} is damaged: {result if version else 'it has no schema'}")
