# Generated from spec/outpost.yaml#/paths/~1teams~1{name}~1socials/put by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""updateTeamSocials: PUT /teams/{name}/socials."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import path_segment
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.socials_update_request import SocialsUpdateRequest
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
    id="updateTeamSocials",
    method="PUT",
    path="/teams/{name}/socials",
    tag="teams",
    responses={
        "204": {},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
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
    *,
    body: SocialsUpdateRequest,
) -> RequestPlan[None, Error]:
    """Change a team's links.

    Change the links on the profile of a team. A link that is left out stays, null removes it. As
    for users, the published clients send this to the avatar's path.

    Args:
        name: Name of the team. (1 to 64 characters; pattern ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        body: The links to change.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 422 (A value is out of bounds or contradicts
    another; the message names the property); 429 (Too many requests; wait as long as `Retry-After`
    says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``updateTeamSocials``, ``PUT /teams/{name}/socials``.
    """
    request_body: Body
    request_media_type: str
    request_body = encode_json(body)
    request_media_type = "application/json"

    return RequestPlan(
        OPERATION,
        "/teams/" + path_segment("name", name) + "/socials",
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
    *,
    body: SocialsUpdateRequest,
    client: clients.SyncSender,
) -> None:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(name, body=body))


def sync_detailed(
    name: str,
    *,
    body: SocialsUpdateRequest,
    client: clients.SyncSender,
) -> Response[None, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(name, body=body))


async def asyncio(
    name: str,
    *,
    body: SocialsUpdateRequest,
    client: clients.AsyncSender,
) -> None:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(name, body=body))


async def asyncio_detailed(
    name: str,
    *,
    body: SocialsUpdateRequest,
    client: clients.AsyncSender,
) -> Response[None, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(name, body=body))
