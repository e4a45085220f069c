# Generated from spec/outpost.yaml#/paths/~1users~1{name}~1token/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""renewTokenOfUser: POST /users/{name}/token."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Optional,
    Union,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import path_segment
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.token_request import TokenRequest
from outpost_api.models.user_token import UserToken
from outpost_api.request import Body, Operation, RequestPlan
from outpost_api.response import Response, read_response, typed_headers
from outpost_api.types import UNSET, Unset

if TYPE_CHECKING:
    import httpx

    from outpost_api import client as clients, models as header_models
else:
    httpx = later("httpx")
    clients = later("outpost_api.client")
    header_models = later("outpost_api.models")

OPERATION: Operation[UserToken, Error] = Operation(
    id="renewTokenOfUser",
    method="POST",
    path="/users/{name}/token",
    tag="users",
    responses={
        "201": {"application/json": UserToken},
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
    *,
    body: Union[Unset, TokenRequest] = UNSET,
) -> RequestPlan[UserToken, Error]:
    """Renew the token of a user.

    Give a user another token and return it; it cannot be shown again. The one of before is refused
    from then on. Only the server's own user may, who renews its own by `renewUserToken`.

    Args:
        name: Name of a user of the server. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        body: When the new token ends. Without a body it does not end by itself.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 409 (It contradicts what is there, such as a
    name that is taken); 422 (A value is out of bounds or contradicts another; the message names the
    property); 429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has
    failed; the request may have had its effect).

    Source: operation ``renewTokenOfUser``, ``POST /users/{name}/token``.
    """
    request_body: Body = None
    request_media_type: Optional[str] = None
    if body is not UNSET:
        request_body = encode_json(body)
        request_media_type = "application/json"

    return RequestPlan(
        OPERATION,
        "/users/" + path_segment("name", name) + "/token",
        body=request_body,
        content_type=request_media_type,
    )


def read(response: httpx.Response) -> Response[UserToken, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[UserToken, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    name: str,
    *,
    body: Union[Unset, TokenRequest] = UNSET,
    client: clients.SyncSender,
) -> UserToken:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(name, body=body))


def sync_detailed(
    name: str,
    *,
    body: Union[Unset, TokenRequest] = UNSET,
    client: clients.SyncSender,
) -> Response[UserToken, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(name, body=body))


async def asyncio(
    name: str,
    *,
    body: Union[Unset, TokenRequest] = UNSET,
    client: clients.AsyncSender,
) -> UserToken:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(name, body=body))


async def asyncio_detailed(
    name: str,
    *,
    body: Union[Unset, TokenRequest] = UNSET,
    client: clients.AsyncSender,
) -> Response[UserToken, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(name, body=body))
