"""Requests as they go out: a plan of the generated layer with the settings of a client.

Importing this module imports httpx.
"""

from __future__ import annotations

import functools
import os
import random
from typing import TYPE_CHECKING, Dict, Optional, Tuple, TypeVar, Union

import httpx

from outpost_api.request import IDEMPOTENT_METHODS
from outpostkit._calls.bodies import PlanStream
from outpostkit._calls.exchange import Exchange
from outpostkit.retry import Subject, attempts

if TYPE_CHECKING:
    from outpost_api.request import RequestPlan
    from outpostkit._calls.settings import CallSettings

    Http = Union[httpx.Client, httpx.AsyncClient]

S = TypeVar("S")
E = TypeVar("E")

#: What carries the key of a request that no operation describes.
_IDEMPOTENCY_HEADER = "Idempotency-Key"


class Prepared:
    """The headers that requests of a client share, made once; most go to the host of the API."""

    def __init__(self, http: Http, settings: CallSettings) -> None:
        anonymous = httpx.Headers(http.headers)
        anonymous.update(settings.extra_headers)
        self.host = anonymous["Host"] = _host(httpx.URL(settings.base_url))
        with_token = anonymous.copy()
        if "Authorization" not in with_token:
            with_token["Authorization"] = f"Bearer {settings.api_token}"
        self.http = http
        self.anonymous = anonymous
        self.with_token = with_token


def exchange_for_plan(
    settings: CallSettings, prepared: Prepared, plan: RequestPlan[S, E]
) -> Exchange:
    """Return the exchange of a plan, its request complete."""
    http = prepared.http
    operation = plan.operation
    method = operation.method
    address = plan.url(settings.base_url)
    query = plan.query + settings.extra_query
    if query or http.params:
        url = httpx.URL(address, params=http.params.merge(query))
        path, host = url.path, _host(url)
    else:
        url, path, host = _parsed(address)
    label = f"{method} {path}"
    headers = (prepared.with_token if operation.security else prepared.anonymous).copy()
    if host != prepared.host:
        headers["Host"] = host
    try:
        for name, value in plan.headers.items():
            headers[name] = value
    except (AttributeError, TypeError, UnicodeError):
        del headers  # it has the token, and monitors collect the locals of whoever raises
        from outpostkit._calls.settings.headers import checked_headers

        checked_headers(plan.headers)
        raise

    repeats_safely = operation.idempotent
    key = operation.idempotency_header
    if key is not None:
        repeats_safely = True
        if not headers.get(key, "").strip():
            headers[key] = os.urandom(16).hex()
    elif not repeats_safely:
        repeats_safely = has_key(headers)
    request = httpx.Request(
        method, url, headers=headers, cookies=http.cookies, stream=_stream(plan, headers)
    )
    # Our transports send it again themselves when a kept connection turns out to be dead. With no
    # more than a key to make that safe, it is an attempt like others, and counted.
    request.extensions["idempotent"] = operation.idempotent
    subject = Subject(label, repeats_safely, plan.replayable)
    return Exchange(
        request,
        steps=attempts(subject, settings.retry, random.random),
        clock=settings.clock,
        subject=subject,
        policy=settings.retry,
        timeout=settings.timeout,
        secrets=settings.secrets,
        operation_id=operation.id,
        template=operation.path,
        max_bytes=settings.max_response_bytes,
    )


def is_idempotent(request: httpx.Request) -> bool:
    """Tell whether a request that no operation describes may be executed twice."""
    return request.method in IDEMPOTENT_METHODS or has_key(request.headers)


def has_key(headers: httpx.Headers) -> bool:
    """Tell whether a request has an idempotency key; a blank one tells no server anything."""
    return bool(headers.get(_IDEMPOTENCY_HEADER, "").strip())


def add_extras(settings: CallSettings, http: Http, request: httpx.Request) -> None:
    """Add the headers and the query of ``with_options`` to a request that a caller has built.

    What the caller has set for this request alone stays.
    """
    for name, value in settings.extra_headers.items():
        if request.headers.get(name) == http.headers.get(name):
            request.headers[name] = value
    if settings.extra_query:
        request.url = request.url.copy_with(
            params=httpx.QueryParams([*request.url.params.multi_items(), *settings.extra_query])
        )


def _stream(plan: RequestPlan[S, E], headers: httpx.Headers) -> Union[httpx.ByteStream, PlanStream]:
    """Return the body, and declare how long it is."""
    body = plan.body
    if isinstance(body, bytes):
        headers["Content-Length"] = str(len(body))
        return httpx.ByteStream(body)
    if body is not None:  # of the class that the plan's own package has for it
        headers.update(framing(body.content_length))
        return PlanStream(body)
    if plan.operation.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = "0"
    return _NO_BODY


_NO_BODY = httpx.ByteStream(b"")


def framing(length: Optional[int]) -> Dict[str, str]:
    """Return the header that says where a body ends."""
    return {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}


@functools.lru_cache(maxsize=512)
def _parsed(address: str) -> Tuple[httpx.URL, str, str]:
    """Return an address, its path and its host; parsing one takes a tenth of a call."""
    url = httpx.URL(address)
    return url, url.path, _host(url)


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")
