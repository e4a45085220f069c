# Generated from spec/outpost.yaml#/paths/~1user~1teams/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""listUserTeams: GET /user/teams."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
)

from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.team_details import TeamDetails
from outpost_api.request import Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[List[TeamDetails], Error] = Operation(
    id="listUserTeams",
    method="GET",
    path="/user/teams",
    tag="user",
    responses={
        "200": {"application/json": List[TeamDetails]},
        "401": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan() -> RequestPlan[List[TeamDetails], Error]:
    """List the user's teams.

    Return the teams that the authenticated user belongs to.

    Errors: 401 (The token is missing or not valid); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``listUserTeams``, ``GET /user/teams``.
    """
    return RequestPlan(
        OPERATION,
        "/user/teams",
    )


def read(response: httpx.Response) -> Response[List[TeamDetails], Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[List[TeamDetails], Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    *,
    client: clients.SyncSender,
) -> List[TeamDetails]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan())


def sync_detailed(
    *,
    client: clients.SyncSender,
) -> Response[List[TeamDetails], Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan())


async def asyncio(
    *,
    client: clients.AsyncSender,
) -> List[TeamDetails]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan())


async def asyncio_detailed(
    *,
    client: clients.AsyncSender,
) -> Response[List[TeamDetails], Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan())
