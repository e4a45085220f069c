# Generated from spec/outpost.yaml#/paths/~1finetunings~1{entity}~1{name}~1jobs/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""createFinetuningJob: POST /finetunings/{entity}/{name}/jobs."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Dict,
    List,
    Tuple,
    Union,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import header_value, path_segment, scalar_text
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.finetuning_job_create_request import FinetuningJobCreateRequest
from outpost_api.models.finetuning_job_creation_response import FinetuningJobCreationResponse
from outpost_api.request import Body, Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers
from outpost_api.types import UNSET, Unset

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[FinetuningJobCreationResponse, Error] = Operation(
    id="createFinetuningJob",
    method="POST",
    path="/finetunings/{entity}/{name}/jobs",
    tag="finetunings",
    responses={
        "201": {"application/json": FinetuningJobCreationResponse},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
        "409": {"application/json": Error},
        "422": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
    idempotency_header="Idempotency-Key",
)


def plan(
    entity: str,
    name: str,
    *,
    body: FinetuningJobCreateRequest,
    enqueue: Union[Unset, bool] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
) -> RequestPlan[FinetuningJobCreationResponse, Error]:
    """Create a finetuning job.

    Create one training run of the service. The trained model is committed to `finetunedModel`. The
    published clients write the properties inside the model objects in snake case (`key_id`,
    `full_name`) and everything around them in camel case; this document uses camel case throughout.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the finetuning service, unique among those of its owner. (1 to 63 characters;
            pattern ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        enqueue: `true` puts the job into the queue at once. `false`, or left out, creates it only;
            start it later with `enqueueFinetuningJobs`.
        idempotency_key: Any text that is unique to what is to be created. Repeating a request with
            its key within 24 hours gives the first answer again and creates nothing more; the same
            key with another body gives 409. (1 to 255 characters; pattern ``^[!-~]+$``)
        body: What to train, from what, and on which hardware.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 409 (It contradicts what is there, such as a
    name that is taken); 422 (A value is out of bounds or contradicts another; the message names the
    property); 429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has
    failed; the request may have had its effect).

    Source: operation ``createFinetuningJob``, ``POST /finetunings/{entity}/{name}/jobs``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if enqueue is not UNSET:
        query_pairs.append(("enqueue", scalar_text(enqueue)))
    header_fields: Dict[str, str] = {}
    if idempotency_key is not UNSET:
        header_fields["Idempotency-Key"] = header_value("Idempotency-Key", idempotency_key, False)
    request_body: Body
    request_media_type: str
    request_body = encode_json(body)
    request_media_type = "application/json"

    return RequestPlan(
        OPERATION,
        "/finetunings/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/jobs",
        query=query_pairs,
        headers=header_fields,
        body=request_body,
        content_type=request_media_type,
    )


def read(response: httpx.Response) -> Response[FinetuningJobCreationResponse, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[FinetuningJobCreationResponse, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    body: FinetuningJobCreateRequest,
    enqueue: Union[Unset, bool] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> FinetuningJobCreationResponse:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(entity, name, body=body, enqueue=enqueue, idempotency_key=idempotency_key)
    )


def sync_detailed(
    entity: str,
    name: str,
    *,
    body: FinetuningJobCreateRequest,
    enqueue: Union[Unset, bool] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[FinetuningJobCreationResponse, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(entity, name, body=body, enqueue=enqueue, idempotency_key=idempotency_key)
    )


async def asyncio(
    entity: str,
    name: str,
    *,
    body: FinetuningJobCreateRequest,
    enqueue: Union[Unset, bool] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> FinetuningJobCreationResponse:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(entity, name, body=body, enqueue=enqueue, idempotency_key=idempotency_key)
    )


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    body: FinetuningJobCreateRequest,
    enqueue: Union[Unset, bool] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[FinetuningJobCreationResponse, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(entity, name, body=body, enqueue=enqueue, idempotency_key=idempotency_key)
    )
