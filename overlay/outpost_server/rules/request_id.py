"""The id of the request that is being handled, in every line of the server's log."""

from __future__ import annotations

import logging
import re
import secrets
from contextvars import ContextVar

# What can be logged safely, and is short enough to be.
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,128}")

# "-" outside of requests.
current_request_id: ContextVar[str] = ContextVar("request_id", default="-")


def request_id_or_new(given: str | None) -> str:
    """Return the id that the client has chosen, if it may, else a new one."""
    if given is not None and REQUEST_ID_PATTERN.fullmatch(given):
        return given
    return secrets.token_hex(12)


class RequestIdFilter(logging.Filter):
    """Gives each record the ``request_id`` that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        return True
