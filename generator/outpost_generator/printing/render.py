"""Printing views with templates."""

from collections.abc import Sequence
from typing import Any

from outpost_generator.printing.provenance import Provenance
from outpost_generator.printing.user_templates import Printed, Templates, our_templates
from outpost_generator.python.document_text import Text
from outpost_generator.python.text import paragraph
from outpost_generator.schemas.models import Models
from outpost_generator.views.models import model_modules
from outpost_generator.views.operations import Operations
from outpost_generator.views.printed.package import EventView, SecuritySchemeView
from outpost_generator.views.servers import document_servers

_WEBHOOKS = "package/webhooks.py.jinja"
#: Of modules that are the same for every document but for names and settings.
RUNTIME = tuple(
    name for name in our_templates() if name.startswith("package/") and name != _WEBHOOKS
)


def render(
    models: Models,
    operations: Operations,
    events: Sequence[EventView],
    provenance: Provenance,
    templates: Templates,
) -> dict[str, Printed]:
    """Return every file of the package, by its path inside the package."""
    environment = templates.environment()
    package = models.package

    def write(template: str, **views: Any) -> Printed:
        return templates.printed(environment, template, package=package, **views)

    root = models.document.root
    title = models.config.title or (root.get("info") or {}).get("title") or package
    files = {"py.typed": Printed("", "")}
    for template in RUNTIME:
        files[template.rpartition("/")[2].removesuffix(".jinja")] = write(
            template,
            header=provenance.header("", template),
            title=Text(paragraph(title)),
            request_id_header=models.config.request_id_header,
            base_url=Text(_base_url(root)),
            security_schemes=_security_schemes(root),
            operations=operations.views,
            servers=document_servers(root),
        )
    if events:
        files["webhooks.py"] = write(
            _WEBHOOKS,
            header=provenance.header("#/webhooks", _WEBHOOKS),
            events=events,
            event_imports=sorted({line for event in events for line in event.imports}),
        )
    for name, module in model_modules(models, provenance.headers("model.py.jinja")).items():
        files[f"models/{name}.py"] = write("model.py.jinja", module=module)
    exported = sorted(
        ({"name": models.names[each], "module": models.homes[each]} for each in models.names),
        key=lambda row: row["name"],
    )
    files["models/__init__.py"] = write(
        "models_init.py.jinja",
        header=provenance.header("#/components/schemas", "models_init.py.jinja"),
        models=exported,
    )
    files["api/__init__.py"] = write(
        "api_init.py.jinja", header=provenance.header("#/paths", "api_init.py.jinja")
    )
    for tag in operations.tags(provenance.header("#/paths", "tag_init.py.jinja")):
        files[f"api/{tag.package}/__init__.py"] = write("tag_init.py.jinja", tag=tag)
    for view in operations.views:
        files[f"api/{view.tag_package}/{view.module_name}.py"] = write(
            "operation.py.jinja", operation=view
        )
    return files


def _base_url(root: dict[str, Any]) -> str:
    servers = root.get("servers") or []
    server = (
        servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
    )
    url = str(server.get("url", ""))
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str((variable or {}).get("default", "")))
    return url if "://" in url else f"http://localhost{url}".rstrip("/")


def _security_schemes(root: dict[str, Any]) -> list[SecuritySchemeView]:
    found = []
    for name, scheme in ((root.get("components") or {}).get("securitySchemes") or {}).items():
        if isinstance(scheme, dict):
            found.append(
                SecuritySchemeView(
                    name=name,
                    type=str(scheme.get("type", "")),
                    location=str(scheme.get("in", "header")),
                    parameter=str(scheme.get("name", "Authorization")),
                    scheme=str(scheme.get("scheme", "")).lower(),
                )
            )
    return found
