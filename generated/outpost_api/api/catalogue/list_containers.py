# Generated from spec/outpost.yaml#/paths/~1containers/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""listContainers: GET /containers."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
)

from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.prebuilt_container import PrebuiltContainer
from outpost_api.request import Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[List[PrebuiltContainer], Error] = Operation(
    id="listContainers",
    method="GET",
    path="/containers",
    tag="catalogue",
    responses={
        "200": {"application/json": List[PrebuiltContainer]},
        "401": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan() -> RequestPlan[List[PrebuiltContainer], Error]:
    """List the prebuilt containers.

    Return the environments that prediction templates run in: what is in each and how it can be set
    up. The `name` of one goes into `prebuiltContainerDetails` of an endpoint, settings into
    `config` there.

    Errors: 401 (The token is missing or not valid); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``listContainers``, ``GET /containers``.
    """
    return RequestPlan(
        OPERATION,
        "/containers",
    )


def read(response: httpx.Response) -> Response[List[PrebuiltContainer], Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[List[PrebuiltContainer], Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    *,
    client: clients.SyncSender,
) -> List[PrebuiltContainer]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan())


def sync_detailed(
    *,
    client: clients.SyncSender,
) -> Response[List[PrebuiltContainer], Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan())


async def asyncio(
    *,
    client: clients.AsyncSender,
) -> List[PrebuiltContainer]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan())


async def asyncio_detailed(
    *,
    client: clients.AsyncSender,
) -> Response[List[PrebuiltContainer], Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan())
