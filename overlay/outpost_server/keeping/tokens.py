"""API tokens: made at random, kept as digests, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets


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
