"""Asking an endpoint for its document as the one who has signed in, and the page that shows it."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import httpx
from starlette.responses import Response

from outpost_api.api import endpoints as operations, user as user_operations
from outpost_api.models.endpoint_resource import EndpointResource
from outpost_server.dashboard.documentation.reading import (
    JSON,
    Documentation,
    Operation,
    read_document,
)
from outpost_server.dashboard.endpoint.page import Address, named_endpoint
from outpost_server.dashboard.endpoint.routes import Route
from outpost_server.dashboard.in_process import InProcessTransport
from outpost_server.dashboard.visit import Visit, address
from outpost_server.rules.problem import Problem

MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
# A sleeping endpoint is woken by the question, which takes as long as its model takes to load.
ANSWER_TIMEOUT_S = 120.0


async def show(visit: Visit) -> Response:
    """Return the page of an endpoint that is named by its owner and its name."""
    endpoint = await named_endpoint(visit)
    assert endpoint.primaryDomain is not None
    return await _page(visit, endpoint.primaryDomain.id, Address.of(visit))


async def show_of_domain(visit: Visit) -> Response:
    """Return the page of the endpoint that answers on a domain: where ``/docs`` of it leads to.

    The router decides whether the one who has signed in may see it, as for every request.
    """
    slug = visit.request.path_params["slug"]
    return await _page(visit, slug, await _address(visit, slug))


async def routes_of(visit: Visit, slug: str) -> list[Route]:
    """Return what an endpoint's own document says that it takes.

    Raises:
        Problem: the endpoint has no such document, or does not answer with it in time.
    """
    url = f"http://{address(visit.request)}/domains/{quote(slug, safe='')}"
    documentation = await _documentation(visit, url)
    return [
        Route(one.method, one.path, one.target, _json_of(one), one.is_all_in_query)
        for one in documentation.operations
    ]


def _json_of(operation: Operation) -> str:
    """Return the example of a JSON body, where there is one that is whole."""
    found = next((body.example for body in operation.bodies if body.media_type == JSON), "")
    try:
        json.loads(found)
    except (ValueError, RecursionError):
        return ""
    return found


async def _page(visit: Visit, slug: str, where: Address | None) -> Response:
    url = f"http://{address(visit.request)}/domains/{quote(slug, safe='')}"
    documentation = await _documentation(visit, url)
    values = {"address": where, "url": url, "documentation": documentation}
    return visit.page("docs.html", values)


async def _documentation(visit: Visit, url: str) -> Documentation:
    document = await _document(visit, url)
    try:
        return await asyncio.to_thread(read_document, document, url)
    except RecursionError:
        raise Problem(502, "Its OpenAPI document is too deep.", "no_document") from None


async def _document(visit: Visit, url: str) -> object:
    transport = InProcessTransport(
        visit.dashboard.server, max_bytes=MAX_DOCUMENT_BYTES, timeout_s=ANSWER_TIMEOUT_S
    )
    headers = {
        "authorization": f"Bearer {visit.session.token}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "outpostkit-dashboard",
    }
    request = httpx.Request("GET", f"{url}/openapi.json", headers=headers)
    try:
        response = await transport.handle_async_request(request)
    except httpx.ReadTimeout:
        message = "The endpoint does not answer yet; reload this page to ask it again."
        raise Problem(504, message, "timeout") from None
    if response.status_code != 200:
        raise Problem(response.status_code, _reason(response), "no_document")
    if response.extensions["is_cut"]:
        message = f"Its OpenAPI document is larger than {MAX_DOCUMENT_BYTES // 1024**2} MiB."
        raise Problem(502, message, "no_document")
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise Problem(502, "Its OpenAPI document is no JSON.", "no_document") from None


def _reason(response: httpx.Response) -> str:
    try:
        reason = json.loads(response.content)["message"]
    except (ValueError, RecursionError, LookupError, TypeError):
        reason = None
    if isinstance(reason, str):
        return reason
    return f"The endpoint has no OpenAPI document: it answered with {response.status_code}."


async def _address(visit: Visit, slug: str) -> Address | None:
    """Return owner and name of an endpoint of one's own or of one's teams."""
    teams = await visit.call(user_operations.list_user_teams.plan())
    for owner in (visit.session.user, *(team.name for team in teams)):
        listed = await visit.call(operations.list_endpoints.plan(owner))
        for endpoint in listed.endpoints:
            if _slug(endpoint) == slug:
                return Address(owner, endpoint.name)
    return None


def _slug(endpoint: EndpointResource) -> str:
    return "" if endpoint.primaryDomain is None else endpoint.primaryDomain.id
