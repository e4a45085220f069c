"""One request of a transfer, as a server describes it: checked, sent without token, kept secret."""

import re
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Tuple, Union

import httpx

from outpost_api.response import error_text
from outpostkit._calls.exchange import Value
from outpostkit._calls.redaction import redact
from outpostkit._version import __version__
from outpostkit.exceptions import OutpostConnectionError, OutpostTimeoutError
from outpostkit.repository._receiving import Receiving
from outpostkit.repository._source import Progress, Slice
from outpostkit.repository._transmission import SliceStream, Transmission
from outpostkit.repository.lfs.exc import LfsError
from outpostkit.retry import Outcome, RetryPolicy

LFS_MIME_TYPE = "application/vnd.git-lfs+json"


@dataclass(frozen=True)
class Patience:
    """How long a transfer waits, and what it repeats."""

    policy: RetryPolicy
    timeout: Dict[str, Optional[float]]


class LfsTransmission(Transmission):
    """A request whose failure is told without its address and headers."""

    oid: Optional[str] = None

    def conclude(self, outcome: "Outcome[Value]") -> httpx.Response:
        """Return the answer of a success.

        Raises:
            LfsError: the server refused.
            OutpostConnectionError: there was no answer.
        """
        attempts = self.exchange.attempts
        tried = f" ({attempts} attempts)" if attempts > 1 else ""
        if isinstance(outcome.value, httpx.Response):
            response = outcome.value
            if response.is_success:
                return response
            reason = redact(_reason(response), self.secrets)
            raise LfsError(
                f"{self.label}: status {response.status_code}{tried}: {reason}",
                status_code=response.status_code,
                oid=self.oid,
            )
        is_timeout = isinstance(outcome.value, (httpx.TimeoutException, TimeoutError))
        kind = OutpostTimeoutError if is_timeout else OutpostConnectionError
        # The error of httpx is left out: it knows the request, with its address and headers.
        raise kind(
            f"{self.label}: {outcome.reason}{tried}. Check that the server can be reached from "
            "here, and try again; what is already transferred is used where the server allows.",
            method=self.request.method,
            url=_origin(self.request.url),
            attempts=attempts,
        ) from None


def action_transmission(
    action: Mapping[str, object],
    *,
    method: str,
    label: str,
    patience: Patience,
    oid: Optional[str],
    content: Union[bytes, Slice, None] = None,
    content_type: Optional[str] = None,
    headers: Optional[Mapping[str, str]] = None,
    progress: Optional[Progress] = None,
    is_repeatable: bool = False,
    receiving: Optional[Receiving] = None,
) -> LfsTransmission:
    """Return the request that an action of a batch describes.

    Raises:
        LfsError: the action cannot be sent as it is.
    """
    url = _address(action.get("href"), label, oid)
    given = _headers(action.get("header"), label, oid)
    named = action.get("method")
    sent = httpx.Headers({"User-Agent": f"outpost-python/{__version__}", "Accept": "*/*"})
    # Pieces of a compressed answer could not be put together.
    sent["Accept-Encoding"] = "identity"
    if content_type is not None:
        sent["Content-Type"] = content_type
    sent.update(given)
    sent.update(headers or {})
    request = lfs_request(str(named or method).upper(), url, sent, content, progress)
    transmission = LfsTransmission(
        request,
        label=label,
        policy=patience.policy,
        timeout=patience.timeout,
        secrets=_secrets(url, str(action.get("href")), given),
        is_repeatable=is_repeatable,
        receiving=receiving,
    )
    transmission.oid = oid
    return transmission


def lfs_request(
    method: str,
    url: Union[str, httpx.URL],
    headers: httpx.Headers,
    content: Union[bytes, Slice, None],
    progress: Optional[Progress] = None,
) -> httpx.Request:
    """Return a request; a part of a file is sent as a stream."""
    if not isinstance(content, Slice):
        return httpx.Request(method, url, headers=headers, content=content)
    headers["Content-Length"] = str(content.size)
    request = httpx.Request(method, url, headers=headers)
    # Not as an argument of Request, which then leaves out the Host header.
    request.stream = SliceStream(content, progress or Progress(None))
    return request


def named(oid: Optional[str]) -> str:
    """Return an object as messages call it."""
    return f"object {oid[:12]}" if oid else "an object"


def _address(href: object, label: str, oid: Optional[str]) -> httpx.URL:
    try:
        url = httpx.URL(href if isinstance(href, str) else "")
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise LfsError(f"{label}: the server gives no http or https address for it", oid=oid)
    return url


def _headers(header: object, label: str, oid: Optional[str]) -> Dict[str, str]:
    if header is None:
        return {}
    if not isinstance(header, Mapping):
        raise LfsError(f"{label}: the server gives headers that are no JSON object", oid=oid)
    headers = {str(name): str(value) for name, value in header.items()}
    for name, value in headers.items():
        is_name = re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)
        if is_name is None or not value.isprintable() or not value.isascii():
            raise LfsError(f"{label}: the server gives a header that cannot be sent", oid=oid)
    # The length is known here, and a body has one.
    framing = ("content-length", "transfer-encoding", "connection")
    return {name: value for name, value in headers.items() if name.lower() not in framing}


def _secrets(url: httpx.URL, href: str, headers: Dict[str, str]) -> Tuple[str, ...]:
    target = url.raw_path.decode("ascii")
    values: List[str] = [href, str(url), target, target.partition("?")[0], url.path]
    values.append(url.query.decode("ascii"))
    values += [value for _, value in url.params.multi_items()]
    values += [each.partition("=")[2] for each in url.query.decode("ascii").split("&")]
    for value in headers.values():
        values += [value, value.rpartition(" ")[2]]
    return tuple(set(values))


def _origin(url: httpx.URL) -> str:
    return str(httpx.URL(scheme=url.scheme, host=url.host, port=url.port))


def _reason(response: httpx.Response) -> str:
    """Return why a server refused; a body of another form is left out, as it may quote anything."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if 300 <= response.status_code < 400 or media_type.endswith(("/json", "+json")):
        return error_text(response)[0]
    if media_type.endswith(("/xml", "+xml")):
        text = response.content[:4096].decode("utf-8", "replace")
        found = re.search(r"<Code>([A-Za-z0-9.]{1,64})</Code>", text)
        if found is not None:
            return found.group(1)
    return response.reason_phrase or "no reason given"
