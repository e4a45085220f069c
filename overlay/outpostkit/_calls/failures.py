"""What an attempt without an answer means: whether another could help, and how to say it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Iterator, List, Optional, Tuple, Type

import httpx

from outpostkit._calls.redaction import redact
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostError,
    OutpostTimeoutError,
)
from outpostkit.retry import Failure
from outpostkit.transport import IllegalRequest

if TYPE_CHECKING:
    from typing import Protocol

    class Call(Protocol):
        """What is known of a call that has ended without a complete answer."""

        request: httpx.Request
        secrets: Tuple[str, ...]
        attempts: int
        operation_id: str
        head: Optional[httpx.Response]
        last_words: str
        advice_when_broken: str


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
    (httpx.WriteError, "the connection broke while the request was sent"),
    (httpx.ReadError, "the connection broke before the answer was complete"),
    (httpx.RemoteProtocolError, "the answer is not HTTP or breaks off"),
    (httpx.LocalProtocolError, "a header or the address cannot be sent"),
)
#: How h11 and our transport begin to say that a body is not what its header says.
_WRONG_LENGTH = "declared Content-Length"


def failure_of(error: Exception) -> Failure:
    """Return what the end of an attempt says about the next one."""
    if isinstance(error, _PERMANENT) or _certificate_problem(error) is not None:
        return Failure.PERMANENT
    if isinstance(error, httpx.ProxyError) and str(error)[:1] == "4":
        return Failure.PERMANENT  # such as 407: it wants a password
    if isinstance(error, _NOT_SENT):
        return Failure.NOT_SENT
    return Failure.IN_DOUBT


def words_for(error: Exception) -> str:
    """Return what happened; it may hold secrets still."""
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
    detail = str(error)
    if isinstance(error, httpx.LocalProtocolError) and not isinstance(error, IllegalRequest):
        if _WRONG_LENGTH in detail:
            words = "the body is not as long as its Content-Length says"
        # What httpx says of a header that cannot be sent quotes it, and it may be a secret.
        detail = ""
    return f"{words}: {detail}" if detail else words


def error_for(call: Call, problem: Exception, reason: str) -> OutpostError:
    """Return the error for a call without a complete answer.

    Args:
        call: the call.
        problem: what the transport raised.
        reason: what happened, in words without secrets.
    """
    request = call.request
    url = request.url.copy_with(query=None, fragment=None, username=None, password=None)
    where = redact(str(url), call.secrets)
    if isinstance(problem, httpx.LocalProtocolError) and _WRONG_LENGTH not in str(problem):
        return ConfigurationError(
            f"{request.method} {where}: {reason}. Nothing was sent; correct what headers=, "
            "extra_headers= or the argument of that name says."
        )
    tried = f" ({call.attempts} attempts)" if call.attempts > 1 else ""
    request_id = _request_id(call)
    kind: Type[OutpostConnectionError] = OutpostConnectionError
    if isinstance(problem, (httpx.TimeoutException, TimeoutError)):
        kind = OutpostTimeoutError
        advice = "The server may be busy: allow more time with timeout= or a later deadline."
        if isinstance(problem, httpx.ConnectTimeout):
            advice += _way(call)
    elif isinstance(problem, httpx.DecodingError):
        advice = "The server, or a proxy before it, compresses answers wrongly or too well."
    elif call.head is not None:
        reason = f"the answer broke off after {call.head.num_bytes_downloaded:,} bytes"
        detail = call.last_words or str(problem)
        if detail:
            reason += f": {redact(detail, call.secrets)}"
        advice = call.advice_when_broken.format(
            request=f", in the line of request {request_id}" if request_id else ""
        )
    else:
        advice = _advice_on_tls(problem, request.url) or _advice(call, problem)
    return kind(
        f"{request.method} {where}: {reason}{tried}. {advice}",
        method=request.method,
        url=where,
        operation_id=call.operation_id,
        attempts=call.attempts,
        request_id=request_id,
    )


def _request_id(call: Call) -> Optional[str]:
    found = None if call.head is None else call.head.headers.get("x-request-id")
    return redact(found[:200], call.secrets) if found else None


def _advice(call: Call, problem: Exception) -> str:
    if isinstance(problem, httpx.ProxyError):
        if str(problem).startswith("407"):
            return f"The proxy wants a user and a password.{_way(call)}"
        return f"The proxy does not pass the request on.{_way(call)}"
    advice = (
        "Check that the address is right (base_url= or OUTPOST_BASE_URL), that the server "
        "runs, and that no proxy or firewall is in the way."
    )
    if isinstance(problem, httpx.RemoteProtocolError) and call.request.url.scheme == "http":
        advice += " If it speaks TLS, its address begins with https://."
    return advice + _way(call)


def _way(call: Call) -> str:
    """Say by which proxy the server was asked, or why by none, where there is something to say."""
    way: Optional[str] = call.request.extensions.get("way")
    return f" {way}" if way else ""


# TLS

_TRUST = (
    "If it is the server that you mean, name the file with the certificate of its authority, such "
    "as your company's: verify=PATH, or SSL_CERT_FILE=PATH in the environment. To trust whom the "
    "system trusts, install the package truststore, and pass "
    "verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)."
)
_ADVICE_BY_CODE = {
    9: "The certificate of the server is not valid yet: check the clock of this machine.",
    10: "The certificate of the server has expired: it has to be renewed there (or the clock of "
    "this machine is wrong).",
    18: "The certificate of the server is signed by nobody but itself. " + _TRUST,
    19: "The certificate of the server leads to an authority that is not known here. " + _TRUST,
    20: "The certificate of the server is from an authority that is not known here. " + _TRUST,
    21: "The certificate of the server is from an authority that is not known here. " + _TRUST,
    23: "The certificate of the server has been revoked.",
    62: "The certificate of the server is for another name: check base_url= or OUTPOST_BASE_URL.",
    64: "The certificate of the server is for another address: check base_url= or "
    "OUTPOST_BASE_URL.",
}
#: Parts of what OpenSSL says when the other side does not speak TLS.
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")
#: Parts of what it says when the other side wants to know who is calling.
_UNKNOWN_CALLER = (
    "CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN", "HANDSHAKE_FAILURE",
)  # fmt: skip


def _advice_on_tls(problem: Exception, url: httpx.URL) -> str:
    """Return what helps when two sides do not agree on TLS; nothing when that is not the reason."""
    refused = _certificate_problem(problem)
    if refused is not None:
        return _ADVICE_BY_CODE.get(refused.verify_code, _TRUST)
    for cause in _causes(problem):
        if not isinstance(cause, ssl.SSLError):
            continue
        said = f"{cause.reason} {cause}".upper().replace(" ", "_")
        if "ALERT" in said and any(words in said for words in _UNKNOWN_CALLER):
            return (
                "The server may want a certificate of the caller, or not accept the one that it "
                "got: cert=(certificate, key) names its files."
            )
        if any(words in said for words in _NO_TLS):
            plain = url.copy_with(scheme="http", path="/", query=None, userinfo=b"")
            return (
                "The server does not speak TLS at this port: check the port, or, if that is how it "
                f"is reached, its address begins with http://, such as {plain}."
            )
    return ""


def _certificate_problem(error: BaseException) -> Optional[ssl.SSLCertVerificationError]:
    found = (each for each in _causes(error) if isinstance(each, ssl.SSLCertVerificationError))
    return next(found, None)


def _causes(error: Optional[BaseException]) -> Iterator[BaseException]:
    # What is raised more than once, as mocks do, can come to be among its own causes.
    seen: List[BaseException] = []
    while error is not None and not any(error is each for each in seen):
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
