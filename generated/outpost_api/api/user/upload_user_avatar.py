# Generated from spec/outpost.yaml#/paths/~1user~1avatar/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""uploadUserAvatar: POST /user/avatar."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
)

from outpost_api.bodies import multipart_body
from outpost_api.later import later
from outpost_api.models.avatar_form import AvatarForm
from outpost_api.models.error import Error
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
    id="uploadUserAvatar",
    method="POST",
    path="/user/avatar",
    tag="user",
    responses={
        "204": {},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
        "413": {"application/json": Error},
        "422": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server=None,
    deprecated=False,
)


def plan(
    *,
    body: AvatarForm,
) -> RequestPlan[None, Error]:
    """Upload the user's avatar.

    Replace the avatar of the authenticated user by an image of at most 5 MiB.

    Args:
        body: The image.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 413 (The request body is larger than the server accepts); 422 (A
    value is out of bounds or contradicts another; the message names the property); 429 (Too many
    requests; wait as long as `Retry-After` says); 500 (The server has failed; the request may have
    had its effect).

    Source: operation ``uploadUserAvatar``, ``POST /user/avatar``.
    """
    request_body: Body
    request_media_type: str
    request_body = multipart_body(body)
    request_media_type = request_body.content_type

    return RequestPlan(
        OPERATION,
        "/user/avatar",
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
    *,
    body: AvatarForm,
    client: clients.SyncSender,
) -> None:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(body=body))


def sync_detailed(
    *,
    body: AvatarForm,
    client: clients.SyncSender,
) -> Response[None, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(body=body))


async def asyncio(
    *,
    body: AvatarForm,
    client: clients.AsyncSender,
) -> None:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(body=body))


async def asyncio_detailed(
    *,
    body: AvatarForm,
    client: clients.AsyncSender,
) -> Response[None, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(body=body))
