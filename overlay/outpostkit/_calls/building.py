"""Requests as they go out: a plan of the generated layer with the settings of a client.

Importing this module imports httpx.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Dict, Optional, Tuple, TypeVar, Union

import httpx

from outpost_api.bodies import FileBody, MultipartBody
from outpostkit._calls.bodies import PlanStream
from outpostkit._calls.exchange import Exchange
from outpostkit.retry import Subject

if TYPE_CHECKING:
    from outpost_api.request import RequestPlan
    from outpostkit._calls.settings import CallSettings

    Http = Union[httpx.Client, httpx.AsyncClient]

__all__ = ["IDEMPOTENCY_HEADER", "Prepared", "add_extras", "exchange_for_plan"]

S = TypeVar("S")
E = TypeVar("E")

IDEMPOTENCY_HEADER = "Idempotency-Key"

#: Operation id to whether it creates something and lets the server recognise a repetition.
_takes_key: Dict[str, bool] = {}


class Prepared:
    """The headers that every request of a client shares, made once."""

    def __init__(self, http: Http, settings: CallSettings) -> None:
        anonymous = httpx.Headers(http.headers)
        anonymous.update(settings._extra_headers)
        with_token = anonymous.copy()
        if "Authorization" not in with_token:
            with_token["Authorization"] = f"Bearer {settings._api_token}"
        self.http = http
        self.anonymous = anonymous
        self.with_token = with_token


def exchange_for_plan(
    settings: CallSettings, http: Http, prepared: Prepared, plan: RequestPlan[S, E]
) -> Exchange:
    """Return the exchange of a plan, its request complete."""
    operation = plan.operation
    method = operation.method
    address = plan.url(settings._base_url)
    query = plan.query + settings._extra_query
    if query or http.params:
        url = httpx.URL(address, params=http.params.merge(query))
        label = f"{method} {url.path}"
    else:
        url, path = _parsed(address)
        label = f"{method} {path}"
    headers = (prepared.with_token if operation.security else prepared.anonymous).copy()
    headers["Host"] = url.netloc.decode("ascii")
    for name, value in plan.headers.items():
        headers[name] = value

    has_key = False
    if method == "POST":
        has_key = IDEMPOTENCY_HEADER in headers
        if not has_key and _takes_idempotency_key(operation.id):
            headers[IDEMPOTENCY_HEADER] = os.urandom(16).hex()
            has_key = True
    request = httpx.Request(
        method, url, headers=headers, cookies=http.cookies, stream=_stream(plan, headers)
    )
    return Exchange(
        request,
        subject=Subject(method, label, has_key, plan.replayable),
        policy=settings._retry,
        timeout=settings._timeout,
        secrets=settings._secrets,
        operation_id=operation.id,
        template=operation.path,
    )


def add_extras(settings: CallSettings, http: Http, request: httpx.Request) -> None:
    """Add the headers and the query of ``with_options`` to a request that a caller has built.

    What the caller has set for this request alone stays.
    """
    for name, value in settings._extra_headers.items():
        if request.headers.get(name) == http.headers.get(name):
            request.headers[name] = value
    if settings._extra_query:
        request.url = request.url.copy_with(
            params=httpx.QueryParams([*request.url.params.multi_items(), *settings._extra_query])
        )


def _stream(plan: RequestPlan[S, E], headers: httpx.Headers) -> Union[httpx.ByteStream, PlanStream]:
    """Return the body, and declare how long it is."""
    body = plan.body
    length: Optional[int]
    if isinstance(body, (FileBody, MultipartBody)):
        length = body.content_length
        if length is None:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(length)
        return PlanStream(body)
    if body is not None:
        headers["Content-Length"] = str(len(body))
        return httpx.ByteStream(body)
    if plan.operation.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = "0"
    return _NO_BODY


_NO_BODY = httpx.ByteStream(b"")


@functools.lru_cache(maxsize=512)
def _parsed(address: str) -> Tuple[httpx.URL, str]:
    """Return an address and its path; parsing one takes a tenth of a call."""
    url = httpx.URL(address)
    return url, url.path


def _takes_idempotency_key(operation_id: str) -> bool:
    known = _takes_key.get(operation_id)
    if known is None:
        from outpost_api.operations import OPERATIONS

        operation = OPERATIONS.get(operation_id)
        known = _takes_key[operation_id] = operation is not None and any(
            parameter.location == "header"
            and parameter.wire_name.lower() == IDEMPOTENCY_HEADER.lower()
            for parameter in operation.parameters
        )
    return known
