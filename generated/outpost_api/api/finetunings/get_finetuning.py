# Generated from spec/outpost.yaml#/paths/~1finetunings~1{entity}~1{name}/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""getFinetuning: GET /finetunings/{entity}/{name}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.encoding import path_segment
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.finetuning_resource import FinetuningResource
from outpost_api.request import Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[FinetuningResource, Error] = Operation(
    id="getFinetuning",
    method="GET",
    path="/finetunings/{entity}/{name}",
    tag="finetunings",
    responses={
        "200": {"application/json": FinetuningResource},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan(
    entity: str,
    name: str,
) -> RequestPlan[FinetuningResource, Error]:
    """Get a finetuning service.

    Return one finetuning service. The published clients look for snake-case names in this answer
    and find none; the names are in camel case, as in the requests.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the finetuning service, unique among those of its owner. (1 to 63 characters;
            pattern ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)

    Errors: 401 (The token is missing or not valid); 403 (The token is valid and does not allow
    this); 404 (There is no such thing, or the token may not know of it); 429 (Too many requests;
    wait as long as `Retry-After` says); 500 (The server has failed; the request may have had its
    effect).

    Source: operation ``getFinetuning``, ``GET /finetunings/{entity}/{name}``.
    """
    return RequestPlan(
        OPERATION,
        "/finetunings/" + path_segment("entity", entity) + "/" + path_segment("name", name),
    )


def read(response: httpx.Response) -> Response[FinetuningResource, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[FinetuningResource, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    client: clients.SyncSender,
) -> FinetuningResource:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(entity, name))


def sync_detailed(
    entity: str,
    name: str,
    *,
    client: clients.SyncSender,
) -> Response[FinetuningResource, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(entity, name))


async def asyncio(
    entity: str,
    name: str,
    *,
    client: clients.AsyncSender,
) -> FinetuningResource:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(entity, name))


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    client: clients.AsyncSender,
) -> Response[FinetuningResource, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(entity, name))
