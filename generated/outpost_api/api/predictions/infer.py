# Generated from spec/outpost.yaml#/paths/~1predict/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""infer: POST /predict."""

from __future__ import annotations

from typing import (
    IO,
    TYPE_CHECKING,
    Optional,
    Union,
)

from outpost_api import streaming
from outpost_api.bodies import form_body, multipart_body, raw_body
from outpost_api.codec import encode_json
from outpost_api.encoding import server_part
from outpost_api.errors import InvalidArgument
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.prediction_form import PredictionForm
from outpost_api.request import Body, Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers
from outpost_api.types import UNSET, File, JsonValue, Unset

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]] = Operation(
    id="infer",
    method="POST",
    path="/predict",
    tag="predictions",
    responses={
        "200": {"application/json": JsonValue, "*/*": bytes},
        "400": {"application/json": JsonValue, "*/*": bytes},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
        "409": {"application/json": JsonValue, "*/*": bytes},
        "413": {"application/json": Error},
        "422": {"application/json": JsonValue, "*/*": bytes},
        "429": {"application/json": Error},
        "500": {"application/json": JsonValue, "*/*": bytes},
        "502": {"application/json": Error},
        "503": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server="{protocol}://{domain}",
    deprecated=False,
)


def plan(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
) -> RequestPlan[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]]:
    """Ask an endpoint for a prediction.

    Send a request to `predict` of the endpoint's prediction template and return its answer. What
    both look like is the template's choice. An endpoint that is scaled to zero wakes up first,
    which takes as long as its model takes to load; a request that cannot wait any longer gets 503
    with `Retry-After`, and was not seen by the template.

    With an `Idempotency-Key` (1 to 255 visible ASCII characters) a prediction is made once: the
    same request of the same caller with the same key waits for the first, within minutes, and gets
    its answer, with `Idempotency-Replayed: true`. Failures, from 500 on, are made again. The key
    with another request gives 422; when the answer could not be kept, 409.

    Args:
        body: Whatever the template's `predict` accepts.
        media_type: how the body is written: ``application/json``, ``multipart/form-data``,
            ``application/x-www-form-urlencoded``, ``application/octet-stream``. Chosen by its type
            when not given.
        protocol: The domain's protocol.
        domain: The domain's name, with a port where it has one.
        base_url: address of the server; goes before what the document says.

    Errors: 400 (The template refused the request or failed; what it answers is its own choice); 401
    (The token is missing or not valid); 403 (The token is valid and does not allow this); 404
    (There is no such thing, or the token may not know of it); 409 (The template refused the request
    or failed; what it answers is its own choice); 413 (The request body is larger than the server
    accepts); 422 (The template refused the request or failed; what it answers is its own choice);
    429 (Too many requests; wait as long as `Retry-After` says); 500 (The template refused the
    request or failed; what it answers is its own choice); 502 (The replica ended while it answered;
    the prediction may have been made); 503 (No replica took the request, so nothing was predicted:
    none is deployed, the queue is full or waking takes longer than the request may wait. Worth
    repeating after `Retry-After`, where that is given).

    Source: operation ``infer``, ``POST /predict``.
    """
    request_body: Body = None
    request_media_type: Optional[str] = None
    if body is not UNSET:
        if media_type is UNSET and (isinstance(body, (bytes, File)) or hasattr(body, "read")):
            media_type = "application/octet-stream"
        if media_type is UNSET:
            media_type = "application/json"
        if media_type == "application/json":
            request_body = encode_json(body)
            request_media_type = "application/json"

        elif media_type == "multipart/form-data":
            request_body = multipart_body(body)
            request_media_type = request_body.content_type

        elif media_type == "application/x-www-form-urlencoded":
            request_body = form_body(body)
            request_media_type = "application/x-www-form-urlencoded"

        elif media_type == "application/octet-stream":
            request_body = raw_body(body)
            request_media_type = "application/octet-stream"

        else:
            raise InvalidArgument(
                "media_type",
                "must be one of: application/json, multipart/form-data, application/x-www-form-urlencoded, application/octet-stream",
            )

    return RequestPlan(
        OPERATION,
        "/predict",
        body=request_body,
        content_type=request_media_type,
        base_url=server_part("protocol", protocol) + "://" + server_part("domain", domain)
        if base_url is UNSET
        else base_url,
    )


def read(
    response: httpx.Response,
) -> Response[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]],
) -> header_models.XRequestIdIdempotencyReplayedRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_idempotency_replayed_retry_after_headers import (
        XRequestIdIdempotencyReplayedRetryAfterHeaders,
    )

    return typed_headers(XRequestIdIdempotencyReplayedRetryAfterHeaders, response.headers)


def sync(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Union[JsonValue, bytes]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url)
    )


def sync_detailed(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url)
    )


async def asyncio(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Union[JsonValue, bytes]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url)
    )


async def asyncio_detailed(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[Union[JsonValue, bytes], Union[JsonValue, bytes, Error]]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url)
    )


def stream(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncOpener,
) -> streaming.Stream[bytes]:
    """Send :func:`plan` and return what arrives, item by item; raise a typed error if it is no success."""
    asked = streaming.asking_for(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url),
        "*/*",
    )
    return streaming.Stream(client.open(asked), streaming.Chunks())


async def astream(
    *,
    body: Union[Unset, JsonValue, PredictionForm, bytes, IO[bytes], File] = UNSET,
    media_type: Union[Unset, str] = UNSET,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncOpener,
) -> streaming.AsyncStream[bytes]:
    """Do what :func:`stream` does, without blocking."""
    asked = streaming.asking_for(
        plan(body=body, media_type=media_type, protocol=protocol, domain=domain, base_url=base_url),
        "*/*",
    )
    return streaming.AsyncStream(await client.open(asked), streaming.Chunks())
