# Generated from spec/outpost.yaml#/paths/~1teams~1{name}~1members~1{user}/put by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""putTeamMember: PUT /teams/{name}/members/{user}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import path_segment
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.team_member_request import TeamMemberRequest
from outpost_api.request import Body, Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[None, Error] = Operation(
    id="putTeamMember",
    method="PUT",
    path="/teams/{name}/members/{user}",
    tag="teams",
    responses={
        "204": {},
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
)


def plan(
    name: str,
    user: str,
    *,
    body: TeamMemberRequest,
) -> RequestPlan[None, Error]:
    """Add a member to a team.

    Let a user join a team, or change what a member is there. Only the team's owners may. A team
    keeps an owner: the only one cannot become something else.

    Args:
        name: Name of the team. (1 to 64 characters; pattern ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        user: Name of a user. (1 to 64 characters; pattern ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        body: What the user is in the team.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 409 (It contradicts what is there, such as a
    name that is taken); 422 (A value is out of bounds or contradicts another; the message names the
    property); 429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has
    failed; the request may have had its effect).

    Source: operation ``putTeamMember``, ``PUT /teams/{name}/members/{user}``.
    """
    request_body: Body
    request_media_type: str
    request_body = encode_json(body)
    request_media_type = "application/json"

    return RequestPlan(
        OPERATION,
        "/teams/" + path_segment("name", name) + "/members/" + path_segment("user", user),
        body=request_body,
        content_type=request_media_type,
    )


def read(response: httpx.Response) -> Response[None, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(response: Response[None, Error]) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    name: str,
    user: str,
    *,
    body: TeamMemberRequest,
    client: clients.SyncSender,
) -> None:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(name, user, body=body))


def sync_detailed(
    name: str,
    user: str,
    *,
    body: TeamMemberRequest,
    client: clients.SyncSender,
) -> Response[None, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(name, user, body=body))


async def asyncio(
    name: str,
    user: str,
    *,
    body: TeamMemberRequest,
    client: clients.AsyncSender,
) -> None:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(name, user, body=body))


async def asyncio_detailed(
    name: str,
    user: str,
    *,
    body: TeamMemberRequest,
    client: clients.AsyncSender,
) -> Response[None, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(name, user, body=body))
