# Generated from spec/outpost.yaml#/paths/~1git~1tree~1{repo_type}~1{entity}~1{name}~1view~1{ref}~1{path}/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""viewTree: GET /git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
    Tuple,
    Union,
)

from outpost_api.encoding import path_segment, path_segments, scalar_text
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.repository_tree import RepositoryTree
from outpost_api.models.repository_type import RepositoryTypeLike
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

OPERATION: Operation[RepositoryTree, Error] = Operation(
    id="viewTree",
    method="GET",
    path="/git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}",
    tag="repositories",
    responses={
        "200": {"application/json": RepositoryTree},
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
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    with_commit: Union[Unset, bool] = UNSET,
    with_metadata: Union[Unset, bool] = UNSET,
) -> RequestPlan[RepositoryTree, Error]:
    """List a directory.

    Return the entries directly in one directory: directories first, then files, each by name. The
    published clients hand this answer on unread; its form is chosen here, as an object so that it
    can say which commit was read.

    Args:
        repo_type: What the repository holds.
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the repository, unique among those of its type and owner. (at most 96
            characters; pattern ``^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?$``)
        ref: Branch, tag, commit hash, or `HEAD` for the newest commit of the default branch. It is
            one path segment: a slash in a branch name is sent as `%2F`. (1 to 255 characters)
        path: Path of the directory from the root of the repository, without a leading slash; empty
            for the root itself, which leaves the slash after the ref. Its slashes are sent as they
            are and every segment between them is percent-encoded; empty segments, `.` and `..` are
            refused. (0 to 4096 characters; pattern ``^(?:[^/]+(?:/[^/]+)*)?$``)
        with_commit: Also return the last commit that changed each entry. (default False)
        with_metadata: Also return media type and Git LFS details of each file. (default False)

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``viewTree``, ``GET /git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if with_commit is not UNSET:
        query_pairs.append(("with_commit", scalar_text(with_commit)))
    if with_metadata is not UNSET:
        query_pairs.append(("with_metadata", scalar_text(with_metadata)))
    return RequestPlan(
        OPERATION,
        "/git/tree/"
        + path_segment("repo_type", repo_type)
        + "/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/view/"
        + path_segment("ref", ref)
        + "/"
        + path_segments("path", path, may_be_empty=True),
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[RepositoryTree, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[RepositoryTree, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    with_commit: Union[Unset, bool] = UNSET,
    with_metadata: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> RepositoryTree:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(
        plan(
            repo_type, entity, name, ref, path, with_commit=with_commit, with_metadata=with_metadata
        )
    )


def sync_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    with_commit: Union[Unset, bool] = UNSET,
    with_metadata: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Response[RepositoryTree, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(
        plan(
            repo_type, entity, name, ref, path, with_commit=with_commit, with_metadata=with_metadata
        )
    )


async def asyncio(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    with_commit: Union[Unset, bool] = UNSET,
    with_metadata: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> RepositoryTree:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(
        plan(
            repo_type, entity, name, ref, path, with_commit=with_commit, with_metadata=with_metadata
        )
    )


async def asyncio_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    with_commit: Union[Unset, bool] = UNSET,
    with_metadata: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Response[RepositoryTree, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(
        plan(
            repo_type, entity, name, ref, path, with_commit=with_commit, with_metadata=with_metadata
        )
    )
