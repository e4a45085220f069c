"""What an attempt without an answer means: whether another could help, and how to say it."""

import ssl
from typing import Optional, Tuple

import httpx

from outpostkit.retry import Failure

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_PERMANENT = (
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.TooManyRedirects,
    httpx.DecodingError,
)
_WORDS: Tuple[Tuple[type, str], ...] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.PoolTimeout, "no free connection in time"),
    (httpx.ReadTimeout, "no answer in time"),
    (httpx.WriteTimeout, "the request could not be sent in time"),
    (TimeoutError, "no answer in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.ProxyError, "the proxy refused"),
    (httpx.DecodingError, "the answer cannot be decompressed"),
    (httpx.ReadError, "the connection broke before the answer was complete"),
    (httpx.RemoteProtocolError, "the answer is not HTTP or breaks off"),
    (httpx.LocalProtocolError, "a header or the address cannot be sent"),
)


def failure_of(error: Exception) -> Failure:
    """Return what the end of an attempt says about the next one."""
    if isinstance(error, _PERMANENT) or _is_certificate_problem(error):
        return Failure.PERMANENT
    if isinstance(error, _NOT_SENT):
        return Failure.NOT_SENT
    return Failure.IN_DOUBT


def words_for(error: Exception) -> str:
    """Return what happened; it may hold secrets still."""
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
    # What httpx says of a header that cannot be sent quotes it, and it may be a secret.
    detail = "" if isinstance(error, httpx.LocalProtocolError) else str(error)
    return f"{words}: {detail}" if detail else words


def _is_certificate_problem(error: Optional[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
