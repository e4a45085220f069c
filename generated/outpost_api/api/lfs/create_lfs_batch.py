# Generated from spec/outpost.yaml#/paths/~1{organization}~1{repo_type}~1{repo}~1objects~1batch/post by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""createLfsBatch: POST /{organization}/{repo_type}/{repo}/objects/batch."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Union,
)

from outpost_api.codec import encode_json
from outpost_api.encoding import path_segment, server_part
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.lfs_batch_request import LfsBatchRequest
from outpost_api.models.lfs_batch_response import LfsBatchResponse
from outpost_api.models.repository_type import RepositoryTypeLike
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

OPERATION: Operation[LfsBatchResponse, Error] = Operation(
    id="createLfsBatch",
    method="POST",
    path="/{organization}/{repo_type}/{repo}/objects/batch",
    tag="lfs",
    responses={
        "200": {"application/vnd.git-lfs+json": LfsBatchResponse},
        "401": {"application/json": Error},
        "403": {"application/json": Error},
        "404": {"application/json": Error},
        "422": {"application/json": Error},
        "429": {"application/json": Error},
        "500": {"application/json": Error},
    },
    security=(("bearerAuth",), ()),
    server="{lfsServer}",
    deprecated=False,
    accept="application/vnd.git-lfs+json",
)


def plan(
    organization: str,
    repo_type: RepositoryTypeLike,
    repo: str,
    *,
    body: LfsBatchRequest,
    lfs_server: str = "https://lfs.outpost.run",
    base_url: Union[Unset, str] = UNSET,
) -> RequestPlan[LfsBatchResponse, Error]:
    """Ask how to transfer large files.

    Ask for the requests that upload or download the listed objects. Nothing is transferred yet: the
    caller sends the requests named by `actions`, with the headers given there and without the API
    token, which their addresses do not need and must not see. An upload object without `actions` is
    already stored.

    Three forms of upload are known, and `transfer` with the keys of `actions` tells them apart.
    `basic`: PUT the file to `upload`, then POST oid and size to `verify`. `multipart-basic` with
    `part`: `init`, then one PUT for each of `part.parts`, then `commit` with the entity tags, then
    `verify`; `abort` gives up. `multipart-basic` with `upload` (a custom transfer agent of
    git-lfs): the `header` of `upload` lists the addresses of the parts, see
    `BasicActionAttributes`. Servers before May 2024 put the parts into `parts` instead of
    `part.parts`.

    Args:
        organization: Name of the user or team that owns the repository. It comes before the type
            here; in the git paths it comes after. (at most 64 characters; pattern
            ``^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$``)
        repo_type: What the repository holds.
        repo: Name of the repository. (at most 96 characters; pattern
            ``^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?$``)
        body: The objects and the forms of transfer that the caller can do.
        lfs_server: Address of the Git LFS server without a trailing slash. No address is published:
            the default is a placeholder that callers replace.
        base_url: address of the server; goes before what the document says.

    Errors: 401 (The token is missing or not valid); 403 (The token is valid and does not allow
    this); 404 (There is no such thing, or the token may not know of it); 422 (A value is out of
    bounds or contradicts another; the message names the property); 429 (Too many requests; wait as
    long as `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``createLfsBatch``, ``POST /{organization}/{repo_type}/{repo}/objects/batch``.
    """
    request_body: Body
    request_media_type: str
    request_body = encode_json(body)
    request_media_type = "application/vnd.git-lfs+json"

    return RequestPlan(
        OPERATION,
        "/"
        + path_segment("organization", organization)
        + "/"
        + path_segment("repo_type", repo_type)
        + "/"
        + path_segment("repo", repo)
        + "/objects/batch",
        body=request_body,
        content_type=request_media_type,
        base_url=server_part("lfsServer", lfs_server) if base_url is UNSET else base_url,
    )


def read(response: httpx.Response) -> Response[LfsBatchResponse, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[LfsBatchResponse, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    organization: str,
    repo_type: RepositoryTypeLike,
    repo: str,
    *,
    body: LfsBatchRequest,
    lfs_server: str = "https://lfs.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> LfsBatchResponse:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(organization, repo_type, repo, body=body, lfs_server=lfs_server, base_url=base_url)
    )


def sync_detailed(
    organization: str,
    repo_type: RepositoryTypeLike,
    repo: str,
    *,
    body: LfsBatchRequest,
    lfs_server: str = "https://lfs.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[LfsBatchResponse, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(organization, repo_type, repo, body=body, lfs_server=lfs_server, base_url=base_url)
    )


async def asyncio(
    organization: str,
    repo_type: RepositoryTypeLike,
    repo: str,
    *,
    body: LfsBatchRequest,
    lfs_server: str = "https://lfs.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> LfsBatchResponse:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(organization, repo_type, repo, body=body, lfs_server=lfs_server, base_url=base_url)
    )


async def asyncio_detailed(
    organization: str,
    repo_type: RepositoryTypeLike,
    repo: str,
    *,
    body: LfsBatchRequest,
    lfs_server: str = "https://lfs.outpost.run",
    base_url: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[LfsBatchResponse, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(organization, repo_type, repo, body=body, lfs_server=lfs_server, base_url=base_url)
    )
