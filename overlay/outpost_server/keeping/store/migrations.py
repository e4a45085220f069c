"""The schema of the store, as the steps that lead to it. Steps are only ever added at the end."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from outpost_server.keeping.secret_box import SecretBox

# A step is a statement, or a function where the store's key is needed.
Step = str | Callable[[sqlite3.Connection, SecretBox], None]

# What the store's key is tried on. The text itself says nothing.
KEY_CHECK = "outpost"


def _seal_secrets(connection: sqlite3.Connection, box: SecretBox) -> None:
    rows = connection.execute("SELECT endpoint_id, name, value FROM secrets").fetchall()
    connection.executemany(
        "UPDATE secrets SET value = ? WHERE endpoint_id = ? AND name = ?",
        [(box.seal(value), endpoint_id, name) for endpoint_id, name, value in rows],
    )


def _put_key_check(connection: sqlite3.Connection, box: SecretBox) -> None:
    connection.execute("INSERT INTO key_check VALUES (?)", (box.seal(KEY_CHECK),))


def _name_configs_as_the_api_does(connection: sqlite3.Connection, box: SecretBox) -> None:
    others = {"container": "prebuiltContainerDetails", "scaling": "replicaScalingConfig"}

    def renamed(values: dict[str, Any]) -> dict[str, Any]:
        return {
            others.get(name) or re.sub("_(.)", lambda found: found[1].upper(), name): value
            for name, value in values.items()
        }

    for table in ("endpoints", "deployments"):
        for row_id, text in connection.execute(f"SELECT id, config FROM {table}").fetchall():
            config = json.loads(text)
            if "scaling" in config:
                config["scaling"] = renamed(config["scaling"])
            values = (json.dumps(renamed(config)), row_id)
            connection.execute(f"UPDATE {table} SET config = ? WHERE id = ?", values)


MIGRATIONS: tuple[tuple[Step, ...], ...] = (
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
    (
        # Teams join the users; a user may have several tokens.
        "ALTER TABLE users RENAME TO accounts",
        "ALTER TABLE accounts ADD COLUMN type TEXT NOT NULL DEFAULT 'user'",
        "ALTER TABLE accounts ADD COLUMN bio TEXT",
        "ALTER TABLE accounts ADD COLUMN socials TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE accounts ADD COLUMN is_server_owner INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE accounts ADD COLUMN is_deleting INTEGER NOT NULL DEFAULT 0",
        "UPDATE accounts SET is_server_owner = 1",
        "CREATE UNIQUE INDEX accounts_by_name ON accounts (name COLLATE NOCASE)",
        """
        CREATE TABLE tokens (
            hash TEXT PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            created_at TEXT NOT NULL
        ) STRICT
        """,
        "INSERT INTO tokens SELECT token_hash, id, updated_at FROM accounts",
        "ALTER TABLE accounts DROP COLUMN token_hash",
        """
        CREATE TABLE members (
            team_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            user_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
            PRIMARY KEY (team_id, user_id)
        ) STRICT
        """,
        """
        CREATE TABLE follows (
            number INTEGER PRIMARY KEY,
            follower_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            followed_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            UNIQUE (follower_id, followed_id)
        ) STRICT
        """,
        "CREATE INDEX follows_by_followed ON follows (followed_id)",
        """
        CREATE TABLE avatars (
            account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
            digest TEXT NOT NULL,
            media_type TEXT NOT NULL,
            content BLOB NOT NULL
        ) STRICT
        """,
        # The value is sealed with the store's key, as those of secrets are from here on.
        """
        CREATE TABLE third_party_tokens (
            id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            type TEXT NOT NULL,
            value TEXT NOT NULL,
            created_at TEXT NOT NULL,
            UNIQUE (user_id, name)
        ) STRICT
        """,
        "CREATE TABLE key_check (sealed TEXT NOT NULL) STRICT",
        _put_key_check,
        _seal_secrets,
        # Deployments of a team's endpoint outlive the account of who made them.
        """
        CREATE TABLE new_deployments (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
            creator_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
            status TEXT NOT NULL,
            wakeup INTEGER NOT NULL,
            config TEXT NOT NULL,
            reason TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            concluded_at TEXT
        ) STRICT
        """,
        """
        INSERT INTO new_deployments SELECT number, id, endpoint_id, creator_id, status, wakeup,
            config, reason, created_at, updated_at, concluded_at FROM deployments
        """,
        "DROP TABLE deployments",
        "ALTER TABLE new_deployments RENAME TO deployments",
        "CREATE INDEX deployments_by_endpoint ON deployments (endpoint_id, number)",
        "ALTER TABLE endpoints ADD COLUMN creator_id TEXT REFERENCES accounts (id)"
        " ON DELETE SET NULL",
        "UPDATE endpoints SET creator_id = owner_id",
    ),
    (_name_configs_as_the_api_does,),
    (
        """
        CREATE TABLE models (
            cache TEXT NOT NULL,
            name TEXT NOT NULL,
            revision TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            is_ours INTEGER NOT NULL,
            is_public INTEGER NOT NULL,
            facts TEXT NOT NULL,
            used_at TEXT NOT NULL,
            PRIMARY KEY (cache, name, revision)
        ) STRICT
        """,
        """
        CREATE TABLE model_readers (
            name TEXT NOT NULL,
            user_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            read_at TEXT NOT NULL,
            PRIMARY KEY (name, user_id)
        ) STRICT
        """,
    ),
    (
        # What runs goes on with the secrets that it was deployed with.
        """
        CREATE TABLE deployment_secrets (
            deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (deployment_id, name)
        ) STRICT
        """,
        """
        INSERT INTO deployment_secrets
            SELECT deployments.id, secrets.name, secrets.value FROM deployments
            JOIN secrets ON secrets.endpoint_id = deployments.endpoint_id
            WHERE deployments.concluded_at IS NULL
            OR deployments.id IN (SELECT current_deployment_id FROM endpoints)
        """,
    ),
    (
        # Of deployments that are removed the number stays.
        "ALTER TABLE endpoints ADD COLUMN deployments_made INTEGER NOT NULL DEFAULT 0",
        "UPDATE endpoints SET deployments_made ="
        " (SELECT count(*) FROM deployments WHERE endpoint_id = endpoints.id)",
        # A page of a log opens the files that have its lines, and no others.
        "ALTER TABLE deployments ADD COLUMN are_logs_settled INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX deployments_unsettled ON deployments (endpoint_id)"
        " WHERE NOT are_logs_settled",
        """
        CREATE TABLE settled_logs (
            number INTEGER PRIMARY KEY,
            endpoint_id TEXT NOT NULL,
            deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            begin_ns INTEGER NOT NULL,
            end_ns INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            UNIQUE (deployment_id, name)
        ) STRICT
        """,
        "CREATE INDEX settled_logs_by_time"
        " ON settled_logs (endpoint_id, end_ns, number, name, begin_ns, bytes)",
    ),
    # None: it does not end by itself, as none of before does.
    ("ALTER TABLE tokens ADD COLUMN ends_at TEXT",),
)
