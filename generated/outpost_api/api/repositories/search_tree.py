# Generated from spec/outpost.yaml#/paths/~1git~1tree~1{repo_type}~1{entity}~1{name}~1search/get by
# generator/outpost_generator/templates/operation.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""searchTree: GET /git/tree/{repo_type}/{entity}/{name}/search."""

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
from outpost_api.models.repository_tree_search_result import RepositoryTreeSearchResult
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

OPERATION: Operation[RepositoryTreeSearchResult, Error] = Operation(
    id="searchTree",
    method="GET",
    path="/git/tree/{repo_type}/{entity}/{name}/search",
    tag="repositories",
    responses={
        "200": {"application/json": RepositoryTreeSearchResult},
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
    *,
    search: str,
    ref: Union[Unset, str] = UNSET,
) -> RequestPlan[RepositoryTreeSearchResult, Error]:
    """Search the paths of a repository.

    Return the files and directories whose path contains the text, in any letter case, by path. At
    most 1000 come back; `total` counts all. The published clients hand this answer on unread; its
    entries have the form of those of `viewTree`.

    Args:
        repo_type: What the repository holds.
        entity: Name of the user or team that owns it. (1 to 64 characters; pattern
            ``^[A-Za-z0-9][A-Za-z0-9._-]*$``)
        name: Name of the repository, unique among those of its type and owner. (at most 96
            characters; pattern ``^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?$``)
        search: The text to look for. `*` and `?` have no special meaning. (1 to 256 characters)
        ref: Branch, tag, commit hash, or `HEAD` for the newest commit of the default branch. (1 to
            255 characters; default "HEAD")

    Errors: 400 (The request cannot be read; the message names what is wrong with it); 401 (The
    token is missing or not valid); 403 (The token is valid and does not allow this); 404 (There is
    no such thing, or the token may not know of it); 429 (Too many requests; wait as long as
    `Retry-After` says); 500 (The server has failed; the request may have had its effect).

    Source: operation ``searchTree``, ``GET /git/tree/{repo_type}/{entity}/{name}/search``.
    """
    query_pairs: List[Tuple[str, str]] = []
    query_pairs.append(("search", scalar_text(search)))
    if ref is not UNSET:
        query_pairs.append(("ref", scalar_text(ref)))
    return RequestPlan(
        OPERATION,
        "/git/tree/"
        + path_segment("repo_type", repo_type)
        + "/"
        + path_segment("entity", entity)
        + "/"
        + path_segment("name", name)
        + "/search",
        query=query_pairs,
    )


def read(response: httpx.Response) -> Response[RepositoryTreeSearchResult, Error]:
    """Return the typed answer to this operation, whatever its status."""
    return read_response(OPERATION, response)


def response_headers(
    response: Response[RepositoryTreeSearchResult, Error],
) -> header_models.XRequestIdRetryAfterHeaders:
    """Return the headers of an answer by the types the document gives them."""
    from outpost_api.models.x_request_id_retry_after_headers import XRequestIdRetryAfterHeaders

    return typed_headers(XRequestIdRetryAfterHeaders, response.headers)


def sync(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    *,
    search: str,
    ref: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> RepositoryTreeSearchResult:
    """Send :func:`plan` and return what a success holds; raise a typed error for every other status."""
    return client.call(plan(repo_type, entity, name, search=search, ref=ref))


def sync_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    *,
    search: str,
    ref: Union[Unset, str] = UNSET,
    client: clients.SyncSender,
) -> Response[RepositoryTreeSearchResult, Error]:
    """Send :func:`plan` and return the answer with status, headers and body; no status raises."""
    return client.send(plan(repo_type, entity, name, search=search, ref=ref))


async def asyncio(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    *,
    search: str,
    ref: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> RepositoryTreeSearchResult:
    """Do what :func:`sync` does, without blocking."""
    return await client.call(plan(repo_type, entity, name, search=search, ref=ref))


async def asyncio_detailed(
    repo_type: RepositoryTypeLike,
    entity: str,
    name: str,
    *,
    search: str,
    ref: Union[Unset, str] = UNSET,
    client: clients.AsyncSender,
) -> Response[RepositoryTreeSearchResult, Error]:
    """Do what :func:`sync_detailed` does, without blocking."""
    return await client.send(plan(repo_type, entity, name, search=search, ref=ref))
