"""From webhooks and callbacks of the normalised document to the functions that read them."""

from typing import Any

from outpost_generator.python.naming import snake_case, unique
from outpost_generator.python.text import blocks, paragraph
from outpost_generator.python.types import ANY, BYTES, STR, Type, union
from outpost_generator.reading.document import operations, pointer
from outpost_generator.reading.media import media_kind
from outpost_generator.schemas.models import Models
from outpost_generator.views.descriptions import describe
from outpost_generator.views.printed.package import EventView


def event_views(models: Models) -> list[EventView]:
    """Return the view of every request that the other side sends."""
    taken: set[str] = set()
    return [
        _view(models, name, method, operation, unique(f"read_{snake_case(name)}", taken))
        for name, method, operation in operations(models.document.root, "webhooks")
    ]


def _view(
    models: Models, name: str, method: str, operation: dict[str, Any], function: str
) -> EventView:
    type_, kind = _payload(models, pointer("webhooks", name, method), operation)
    lines = [f"{paragraph(operation.get('summary') or name).rstrip('.')}."]
    description = operation.get("description")
    if isinstance(description, str) and description.strip():
        lines += ["", *blocks(description)]
    lines += ["", "Args:", "    content: the body of the request as it was received."]
    lines += ["    strict: whether it must fit the document exactly; see ``Model.from_dict``."]
    lines += ["", "Raises:", "    DecodeError: it cannot be read as the document says."]
    source = str(operation.get("x-origin", ""))
    lines += ["", f"Source: ``{source}``."]
    return EventView(
        pointer=source,
        name=name,
        kind=str(operation.get("x-kind", "webhook")),
        method=method.upper(),
        summary=paragraph(operation.get("summary") or describe(operation) or name),
        function=function,
        docstring="\n".join(lines),
        payload=models.text(type_),
        imports=tuple(models.imports([type_])),
        returned={
            "json": f"decoder({models.run_time_text(type_)})(content, strict)",
            "text": 'content.decode("utf-8", "replace")',
        }.get(kind, "content"),
    )


def _payload(models: Models, where: str, operation: dict[str, Any]) -> tuple[Type, str]:
    """Return the type of the body and how it is read: JSON where the document has JSON."""
    content = (operation.get("requestBody") or {}).get("content") or {}
    kinds = {media_kind(media_type): media_type for media_type in reversed(content)}
    if "json" in kinds:
        media_type = kinds["json"]
        at = f"{where}/requestBody/content{pointer(media_type)[1:]}/schema"
        return models.types.by_pointer.get(at, ANY), "json"
    return (STR, "text") if "text" in kinds else (union(BYTES), "bytes")
