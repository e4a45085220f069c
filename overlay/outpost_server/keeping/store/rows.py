"""Records as rows: a column for each field, by its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import msgspec


def columns(record: msgspec.Struct, *left_out: str) -> dict[str, object]:
    """Return what the columns of a record hold: JSON where a field has fields itself."""
    return {
        name: encoded(value) if isinstance(value, msgspec.Struct | dict) else value
        for name, value in msgspec.structs.asdict(record).items()
        if name not in left_out
    }


def encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()


def insert(
    connection: sqlite3.Connection, table: str, values: Mapping[str, object], verb: str = "INSERT"
) -> None:
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"{verb} INTO {table} ({', '.join(values)}) VALUES ({marks})", values)
