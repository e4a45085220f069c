"""Records as rows: a column for each field, by its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from outpost_server.keeping.store.database import Database

R = TypeVar("R", bound=msgspec.Struct)


class Rows:
    """What is done with the rows of one table, or of a few that belong together."""

    def __init__(self, database: Database) -> None:
        self._database = database


def columns(record: msgspec.Struct, *left_out: str) -> dict[str, object]:
    """Return what the columns of a record hold: JSON where a field has fields itself."""
    return {
        name: encoded(value) if isinstance(value, msgspec.Struct | dict) else value
        for name, value in msgspec.structs.asdict(record).items()
        if name not in left_out
    }


def record(row: sqlite3.Row, kind: type[R], json_column: str) -> R:
    """Return a row as a record of that kind; other columns than its fields are left out."""
    values = {**dict(row), json_column: msgspec.json.decode(row[json_column])}
    return msgspec.convert(values, kind, strict=False)  # SQLite has 0 and 1 for truth


def encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()


def insert(
    connection: sqlite3.Connection, table: str, values: Mapping[str, object], verb: str = "INSERT"
) -> None:
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"{verb} INTO {table} ({', '.join(values)}) VALUES ({marks})", values)
