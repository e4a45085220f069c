# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1deployments/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""listDeployments: GET /endpoints/{entity}/{name}/deployments."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    AsyncIterator,
    Iterator,
    List,
    Tuple,
    Union,
)

from outpost_api import paging
from outpost_api.encoding import path_segment, scalar_text
from outpost_api.later import later
from outpost_api.models.endpoint_deployment import EndpointDeployment
from outpost_api.models.error import Error
from outpost_api.models.list_deployments_sb import ListDeploymentsSbLike
from outpost_api.models.list_deployments_sd import ListDeploymentsSdLike
from outpost_api.models.list_endpoint_deployments_response import ListEndpointDeploymentsResponse
from outpost_api.request import Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers
from outpost_api.types import UNSET, Unset

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[ListEndpointDeploymentsResponse, Error] = Operation(
    id="listDeployments",
    method="GET",
    path="/endpoints/{entity}/{name}/deployments",
    tag="endpoints",
    responses={
        "200": {"application/json": ListEndpointDeploymentsResponse},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
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
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
) -> RequestPlan[ListEndpointDeploymentsResponse, Error]:
    """List an endpoint's deployments.

    Return the deployments of an endpoint that match all filters, newest first unless `sb` and `sd`
    say otherwise. `total` counts all that match, whatever `l`, `skip` and `cursorId` leave out.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the endpoint, without its owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        sort_by: Property to sort by. (default "createdAt")
        sort_direction: Direction to sort in, descending or ascending. (default "desc")
        limit: How many deployments to return at most. (1 to 1000; default 100)
        status: Only deployments of this status. (1 to 32 characters)
        creator_id: Only deployments made by the user with this id. (1 to 64 characters)
        search: Only deployments whose id, status or creator's name contains this text, in any case.
            (1 to 200 characters)
        skip: How many matching deployments to pass over first. (0 to 1000000; default 0)
        cursor_id: Id of the last deployment of the page before: only deployments that come after it
            are returned. Unlike `skip` it neither repeats nor misses one when another is made
            meanwhile. (1 to 64 characters)

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 404 (There is no such thing, or the token may not know of it);
    429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has failed; the
    request may have had its effect).

    Source: operation ``listDeployments``, ``GET /endpoints/{entity}/{name}/deployments``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if sort_by is not UNSET:
        query_pairs.append(("sb", scalar_text(sort_by)))
    if sort_direction is not UNSET:
        query_pairs.append(("sd", scalar_text(sort_direction)))
    if limit is not UNSET:
        query_pairs.append(("l", scalar_text(limit)))
    if status is not UNSET:
        query_pairs.append(("status", scalar_text(status)))
    if creator_id is not UNSET:
        query_pairs.append(("creatorId", scalar_text(creator_id)))
    if search is not UNSET:
        query_pairs.append(("q", scalar_text(search)))
    if skip is not UNSET:
        query_pairs.append(("skip", scalar_text(skip)))
    if cursor_id is not UNSET:
        query_pairs.append(("cursorId", scalar_text(cursor_id)))
    return RequestPlan(
        OPERATION,
        "/endpoints/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/deployments",
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[ListEndpointDeploymentsResponse, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[ListEndpointDeploymentsResponse, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> ListEndpointDeploymentsResponse:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        )
    )


def sync_detailed(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[ListEndpointDeploymentsResponse, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        )
    )


async def asyncio(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> ListEndpointDeploymentsResponse:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        )
    )


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[ListEndpointDeploymentsResponse, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        )
    )


def iterate(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Iterator[EndpointDeployment]:
    """Yield every item of every page, the first page as :func:`plan` asks for it.

    The next page is asked for when its first item is; a status that is no success raises.
    """
    yield from paging.iterate(
        client,
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        ),
        paging.Rule("last", "cursorId", ("deployments",), ("id",), "l", 1, "skip"),
    )


async def aiterate(
    entity: str,
    name: str,
    *,
    sort_by: Union[Unset, ListDeploymentsSbLike] = UNSET,
    sort_direction: Union[Unset, ListDeploymentsSdLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    status: Union[Unset, str] = UNSET,
    creator_id: Union[Unset, str] = UNSET,
    search: Union[Unset, str] = UNSET,
    skip: Union[Unset, int] = UNSET,
    cursor_id: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> AsyncIterator[EndpointDeployment]:
    """Do what :func:`iterate` does, without blocking."""
    async for item in paging.aiterate(
        client,
        plan(
            entity,
            name,
            sort_by=sort_by,
            sort_direction=sort_direction,
            limit=limit,
            status=status,
            creator_id=creator_id,
            search=search,
            skip=skip,
            cursor_id=cursor_id,
        ),
        paging.Rule("last", "cursorId", ("deployments",), ("id",), "l", 1, "skip"),
    ):
        yield item
