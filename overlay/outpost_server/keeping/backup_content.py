"""What a backup may hold: nothing in it leads out of the data folder, or runs by itself."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

# Ids, digests and names become names of files and folders: one part of a path, and a visible one.
PATH_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
# Elsewhere a name is one for people, or of a variable or model.
TABLES_WITH_NAMES = frozenset({"accounts", "users", "endpoints", "settled_logs"})
CONFIG_DIGEST = "json_extract(config, '$.templateDigest')"


class ContentRefused(Exception):
    """A store has what no server writes; the message names the table and the column."""


def check_content(store: sqlite3.Connection) -> None:
    """Raises:
    ContentRefused: there is a trigger or a view, a reference to a row that is not there, or an
        id, a digest or a name that is not one part of a path.
    """
    store.execute("PRAGMA trusted_schema = OFF")
    schema = store.execute("SELECT type, name FROM sqlite_master").fetchall()
    for kind, name in schema:
        if kind not in ("table", "index"):
            raise ContentRefused(f"it has the {kind} {name!r}")
    for table, *_ in store.execute("PRAGMA foreign_key_check"):
        raise ContentRefused(f"{table} refers to a row that is not there")
    for table in (name for kind, name in schema if kind == "table"):
        for column in _path_parts(store, table):
            for (value,) in store.execute(f'SELECT {column} FROM "{table}"'):
                if value is not None and not _is_path_part(value):
                    raise ContentRefused(f"{column} in {table} is {str(value)[:80]!r}")


def _path_parts(store: sqlite3.Connection, table: str) -> Iterator[str]:
    """Return the columns of a table whose values become parts of paths; those of later, too."""
    for _, column, *_ in store.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall():
        if column in ("id", "slug") or column.endswith(("_id", "digest")):
            yield f'"{column}"'
        elif column == "name" and table in TABLES_WITH_NAMES:
            yield '"name"'
        elif column == "config":
            yield CONFIG_DIGEST


def _is_path_part(value: object) -> bool:
    return isinstance(value, str) and PATH_PART.fullmatch(value) is not None
