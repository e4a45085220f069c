"""API tokens: made at random, kept as digests, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from outpost_server.rules.settings import SettingsError

# 24 characters of base64 are 144 bits.
MIN_TOKEN_CHARS = 24


def new_token() -> str:
    return "op_local_" + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token. A plain digest is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer_token(header: str | None) -> str | None:
    """Return the token of an ``Authorization`` header.

    The published clients wake an endpoint with the bare token, without ``Bearer``; that is
    accepted too.
    """
    if not header:
        return None
    scheme, _, token = header.strip().partition(" ")
    if not token:
        return scheme
    return token.strip() if scheme.lower() == "bearer" else None


def is_same_token(token: str, hashed: str) -> bool:
    return hmac.compare_digest(token_hash(token), hashed)


def read_token_file(path: Path) -> str:
    """Return the token in a file.

    Raises:
        SettingsError: the file cannot be read, others may read it, or its token is too weak.
    """
    try:
        mode = path.stat().st_mode
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"token file {path}: it cannot be read: {error}") from None
    if mode & 0o077:
        raise SettingsError(f"token file {path}: others may read it. Run: chmod 600 {path}")
    if len(token) < MIN_TOKEN_CHARS or not token.isascii() or len(token.split()) != 1:
        raise SettingsError(
            f"token file {path}: expected one line of at least {MIN_TOKEN_CHARS} visible "
            "characters, such as from: openssl rand -base64 32"
        )
    return token
