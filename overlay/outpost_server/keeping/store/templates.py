"""Files of prediction templates, each kept once under the digest of its bytes."""

from __future__ import annotations

import hashlib
import sqlite3

from outpost_server.keeping.store.rows import Rows


class Templates(Rows):
    """Rows of ``template_files``."""

    def get(self, digest: str | None) -> bytes | None:
        """Return the file with this digest, None when there is none."""
        rows = self._database.read("SELECT content FROM template_files WHERE digest = ?", digest)
        return bytes(rows[0]["content"]) if rows else None

    async def put(self, content: bytes) -> str:
        """Keep a file and return its digest."""
        return await self._database.write(lambda connection: put_template(connection, content))


def put_template(connection: sqlite3.Connection, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    connection.execute("INSERT OR IGNORE INTO template_files VALUES (?, ?)", (digest, content))
    return digest


def drop_unused_templates(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM template_files WHERE digest NOT IN (SELECT digest FROM ("
        " SELECT json_extract(config, '$.templateDigest') AS digest FROM endpoints"
        " UNION SELECT json_extract(config, '$.templateDigest') FROM deployments"
        ") WHERE digest IS NOT NULL)"
    )
