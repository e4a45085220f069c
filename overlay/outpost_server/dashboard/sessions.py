"""Who has signed in. A session lives in the server's memory; its cookie holds a random id only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

IDLE_S = 12 * 3600.0
MAX_SESSIONS = 1000


@dataclass
class Session:
    """Someone who has signed in with an API token."""

    user: str
    token: str = field(repr=False)
    csrf: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    last_used: float = 0.0

    def may_change(self, csrf: object) -> bool:
        """Tell whether a form comes from a page of this session."""
        return isinstance(csrf, str) and hmac.compare_digest(csrf.encode(), self.csrf.encode())


class Sessions:
    """The sessions of one server.

    They end with their token, when not used for ``IDLE_S``, or with the server. ``is_token`` tells
    whether a token holds.
    """

    def __init__(
        self, is_token: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._is_token = is_token
        self._clock = clock
        # By the digest of the id: how long a look-up takes says nothing about an id.
        self._sessions: dict[bytes, Session] = {}

    def start(self, user: str, token: str) -> str:
        """Return the id of a new session."""
        session_id = secrets.token_urlsafe(32)
        self._forget_idle()
        if len(self._sessions) >= MAX_SESSIONS:
            oldest = min(self._sessions, key=lambda key: self._sessions[key].last_used)
            del self._sessions[oldest]
        self._sessions[_key(session_id)] = Session(user, token, last_used=self._clock())
        return session_id

    def find(self, session_id: str | None) -> Session | None:
        """Return the session of an id and keep it alive."""
        self._forget_idle()
        session = None if session_id is None else self._sessions.get(_key(session_id))
        if session is None:
            return None
        if not self._is_token(session.token):
            self.end(session_id)
            return None
        session.last_used = self._clock()
        return session

    def end(self, session_id: str | None) -> None:
        if session_id is not None:
            self._sessions.pop(_key(session_id), None)

    def _forget_idle(self) -> None:
        since = self._clock() - IDLE_S
        idle = [key for key, session in self._sessions.items() if session.last_used < since]
        for key in idle:
            del self._sessions[key]


def _key(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode()).digest()
