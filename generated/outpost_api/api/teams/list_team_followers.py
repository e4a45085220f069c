# Generated from spec/outpost.yaml#/paths/~1teams~1{name}~1followers/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""listTeamFollowers: GET /teams/{name}/followers."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
    Tuple,
    Union,
)

from outpost_api.encoding import path_segment, scalar_text
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.follow_entity import FollowEntity
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

OPERATION: Operation[List[FollowEntity], Error] = Operation(
    id="listTeamFollowers",
    method="GET",
    path="/teams/{name}/followers",
    tag="teams",
    responses={
        "200": {"application/json": List[FollowEntity]},
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
    name: str,
    *,
    is_following: Union[Unset, bool] = UNSET,
) -> RequestPlan[List[FollowEntity], Error]:
    """List who follows a team.

    Return the users and teams that follow a team.

    Args:
        name: Name of the team. (1 to 64 characters; pattern ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        is_following: Whether to tell of each entity if the authenticated user follows it. (default
            False)

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 404 (There is no such thing, or the token may not know of it);
    429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has failed; the
    request may have had its effect).

    Source: operation ``listTeamFollowers``, ``GET /teams/{name}/followers``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if is_following is not UNSET:
        query_pairs.append(("isFollowing", scalar_text(is_following)))
    return RequestPlan(
        OPERATION,
        "/teams/" + path_segment("name", name) + "/followers",
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[List[FollowEntity], Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[List[FollowEntity], Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    name: str,
    *,
    is_following: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> List[FollowEntity]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(name, is_following=is_following))


def sync_detailed(
    name: str,
    *,
    is_following: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Response[List[FollowEntity], Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(name, is_following=is_following))


async def asyncio(
    name: str,
    *,
    is_following: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> List[FollowEntity]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(name, is_following=is_following))


async def asyncio_detailed(
    name: str,
    *,
    is_following: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Response[List[FollowEntity], Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(name, is_following=is_following))
