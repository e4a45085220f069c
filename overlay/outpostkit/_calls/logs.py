"""What the logger ``outpostkit`` says: nothing, unless the program or ``OUTPOST_LOG`` asks for it.

``OUTPOST_LOG=info`` tells of repeated attempts, ``OUTPOST_LOG=debug`` of every request and answer
too, on standard error. A program that configures :mod:`logging` itself needs neither. Bodies are
never logged; the values of headers and query parameters that could be secrets are left out.
"""

import logging
import os
import re
from typing import TYPE_CHECKING, List, Mapping, Optional, Tuple

from outpostkit._calls.redaction import REPLACEMENT, redact
from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    import httpx

LOG_VARIABLE = "OUTPOST_LOG"

logger = logging.getLogger("outpostkit")

_LEVELS = ("debug", "info", "warning", "error")
#: Headers whose values say nothing about anybody.
_PLAIN_HEADERS = frozenset(
    """accept accept-encoding cache-control connection content-encoding content-length content-type
    date etag host idempotency-key keep-alive last-modified location range retry-after server
    traceparent transfer-encoding user-agent vary x-request-id""".split()
)
_TELLING_PARAMETER = re.compile(r"(?i)token|secret|passw|key|sig|auth|cred|session|cookie")


def follow_environment() -> None:
    """Do what ``OUTPOST_LOG`` says; once, and only when the program has not set up the logger.

    Raises:
        ConfigurationError: it names no level.
    """
    wanted = os.environ.get(LOG_VARIABLE, "").strip().lower()
    if not wanted or logger.handlers:
        return
    if wanted not in _LEVELS:
        raise ConfigurationError(
            f"{LOG_VARIABLE} is {wanted!r}; it must be one of {', '.join(_LEVELS)}, or unset"
        )
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(wanted.upper())
    # Or a program that logs everything would show each line twice.
    logger.propagate = False


def describe_request(request: "httpx.Request", secrets: Tuple[str, ...]) -> str:
    """Return method, address and headers of a request, without secrets."""
    return redact(f"{request.method} {_address(request.url)}{_headers(request.headers)}", secrets)


def describe_answer(response: "httpx.Response", secrets: Tuple[str, ...]) -> str:
    """Return status and headers of an answer, without secrets."""
    return redact(f"status {response.status_code}{_headers(response.headers)}", secrets)


def _address(url: "httpx.URL") -> str:
    address = str(url.copy_with(query=None, fragment=None, username=None, password=None))
    shown: List[str] = [
        f"{name}={REPLACEMENT if _TELLING_PARAMETER.search(name) else value}"
        for name, value in url.params.multi_items()
    ]
    return f"{address}?{'&'.join(shown)}" if shown else address


def _headers(headers: Mapping[str, str]) -> str:
    shown = [
        f"{name}: {_shown(name, value)}" for name, value in headers.items() if _shown(name, value)
    ]
    return f" ({'; '.join(shown)})" if shown else ""


def _shown(name: str, value: str) -> Optional[str]:
    if name.lower() == "location":
        return value.partition("?")[0]
    return value if name.lower() in _PLAIN_HEADERS else REPLACEMENT
