# Generated from spec/outpost.yaml#/paths/~1git~1blobs~1{repo_type}~1{entity}~1{name}~1download~1{ref}~1{path}/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""downloadBlob: GET /git/blobs/{repo_type}/{entity}/{name}/download/{ref}/{path}."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    List,
    Tuple,
    Union,
)

from outpost_api import streaming
from outpost_api.encoding import path_segment, path_segments, scalar_text
from outpost_api.later import later
from outpost_api.models.error import Error
from outpost_api.models.repository_blob import RepositoryBlob
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

OPERATION: Operation[Union[bytes, RepositoryBlob], Error] = Operation(
    id="downloadBlob",
    method="GET",
    path="/git/blobs/{repo_type}/{entity}/{name}/download/{ref}/{path}",
    tag="repositories",
    responses={
        "200": {"application/octet-stream": bytes, "application/json": RepositoryBlob},
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
    accept="application/octet-stream, application/json",
)


def plan(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
) -> RequestPlan[Union[bytes, RepositoryBlob], Error]:
    """Download a file.

    Return a file with its full content, also when Git LFS keeps it; it can be many gigabytes, so
    read it as a stream. With `raw=false` the answer is the same document as that of `viewBlob`,
    about the full file: a cheap way to learn its size and hash first.

    Args:
        repo_type: What the repository holds.
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the repository, unique among those of its type and owner. (at most 96
            characters; pattern ``^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?$``)
        ref: Branch, tag, commit hash, or `HEAD` for the newest commit of the default branch. It is
            one path segment: a slash in a branch name is sent as `%2F`. (1 to 255 characters)
        path: Path of the file from the root of the repository, without a leading slash. Its slashes
            are sent as they are and every segment between them is percent-encoded; empty segments,
            `.` and `..` are refused. The published clients glue this path to the ref and therefore
            want a leading slash; here the slash belongs to the template. (1 to 4096 characters;
            pattern ``^[^/]+(?:/[^/]+)*$``)
        raw: `true` returns the bytes of the file (`application/octet-stream`), `false` a document
            about it (`application/json`). (default True)

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``downloadBlob``, ``GET /git/blobs/{repo_type}/{entity}/{name}/download/{ref}/{path}``.
    """
    query_pairs: List[Tuple[str, str]] = []
    if raw is not UNSET:
        query_pairs.append(("raw", scalar_text(raw)))
    return RequestPlan(
        OPERATION,
        "/git/blobs/"
        + path_segment("repo_type", repo_type)
        + "/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/download/"
        + path_segment("ref", ref)
        + "/"
        + path_segments("path", path),
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[Union[bytes, RepositoryBlob], Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[Union[bytes, RepositoryBlob], Error],
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
    raw: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Union[bytes, RepositoryBlob]:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(repo_type, entity, name, ref, path, raw=raw))


def sync_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
    client: clients.SyncSender,
) -> Response[Union[bytes, RepositoryBlob], Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(repo_type, entity, name, ref, path, raw=raw))


async def asyncio(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Union[bytes, RepositoryBlob]:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(repo_type, entity, name, ref, path, raw=raw))


async def asyncio_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
    client: clients.AsyncSender,
) -> Response[Union[bytes, RepositoryBlob], Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(repo_type, entity, name, ref, path, raw=raw))


def stream(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
    client: clients.SyncOpener,
) -> streaming.Stream[bytes]:
    """Send :func:`plan` and return what arrives, item by item; raise a typed error if it is no success."""
    asked = streaming.asking_for(
        plan(repo_type, entity, name, ref, path, raw=raw), "application/octet-stream"
    )
    return streaming.Stream(client.open(asked), streaming.Chunks())


async def astream(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    ref: str,
    path: str,
    *,
    raw: Union[Unset, bool] = UNSET,
    client: clients.AsyncOpener,
) -> streaming.AsyncStream[bytes]:
    """Do what :func:`stream` does, without blocking."""
    asked = streaming.asking_for(
        plan(repo_type, entity, name, ref, path, raw=raw), "application/octet-stream"
    )
    return streaming.AsyncStream(await client.open(asked), streaming.Chunks())
