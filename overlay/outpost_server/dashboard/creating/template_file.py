"""The form that creates an endpoint from a template file."""

from __future__ import annotations

from starlette.responses import Response

from outpost_api.api import endpoints as operations
from outpost_api.models.endpoint_create_form import EndpointCreateForm
from outpost_api.models.endpoint_create_response import EndpointCreateResponse
from outpost_api.models.endpoint_custom_file_metadata import EndpointCustomFileMetadata
from outpost_api.types import File, JsonValue
from outpost_server.dashboard.creating import common
from outpost_server.dashboard.forms import file_of
from outpost_server.dashboard.visit import Visit
from outpost_server.rules.problem import invalid
from outpost_server.rules.template_archive import is_archive

PAGE = "creating/create.html"
OWN_DEFAULTS = {"class_name": "", "entry": ""}
DEFAULTS = {**common.DEFAULTS, **OWN_DEFAULTS}


async def show_form(visit: Visit) -> Response:
    return await _form(visit, DEFAULTS)


async def create(visit: Visit) -> Response:
    async def make(entity: str, given: dict[str, str]) -> EndpointCreateResponse:
        template = await file_of(visit.request, "template")
        if template is None:
            raise invalid("template", "choose the file of the template")
        said = await common.metadata(visit, given)
        content = await template.read()
        custom = config(given["class_name"], given["entry"], content)
        metadata = EndpointCustomFileMetadata.from_dict({**said, "customTemplateConfig": custom})
        file = File(content, filename=template.filename or "template.py")
        form = EndpointCreateForm(metadata=metadata, template=file)
        return await visit.call(operations.create_endpoint.plan(entity, body=form))

    return await common.answer(visit, DEFAULTS, make, _form)


def config(class_name: str, entry: str, content: bytes) -> dict[str, JsonValue]:
    """Return a template as the API takes it; the entry belongs to an archive alone."""
    return {"className": class_name, "entry": entry or None if is_archive(content) else None}


async def _form(
    visit: Visit, given: dict[str, str], *, problem: str = "", status: int = 200
) -> Response:
    return await common.form(visit, PAGE, given, problem=problem, status=status)
