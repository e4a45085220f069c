"""Answers to creating requests, given again when the same request comes twice."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from outpost_server.keeping.store.records import CreationKey, now
from outpost_server.keeping.store.rows import Rows, columns, insert

# The key of a creating request and the body that answers it.
Answer = tuple[CreationKey, bytes]

KEYS_KEPT = timedelta(hours=24)


class KeyUsed(Exception):
    """A request with the same idempotency key has been answered."""


class Answers(Rows):
    """Rows of ``idempotent_answers``."""

    def earlier(self, key: CreationKey) -> tuple[str, bytes] | None:
        """Return the digest of the request that used the key before, and its answer."""
        rows = self._database.read(
            "SELECT request_digest, body FROM idempotent_answers"
            " WHERE user_id = ? AND key = ? AND created_at > ?",
            *(key.user_id, key.key, now(-KEYS_KEPT)),
        )
        return (rows[0]["request_digest"], bytes(rows[0]["body"])) if rows else None


def put_answer(connection: sqlite3.Connection, answer: Answer | None) -> None:
    """Keep an answer, in the transaction that creates what it tells of.

    Raises:
        KeyUsed: its key has been used.
    """
    if answer is None:
        return
    key, body = answer
    connection.execute("DELETE FROM idempotent_answers WHERE created_at <= ?", (now(-KEYS_KEPT),))
    try:
        values = {**columns(key), "body": body, "created_at": now()}
        insert(connection, "idempotent_answers", values)
    except sqlite3.IntegrityError as error:
        if "UNIQUE" in str(error):
            raise KeyUsed from None
        raise
