# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1deployments/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""createDeployment: POST /endpoints/{entity}/{name}/deployments."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Dict,
    Optional,
    Union,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import header_value, path_segment
from outpost_api.later import later
from outpost_api.models.endpoint_deploy_request import EndpointDeployRequest
from outpost_api.models.endpoint_deploy_response import EndpointDeployResponse
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

OPERATION: Operation[EndpointDeployResponse, Error] = Operation(
    id="createDeployment",
    method="POST",
    path="/endpoints/{entity}/{name}/deployments",
    tag="endpoints",
    responses={
        "201": {"application/json": EndpointDeployResponse},
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
    idempotency_header="Idempotency-Key",
)


def plan(
    entity: str,
    name: str,
    *,
    body: Union[Unset, EndpointDeployRequest] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
) -> RequestPlan[EndpointDeployResponse, Error]:
    """Deploy an endpoint.

    Roll out the endpoint as it is configured now. The answer comes at once, while the deployment
    goes on: follow it with `getEndpointStatus`. A deployment that serves already goes on serving
    until the new one is healthy; deployments of one endpoint happen one after the other.

    With `wakeup` a dummy request scales the endpoint up when it is deployed, so that it is
    available for at least its `scaledownPeriod`. Without, it stays scaled down until the first
    prediction.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the endpoint, without its owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        idempotency_key: Any text that is unique to what is to be created. Repeating a request with
            its key within 24 hours gives the first answer again and creates nothing more; the same
            key with another body gives 409. (1 to 255 characters; pattern ``^[!-~]+$``)
        body: How to deploy; the published clients before 0.0.39 sent no body.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 409 (It contradicts what is there, such as a
    name that is taken); 422 (A value is out of bounds or contradicts another; the message names the
    property); 429 (Too many requests; wait as long as `Retry-After` says); 500 (The server has
    failed; the request may have had its effect).

    Source: operation ``createDeployment``, ``POST /endpoints/{entity}/{name}/deployments``.
    """
    header_fields: Dict[str, str] = {}
    if idempotency_key is not UNSET:
        header_fields["Idempotency-Key"] = header_value("Idempotency-Key", idempotency_key, False)
    request_body: Body = None
    request_media_type: Optional[str] = None
    if body is not UNSET:
        request_body = encode_json(body)
        request_media_type = "application/json"

    return RequestPlan(
        OPERATION,
        "/endpoints/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/deployments",
        headers=header_fields,
        body=request_body,
        content_type=request_media_type,
    )


def read(response: httpx.Response) -> Response[EndpointDeployResponse, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[EndpointDeployResponse, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    body: Union[Unset, EndpointDeployRequest] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> EndpointDeployResponse:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(entity, name, body=body, idempotency_key=idempotency_key))


def sync_detailed(
    entity: str,
    name: str,
    *,
    body: Union[Unset, EndpointDeployRequest] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[EndpointDeployResponse, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(entity, name, body=body, idempotency_key=idempotency_key))


async def asyncio(
    entity: str,
    name: str,
    *,
    body: Union[Unset, EndpointDeployRequest] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> EndpointDeployResponse:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(entity, name, body=body, idempotency_key=idempotency_key))


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    body: Union[Unset, EndpointDeployRequest] = UNSET,
    idempotency_key: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[EndpointDeployResponse, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(entity, name, body=body, idempotency_key=idempotency_key))
