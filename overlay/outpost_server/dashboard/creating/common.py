"""What both forms ask for, and what becomes of a form that was filled in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.responses import Response

from outpost_api.api import (
    catalogue as catalogue_operations,
    endpoints as operations,
    user as user_operations,
)
from outpost_api.errors import ResponseError
from outpost_api.models.endpoint_create_response import EndpointCreateResponse
from outpost_api.types import JsonValue
from outpost_server.dashboard.forms import fields_of, read_fields, text_of
from outpost_server.dashboard.visit import Visit
from outpost_server.keeping.store.records import EndpointFields, Scaling
from outpost_server.rules.problem import Problem, invalid

# What the API answers when something else in the form would do.
CORRECTABLE = frozenset({400, 403, 404, 409, 413, 422})
FIELDS = fields_of(EndpointFields)
SCALING = fields_of(Scaling)
OF_FIELDS = {field.name: field.default for field in (*FIELDS, *SCALING)}
# What the forms ask for besides.
OWN_DEFAULTS = {"entity": "", "name": "", "hardware": "", "deploy": "yes"}
DEFAULTS = {**OF_FIELDS, "visibility": "private", **OWN_DEFAULTS}

Create = Callable[[str, dict[str, str]], Awaitable[EndpointCreateResponse]]


class ShowForm(Protocol):
    """Returns the page of a form with what was filled in, and what is wrong with it."""

    async def __call__(
        self, visit: Visit, given: dict[str, str], *, problem: str, status: int
    ) -> Response: ...


async def answer(
    visit: Visit, defaults: Mapping[str, str], create: Create, show: ShowForm
) -> Response:
    """Create the endpoint, deploy it if that was asked for, and show it; or show what is wrong.

    ``create`` gets the owner and what was filled in.
    """
    given = {name: await text_of(visit.request, name) for name in defaults}
    entity = given["entity"] or visit.session.user
    try:
        made = await create(entity, given)
    except Problem as problem:
        return await show(visit, given, problem=problem.message, status=problem.status)
    except ResponseError as refusal:
        if refusal.status_code not in CORRECTABLE:
            raise
        return await show(visit, given, problem=refusal.message, status=refusal.status_code)
    if given["deploy"]:
        await visit.call(operations.create_deployment.plan(entity, made.name))
    return visit.to(f"/endpoints/{entity}/{made.name}")


async def form(
    visit: Visit,
    page: str,
    given: Mapping[str, str],
    *,
    problem: str = "",
    status: int = 200,
    values: Mapping[str, object] | None = None,
) -> Response:
    """Return a form with what was filled in."""
    teams = await visit.call(user_operations.list_user_teams.plan())
    hardware = await visit.call(catalogue_operations.list_hardware_instances.plan())
    shown = {
        "given": given,
        "fields": FIELDS,
        "scaling": SCALING,
        "entities": [visit.session.user, *(team.name for team in teams)],
        "hardware": [one for one in hardware if one.isAvailable],
        "problem": problem,
    }
    return visit.page(page, {**shown, **(values or {})}, status=status)


async def metadata(visit: Visit, given: Mapping[str, str]) -> dict[str, JsonValue]:
    """Return what both forms say of the endpoint, as the API takes it."""
    chosen = {name: given[name] or DEFAULTS[name] for name in OF_FIELDS}
    said: dict[str, JsonValue] = {
        "hardwareInstance": given["hardware"] or None,
        **read_fields(EndpointFields, chosen),
        "replicaScalingConfig": read_fields(Scaling, chosen),
        "secrets": [
            {"name": name, "value": value} for name, value in await lines_of(visit, "secrets")
        ],
    }
    return {**said, "name": given["name"]} if given["name"] else said


async def lines_of(visit: Visit, field: str) -> list[tuple[str, str]]:
    """Return the pairs of a field that has one ``NAME=value`` a line."""
    pairs = []
    for number, line in enumerate((await text_of(visit.request, field)).splitlines(), 1):
        if line.strip():
            name, equals, value = line.strip().partition("=")
            if not equals:
                raise invalid(field, f"line {number} is not of the form NAME=value")
            pairs.append((name.strip(), value))
    return pairs
