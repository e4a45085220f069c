"""The schema of the store, as the steps that lead to it. Steps are only ever added at the end."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE users (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            token_hash TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        ) STRICT
        """,
        # A template file is kept once, under the digest of its bytes.
        """
        CREATE TABLE template_files (
            digest TEXT PRIMARY KEY,
            content BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE endpoints (
            id TEXT PRIMARY KEY,
            owner_id TEXT NOT NULL REFERENCES users (id),
            name TEXT NOT NULL,
            slug TEXT NOT NULL UNIQUE,
            config TEXT NOT NULL,
            current_deployment_id TEXT,
            is_deleting INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            UNIQUE (owner_id, name)
        ) STRICT
        """,
        """
        CREATE TABLE secrets (
            endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (endpoint_id, name)
        ) STRICT
        """,
        """
        CREATE TABLE deployments (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
            creator_id TEXT NOT NULL REFERENCES users (id),
            status TEXT NOT NULL,
            wakeup INTEGER NOT NULL,
            config TEXT NOT NULL,
            reason TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            concluded_at TEXT
        ) STRICT
        """,
        "CREATE INDEX deployments_by_endpoint ON deployments (endpoint_id, number)",
        # Processes are written down before they do anything, so that a later server can end them.
        """
        CREATE TABLE workers (
            replica_id TEXT PRIMARY KEY,
            pid INTEGER NOT NULL,
            started TEXT NOT NULL
        ) STRICT
        """,
        # An answer that was given is given again when the same request comes twice.
        """
        CREATE TABLE idempotent_answers (
            user_id TEXT NOT NULL REFERENCES users (id),
            key TEXT NOT NULL,
            request_digest TEXT NOT NULL,
            body BLOB NOT NULL,
            created_at TEXT NOT NULL,
            PRIMARY KEY (user_id, key)
        ) STRICT
        """,
    ),
)
