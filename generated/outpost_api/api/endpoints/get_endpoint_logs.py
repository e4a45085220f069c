# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1logs/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""getEndpointLogs: GET /endpoints/{entity}/{name}/logs."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
    Tuple,
    Union,
)

from outpost_api.encoding import path_segment, scalar_text
from outpost_api.later import later
from outpost_api.models.endpoint_log import EndpointLog
from outpost_api.models.error import Error
from outpost_api.models.get_endpoint_logs_level import GetEndpointLogsLevelLike
from outpost_api.models.log_type import LogTypeLike
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

OPERATION: Operation[List[EndpointLog], Error] = Operation(
    id="getEndpointLogs",
    method="GET",
    path="/endpoints/{entity}/{name}/logs",
    tag="endpoints",
    responses={
        "200": {"application/json": List[EndpointLog]},
        "400": {"application/json": Error},
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
    *,
    log_type: Union[Unset, LogTypeLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    start: Union[Unset, str] = UNSET,
    end: Union[Unset, str] = UNSET,
    dep_id: Union[Unset, str] = UNSET,
    contains: Union[Unset, str] = UNSET,
    level: Union[Unset, GetEndpointLogsLevelLike] = UNSET,
) -> RequestPlan[List[EndpointLog], Error]:
    """Read an endpoint's logs.

    Return log lines that match all filters, oldest first. Where more match than `limit` allows, the
    newest are returned. Without `start` only the last 15 minutes are looked at.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the endpoint, without its owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        log_type: Only lines of this kind: `runtime` is what the prediction template writes, `dep`
            tells of deployments, `event` of scaling and of what was done to the endpoint.
        limit: How many lines to return at most. (1 to 10000; default 1000)
        start: Only lines from this time on: nanoseconds since 1970-01-01 UTC in digits, or a date
            and time as in ISO 8601. (1 to 40 characters)
        end: Only lines before this time, written as `start` is. (1 to 40 characters)
        dep_id: Only lines of the deployment with this id. (1 to 64 characters)
        contains: Only lines with this text in their message, their traceback or the name of their
            replica, in upper or lower case. (1 to 200 characters)
        level: Only lines of this level or a graver one, by the numbers of Python's `logging`.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``getEndpointLogs``, ``GET /endpoints/{entity}/{name}/logs``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if log_type is not UNSET:
        query_pairs.append(("logType", scalar_text(log_type)))
    if limit is not UNSET:
        query_pairs.append(("limit", scalar_text(limit)))
    if start is not UNSET:
        query_pairs.append(("start", scalar_text(start)))
    if end is not UNSET:
        query_pairs.append(("end", scalar_text(end)))
    if dep_id is not UNSET:
        query_pairs.append(("depId", scalar_text(dep_id)))
    if contains is not UNSET:
        query_pairs.append(("contains", scalar_text(contains)))
    if level is not UNSET:
        query_pairs.append(("level", scalar_text(level)))
    return RequestPlan(
        OPERATION,
        "/endpoints/" + path_segment("entity", entity) + "/" + path_segment("name", name) + "/logs",
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[List[EndpointLog], Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[List[EndpointLog], Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    log_type: Union[Unset, LogTypeLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    start: Union[Unset, str] = UNSET,
    end: Union[Unset, str] = UNSET,
    dep_id: Union[Unset, str] = UNSET,
    contains: Union[Unset, str] = UNSET,
    level: Union[Unset, GetEndpointLogsLevelLike] = UNSET,
    client: clients.SyncSender,
) -> List[EndpointLog]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(
            entity,
            name,
            log_type=log_type,
            limit=limit,
            start=start,
            end=end,
            dep_id=dep_id,
            contains=contains,
            level=level,
        )
    )


def sync_detailed(
    entity: str,
    name: str,
    *,
    log_type: Union[Unset, LogTypeLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    start: Union[Unset, str] = UNSET,
    end: Union[Unset, str] = UNSET,
    dep_id: Union[Unset, str] = UNSET,
    contains: Union[Unset, str] = UNSET,
    level: Union[Unset, GetEndpointLogsLevelLike] = UNSET,
    client: clients.SyncSender,
) -> Response[List[EndpointLog], Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(
            entity,
            name,
            log_type=log_type,
            limit=limit,
            start=start,
            end=end,
            dep_id=dep_id,
            contains=contains,
            level=level,
        )
    )


async def asyncio(
    entity: str,
    name: str,
    *,
    log_type: Union[Unset, LogTypeLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    start: Union[Unset, str] = UNSET,
    end: Union[Unset, str] = UNSET,
    dep_id: Union[Unset, str] = UNSET,
    contains: Union[Unset, str] = UNSET,
    level: Union[Unset, GetEndpointLogsLevelLike] = UNSET,
    client: clients.AsyncSender,
) -> List[EndpointLog]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(
            entity,
            name,
            log_type=log_type,
            limit=limit,
            start=start,
            end=end,
            dep_id=dep_id,
            contains=contains,
            level=level,
        )
    )


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    log_type: Union[Unset, LogTypeLike] = UNSET,
    limit: Union[Unset, int] = UNSET,
    start: Union[Unset, str] = UNSET,
    end: Union[Unset, str] = UNSET,
    dep_id: Union[Unset, str] = UNSET,
    contains: Union[Unset, str] = UNSET,
    level: Union[Unset, GetEndpointLogsLevelLike] = UNSET,
    client: clients.AsyncSender,
) -> Response[List[EndpointLog], Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(
            entity,
            name,
            log_type=log_type,
            limit=limit,
            start=start,
            end=end,
            dep_id=dep_id,
            contains=contains,
            level=level,
        )
    )
