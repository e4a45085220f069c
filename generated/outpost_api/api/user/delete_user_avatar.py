# Generated from spec/outpost.yaml#/paths/~1user~1avatar/delete by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""deleteUserAvatar: DELETE /user/avatar."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.request import Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[None, Error] = Operation(
    id="deleteUserAvatar",
    method="DELETE",
    path="/user/avatar",
    tag="user",
    responses={
        "204": {},
        "401": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan() -> RequestPlan[None, Error]:
    """Remove the user's avatar.

    Remove the avatar of the authenticated user; a generated one takes its place.

    Errors: 401 (The token is missing or not valid); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``deleteUserAvatar``, ``DELETE /user/avatar``.
    """
    return RequestPlan(
        OPERATION,
        "/user/avatar",
    )


def read(response: httpx.Response) -> Response[None, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(response: Response[None, Error]) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    *,
    client: clients.SyncSender,
) -> None:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan())


def sync_detailed(
    *,
    client: clients.SyncSender,
) -> Response[None, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan())


async def asyncio(
    *,
    client: clients.AsyncSender,
) -> None:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan())


async def asyncio_detailed(
    *,
    client: clients.AsyncSender,
) -> Response[None, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan())
