# Generated from spec/outpost.yaml#/paths/~1user~1following~1{name}/put by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""follow: PUT /user/following/{name}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.encoding import path_segment
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
    id="follow",
    method="PUT",
    path="/user/following/{name}",
    tag="user",
    responses={
        "204": {},
        "401": {"application/json": Error},
        "404": {"application/json": Error},
        "409": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan(
    name: str,
) -> RequestPlan[None, Error]:
    """Follow an entity.

    Follow the named user or team. Following what is followed already changes nothing. Following
    oneself is refused with 409.

    Args:
        name: Name of the user or team. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)

    Errors: 401 (The token is missing or not valid); 404 (There is no such thing, or the token may
    not know of it); 409 (It contradicts what is there, such as a name that is taken); 429 (Too many
    requests; wait as long as `Retry-After` says); 500 (The server has failed; the request may have
    had its effect).

    Source: operation ``follow``, ``PUT /user/following/{name}``.
    """
    return RequestPlan(
        OPERATION,
        "/user/following/" + path_segment("name", name),
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
    client: clients.SyncSender,
) -> None:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(name))


def sync_detailed(
    name: str,
    *,
    client: clients.SyncSender,
) -> Response[None, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(name))


async def asyncio(
    name: str,
    *,
    client: clients.AsyncSender,
) -> None:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(name))


async def asyncio_detailed(
    name: str,
    *,
    client: clients.AsyncSender,
) -> Response[None, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(name))
