# Generated from spec/outpost.yaml#/paths/~1predict/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""wake: GET /predict."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Union,
)

from outpost_api.encoding import server_part
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.prediction_domain_status import PredictionDomainStatus
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

OPERATION: Operation[PredictionDomainStatus, Error] = Operation(
    id="wake",
    method="GET",
    path="/predict",
    tag="predictions",
    responses={
        "200": {"application/json": PredictionDomainStatus},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
        "502": {"application/json": Error},
        "503": {"application/json": Error},
    },
    security=(("bearerAuth",),),
    server="{protocol}://{domain}",
    deprecated=False,
)


def plan(
    *,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
) -> RequestPlan[PredictionDomainStatus, Error]:
    """Wake an endpoint.

    Scale an endpoint up and answer as soon as a replica is ready, without running a prediction. It
    then stays available for at least its `scaledownPeriod`. The published clients send the bare
    token here and `Bearer` to predict; this document has one scheme for both.

    Args:
        protocol: The domain's protocol.
        domain: The domain's name, with a port where it has one.
        base_url: address of the server; goes before what the document says.

    Errors: 401 (The token is missing or not valid); 403 (The token is valid and does not allow
    this); 404 (There is no such thing, or the token may not know of it); 429 (Too many requests;
    wait as long as `Retry-After` says); 500 (The server has failed; the request may have had its
    effect); 502 (The replica ended while it answered; the prediction may have been made); 503 (No
    replica took the request, so nothing was predicted: none is deployed, the queue is full or
    waking takes longer than the request may wait. Worth repeating after `Retry-After`, where that
    is given).

    Source: operation ``wake``, ``GET /predict``.
    """
    return RequestPlan(
        OPERATION,
        "/predict",
        base_url=server_part("protocol", protocol) + "://" + server_part("domain", domain)
        if base_url is UNSET
        else base_url,
    )


def read(response: httpx.Response) -> Response[PredictionDomainStatus, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[PredictionDomainStatus, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    *,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> PredictionDomainStatus:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(protocol=protocol, domain=domain, base_url=base_url))


def sync_detailed(
    *,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[PredictionDomainStatus, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(protocol=protocol, domain=domain, base_url=base_url))


async def asyncio(
    *,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> PredictionDomainStatus:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(protocol=protocol, domain=domain, base_url=base_url))


async def asyncio_detailed(
    *,
    protocol: str = "https",
    domain: str = "endpoint.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[PredictionDomainStatus, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(protocol=protocol, domain=domain, base_url=base_url))
