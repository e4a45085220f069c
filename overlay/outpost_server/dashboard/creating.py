"""The form that creates an endpoint from a template file."""

from __future__ import annotations

from starlette.responses import Response

from outpost_api.api import endpoints as operations, user as user_operations
from outpost_api.errors import ResponseError
from outpost_api.models.endpoint_create_form import EndpointCreateForm
from outpost_api.models.endpoint_custom_file_metadata import EndpointCustomFileMetadata
from outpost_api.types import File, JsonValue
from outpost_server.dashboard.forms import fields_of, file_of, read_fields, text_of
from outpost_server.dashboard.visit import Visit
from outpost_server.keeping.store.records import EndpointFields, Scaling
from outpost_server.rules.problem import Problem, invalid

# What the API answers when something else in the form would do.
CORRECTABLE = frozenset({400, 403, 409, 413, 422})
FIELDS = fields_of(EndpointFields)
SCALING = fields_of(Scaling)
# What the form asks for besides.
OWN_DEFAULTS = {"entity": "", "name": "", "class_name": "", "hardware": "cpu-sm", "deploy": "yes"}
DEFAULTS = {
    **{field.name: field.default for field in (*FIELDS, *SCALING)},
    **OWN_DEFAULTS,
    "visibility": "private",
}


async def show_form(visit: Visit) -> Response:
    return await _form(visit, DEFAULTS)


async def create(visit: Visit) -> Response:
    """Create the endpoint, deploy it if that was asked for, and show it."""
    given = {name: await text_of(visit.request, name) for name in DEFAULTS}
    entity = given["entity"] or visit.session.user
    template = await file_of(visit.request, "template")
    try:
        if template is None:
            raise invalid("template", "choose the Python file of the template")
        metadata = EndpointCustomFileMetadata.from_dict(await _metadata(visit, given))
        file = File(await template.read(), filename=template.filename or "template.py")
        form = EndpointCreateForm(metadata=metadata, template=file)
        made = await visit.call(operations.create_endpoint.plan(entity, body=form))
    except Problem as problem:
        return await _form(visit, given, problem=problem.message, status=problem.status)
    except ResponseError as refusal:
        if refusal.status_code not in CORRECTABLE:
            raise
        return await _form(visit, given, problem=refusal.message, status=refusal.status_code)
    if given["deploy"]:
        await visit.call(operations.create_deployment.plan(entity, made.name))
    return visit.to(f"/endpoints/{entity}/{made.name}")


async def _metadata(visit: Visit, given: dict[str, str]) -> dict[str, JsonValue]:
    """Return the endpoint as the API takes it."""
    chosen = {name: text or DEFAULTS[name] for name, text in given.items()}
    metadata: dict[str, JsonValue] = {
        "customTemplateConfig": {"className": given["class_name"]},
        "hardwareInstance": given["hardware"] or None,
        **read_fields(EndpointFields, chosen),
        "replicaScalingConfig": read_fields(Scaling, chosen),
        "secrets": _secrets(await text_of(visit.request, "secrets")),
    }
    return {**metadata, "name": given["name"]} if given["name"] else metadata


def _secrets(text: str) -> list[JsonValue]:
    secrets: list[JsonValue] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            name, equals, value = line.strip().partition("=")
            if not equals:
                raise invalid("secrets", f"line {number} is not of the form NAME=value")
            secrets.append({"name": name.strip(), "value": value})
    return secrets


async def _form(
    visit: Visit, given: dict[str, str], *, problem: str = "", status: int = 200
) -> Response:
    teams = await visit.call(user_operations.list_user_teams.plan())
    entities = [visit.session.user, *(team.name for team in teams)]
    values = {"given": given, "fields": FIELDS, "scaling": SCALING, "entities": entities}
    return visit.page("create.html", {**values, "problem": problem}, status=status)
