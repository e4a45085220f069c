# Generated from spec/outpost.yaml#/paths/~1finetunings~1{entity}~1{name}~1jobs~1{jobId}/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""getFinetuningJob: GET /finetunings/{entity}/{name}/jobs/{jobId}."""

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
from outpost_api.models.finetuning_job_resource import FinetuningJobResource
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

OPERATION: Operation[FinetuningJobResource, Error] = Operation(
    id="getFinetuningJob",
    method="GET",
    path="/finetunings/{entity}/{name}/jobs/{jobId}",
    tag="finetunings",
    responses={
        "200": {"application/json": FinetuningJobResource},
        "400": {"application/json": Error},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
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
    job_id: str,
    *,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
) -> RequestPlan[FinetuningJobResource, Error]:
    """Get a finetuning job.

    Return one job. Poll it until its status is `succeeded`, `failed`, `cancelled` or `timed_out`,
    after which it no longer changes.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the finetuning service, unique among those of its owner. (1 to 63 characters;
            pattern ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        job_id: Id of the job, as `createFinetuningJob` returned it. (at most 64 characters; pattern
            ``^[A-Za-z0-9_-]+$``)
        cfg: Also return `configs` and `columnConfigs` of each job. Left out, they are not returned.
        trainer_log: Also return `trainerLogs` of each job. Left out, they are not returned.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``getFinetuningJob``, ``GET /finetunings/{entity}/{name}/jobs/{jobId}``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if cfg is not UNSET:
        query_pairs.append(("cfg", scalar_text(cfg)))
    if trainer_log is not UNSET:
        query_pairs.append(("trainer_log", scalar_text(trainer_log)))
    return RequestPlan(
        OPERATION,
        "/finetunings/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/jobs/"
        + path_segment("jobId", job_id),
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[FinetuningJobResource, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[FinetuningJobResource, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    job_id: str,
    *,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> FinetuningJobResource:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(entity, name, job_id, cfg=cfg, trainer_log=trainer_log))


def sync_detailed(
    entity: str,
    name: str,
    job_id: str,
    *,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Response[FinetuningJobResource, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(entity, name, job_id, cfg=cfg, trainer_log=trainer_log))


async def asyncio(
    entity: str,
    name: str,
    job_id: str,
    *,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> FinetuningJobResource:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(entity, name, job_id, cfg=cfg, trainer_log=trainer_log))


async def asyncio_detailed(
    entity: str,
    name: str,
    job_id: str,
    *,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Response[FinetuningJobResource, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(entity, name, job_id, cfg=cfg, trainer_log=trainer_log))
