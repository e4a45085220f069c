# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}/put by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""updateEndpoint: PUT /endpoints/{entity}/{name}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Union,
)

from outpost_api.bodies import multipart_body
from outpost_api.codec import encode_json
from outpost_api.encoding import path_segment
from outpost_api.errors import InvalidArgument
from outpost_api.later import later
from outpost_api.models.endpoint_resource import EndpointResource
from outpost_api.models.endpoint_update_form import EndpointUpdateForm
from outpost_api.models.endpoint_update_request import EndpointUpdateRequest
from outpost_api.models.error import Error
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

OPERATION: Operation[EndpointResource, Error] = Operation(
    id="updateEndpoint",
    method="PUT",
    path="/endpoints/{entity}/{name}",
    tag="endpoints",
    responses={
        "200": {"application/json": EndpointResource},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
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
    entity: str,
    name: str,
    *,
    body: Union[EndpointUpdateRequest, EndpointUpdateForm],
    media_type: Union[Unset, str] = UNSET,
) -> RequestPlan[EndpointResource, Error]:
    """Change an endpoint.

    Change an endpoint: its template, its secrets, how it scales and what it runs on. The next
    deployment applies it all; what runs goes on as it was deployed, secrets included. Only
    `visibility` holds at once. Name, address, deployments and logs stay.

    What is left out or null stays: the published clients send null for each setting that their
    caller did not name, so null cannot mean to clear it. `secrets` and `replicaScalingConfig`
    replace all of what there was; an empty list removes every secret. A template comes as to
    `createEndpoint`: in JSON with its `templateType`, or as a file in `multipart/form-data`.
    `hardwareInstanceId` is accepted in place of `hardwareInstance`.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the endpoint, without its owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        body: What to change.
        media_type: how the body is written: ``application/json``, ``multipart/form-data``. Chosen
            by its type when not given.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 413 (The request body is larger than the server
    accepts); 422 (A value is out of bounds or contradicts another; the message names the property);
    429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has failed; the
    request may have had its effect).

    Source: operation ``updateEndpoint``, ``PUT /endpoints/{entity}/{name}``.
    """
    request_body: Body
    request_media_type: str
    if media_type is UNSET and isinstance(body, EndpointUpdateForm):
        media_type = "multipart/form-data"
    if media_type is UNSET:
        media_type = "application/json"
    if media_type == "application/json":
        request_body = encode_json(body)
        request_media_type = "application/json"

    elif media_type == "multipart/form-data":
        request_body = multipart_body(
            body, {"metadata": "application/json", "template": "text/x-python"}
        )
        request_media_type = request_body.content_type

    else:
        raise InvalidArgument("media_type", "must be one of: application/json, multipart/form-data")

    return RequestPlan(
        OPERATION,
        "/endpoints/" + path_segment("entity", entity) + "/" + path_segment("name", name),
        body=request_body,
        content_type=request_media_type,
    )


def read(response: httpx.Response) -> Response[EndpointResource, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[EndpointResource, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    body: Union[EndpointUpdateRequest, EndpointUpdateForm],
    media_type: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> EndpointResource:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(entity, name, body=body, media_type=media_type))


def sync_detailed(
    entity: str,
    name: str,
    *,
    body: Union[EndpointUpdateRequest, EndpointUpdateForm],
    media_type: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[EndpointResource, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(entity, name, body=body, media_type=media_type))


async def asyncio(
    entity: str,
    name: str,
    *,
    body: Union[EndpointUpdateRequest, EndpointUpdateForm],
    media_type: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> EndpointResource:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(entity, name, body=body, media_type=media_type))


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    body: Union[EndpointUpdateRequest, EndpointUpdateForm],
    media_type: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[EndpointResource, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(entity, name, body=body, media_type=media_type))
