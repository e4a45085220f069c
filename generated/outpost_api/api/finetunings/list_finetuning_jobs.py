# Generated from spec/outpost.yaml#/paths/~1finetunings~1{entity}~1{name}~1jobs/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""listFinetuningJobs: GET /finetunings/{entity}/{name}/jobs."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
    Sequence,
    Tuple,
    Union,
)

from outpost_api.encoding import path_segment, query_list, scalar_text
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.finetuning_job_status import FinetuningJobStatusLike
from outpost_api.models.finetuning_jobs_list_response import FinetuningJobsListResponse
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

OPERATION: Operation[FinetuningJobsListResponse, Error] = Operation(
    id="listFinetuningJobs",
    method="GET",
    path="/finetunings/{entity}/{name}/jobs",
    tag="finetunings",
    responses={
        "200": {"application/json": FinetuningJobsListResponse},
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
    *,
    status_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    status_not_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
) -> RequestPlan[FinetuningJobsListResponse, Error]:
    """List the jobs of a finetuning service.

    Return the jobs of one service, newest first. The published clients hand this answer on unread;
    its form is chosen like that of the other lists. Configuration and trainer log can be large, so
    they are left out unless asked for.

    Args:
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the finetuning service, unique among those of its owner. (1 to 63 characters;
            pattern ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        status_in: Only jobs with one of these statuses. Left out, all jobs. (at most 10 items)
        status_not_in: Only jobs with none of these statuses; it wins over `statusIn`. (at most 10
            items)
        cfg: Also return `configs` and `columnConfigs` of each job. Left out, they are not returned.
        trainer_log: Also return `trainerLogs` of each job. Left out, they are not returned.

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``listFinetuningJobs``, ``GET /finetunings/{entity}/{name}/jobs``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if status_in is not UNSET:
        query_list(query_pairs, "statusIn", status_in, "form", False)
    if status_not_in is not UNSET:
        query_list(query_pairs, "statusNotIn", status_not_in, "form", False)
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
        + "/jobs",
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[FinetuningJobsListResponse, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[FinetuningJobsListResponse, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    entity: str,
    name: str,
    *,
    status_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    status_not_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> FinetuningJobsListResponse:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(
            entity,
            name,
            status_in=status_in,
            status_not_in=status_not_in,
            cfg=cfg,
            trainer_log=trainer_log,
        )
    )


def sync_detailed(
    entity: str,
    name: str,
    *,
    status_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    status_not_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Response[FinetuningJobsListResponse, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(
            entity,
            name,
            status_in=status_in,
            status_not_in=status_not_in,
            cfg=cfg,
            trainer_log=trainer_log,
        )
    )


async def asyncio(
    entity: str,
    name: str,
    *,
    status_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    status_not_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> FinetuningJobsListResponse:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(
            entity,
            name,
            status_in=status_in,
            status_not_in=status_not_in,
            cfg=cfg,
            trainer_log=trainer_log,
        )
    )


async def asyncio_detailed(
    entity: str,
    name: str,
    *,
    status_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    status_not_in: Union[Unset, Sequence[FinetuningJobStatusLike]] = UNSET,
    cfg: Union[Unset, bool] = UNSET,
    trainer_log: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Response[FinetuningJobsListResponse, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(
            entity,
            name,
            status_in=status_in,
            status_not_in=status_not_in,
            cfg=cfg,
            trainer_log=trainer_log,
        )
    )
