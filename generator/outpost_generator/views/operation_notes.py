"""What the docstring of an operation says beyond its signature."""

from typing import Any

from outpost_generator.python.naming import argument_name
from outpost_generator.python.text import blocks, paragraph, wrap
from outpost_generator.views.descriptions import bounds, describe
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.printed.operations import ParameterView


def operation_docstring(
    context: OperationContext, identifier: str, parameters: list[ParameterView]
) -> list[str]:
    """Return the lines of the docstring."""
    operation = context.operation
    summary = paragraph(operation.get("summary") or "").rstrip(".")
    lines = [f"{summary or identifier}."]
    if operation.get("deprecated"):
        lines += ["", "Deprecated."]
    description = operation.get("description")
    if isinstance(description, str) and description.strip():
        lines += ["", *blocks(description)]
    notes = _arguments(context, parameters)
    if notes:
        lines += ["", "Args:", *notes]
    errors = [
        f"{status} ({paragraph(describe(response)).rstrip('.')})"
        for status, response in operation["responses"].items()
        if status[:1] in "345d"
    ]
    if errors:
        lines += ["", *wrap(f"Errors: {'; '.join(errors)}.")]
    lines += _links(operation)
    lines += _callbacks(operation)
    lines += _servers(operation)
    source = f"Source: operation ``{identifier}``, ``{context.http_method} {context.path}``."
    return [*lines, "", source]


def _arguments(context: OperationContext, parameters: list[ParameterView]) -> list[str]:
    described = {
        (each.get("name"), each.get("in")): each for each in context.operation["parameters"]
    }
    notes: list[tuple[str, str]] = []
    for view in parameters:
        source: dict[str, Any] = described.get((view.wire_name, view.location), {})
        about = [describe(source).split("\n\n")[0], bounds(source.get("schema"))]
        about += ["Deprecated."] if source.get("deprecated") else []
        notes.append((view.name, paragraph(" ".join(about))))
    if context.body:
        notes.append(("body", paragraph(describe(context.body))))
    if len(context.body.get("content") or ()) > 1:
        choices = ", ".join(f"``{name}``" for name in context.body["content"])
        notes.append(
            (
                "media_type",
                f"how the body is written: {choices}. Chosen by its type when not given.",
            )
        )
    servers = context.operation.get("servers") or []
    if servers and isinstance(servers[0], dict):
        for name, variable in (servers[0].get("variables") or {}).items():
            notes.append((argument_name(name), paragraph(describe(variable))))
        notes.append(("base_url", "address of the server; goes before what the document says."))
    lines: list[str] = []
    for name, about_it in notes:
        if about_it:
            lines.extend(wrap(f"{name}: {about_it}", indent="        ", first="    "))
    return lines


def _links(operation: dict[str, Any]) -> list[str]:
    """Say which operation an answer leads to, and with what."""
    lines: list[str] = []
    for status, response in operation["responses"].items():
        for name, link in (response.get("links") or {}).items():
            if not isinstance(link, dict):
                continue
            target = link.get("operationId") or link.get("operationRef") or "?"
            given = ", ".join(
                f"``{each}`` = ``{paragraph(value)}``"
                for each, value in (link.get("parameters") or {}).items()
            )
            about = paragraph(describe(link))
            text = f"{name} ({status}): operation ``{paragraph(target)}``"
            text += f" with {given}" if given else ""
            text += f". {about}" if about else "."
            lines += wrap(text, indent="        ", first="    ")
    return ["", "Links:", *lines] if lines else []


def _callbacks(operation: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, callback in (operation.get("callbacks") or {}).items():
        addresses = ", ".join(
            f"``{paragraph(each)}``"
            for each in (callback if isinstance(callback, dict) else {})
            if not str(each).startswith("x-") and each != "$ref"
        )
        text = f"{name}: sent to {addresses}" if addresses else str(name)
        lines += wrap(f"{text}; read it with ``webhooks``.", indent="        ", first="    ")
    return ["", "Callbacks:", *lines] if lines else []


def _servers(operation: dict[str, Any]) -> list[str]:
    servers = operation.get("servers") or []
    others = [
        f"``{paragraph(each.get('url', ''))}``"
        + (f" ({paragraph(describe(each))})" if describe(each) else "")
        for each in servers[1:]
        if isinstance(each, dict)
    ]
    return ["", *wrap(f"Further servers: {', '.join(others)}.")] if others else []
