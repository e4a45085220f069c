"""Rewriting every schema of a document, wherever it stands."""

from collections.abc import Callable
from typing import Any

from outpost_generator.reading.document import Document, below, is_method, pointer

#: (schema, its pointer) -> schema. Called from the inside out; returns its argument if unchanged.
Rewrite = Callable[[Any, str], Any]

_SINGLE = (
    "items",
    "additionalProperties",
    "not",
    "propertyNames",
    "contains",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contentSchema",
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")


def rewrite_schemas(document: Document, rewrite: Rewrite) -> Document:
    """Return the document with every schema rewritten; unchanged parts are shared."""
    root = document.root
    components = root.get("components")
    changed: dict[str, Any] = {}
    if isinstance(components, dict):
        new = _components(components, rewrite)
        if new is not components:
            changed["components"] = new
    for section in ("paths", "webhooks"):
        items = root.get(section)
        if isinstance(items, dict):
            new_items = _map(
                items, lambda item, where: _path_item(item, where, rewrite), pointer(section)
            )
            if new_items is not items:
                changed[section] = new_items
    return document.with_root({**root, **changed}) if changed else document


def rewrite_schema(schema: Any, where: str, rewrite: Rewrite) -> Any:
    """Return one schema rewritten from the inside out."""
    if not isinstance(schema, dict):
        return rewrite(schema, where) if isinstance(schema, bool) else schema
    changed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _SINGLE:
            new = rewrite_schema(value, f"{where}/{key}", rewrite)
        elif key in _LISTS and isinstance(value, list):
            new = _list(value, lambda item, at: rewrite_schema(item, at, rewrite), f"{where}/{key}")
        elif key in _MAPS and isinstance(value, dict):
            new = _map(value, lambda item, at: rewrite_schema(item, at, rewrite), f"{where}/{key}")
        else:
            continue
        if new is not value:
            changed[key] = new
    return rewrite({**schema, **changed} if changed else schema, where)


def _components(components: dict[str, Any], rewrite: Rewrite) -> dict[str, Any]:
    visitors = {
        "schemas": lambda item, at: rewrite_schema(item, at, rewrite),
        "parameters": lambda item, at: _with_schema(item, at, rewrite),
        "headers": lambda item, at: _with_schema(item, at, rewrite),
        "requestBodies": lambda item, at: _with_content(item, at, rewrite),
        "responses": lambda item, at: _response(item, at, rewrite),
    }
    changed: dict[str, Any] = {}
    for section, visit in visitors.items():
        entries = components.get(section)
        if isinstance(entries, dict):
            new = _map(entries, visit, pointer("components", section))
            if new is not entries:
                changed[section] = new
    return {**components, **changed} if changed else components


def _path_item(item: Any, where: str, rewrite: Rewrite) -> Any:
    if not isinstance(item, dict):
        return item
    changed: dict[str, Any] = {}
    for key, value in item.items():
        at = below(where, key)
        if is_method(key) and isinstance(value, dict):
            new: Any = _operation(value, at, rewrite)
        elif key == "parameters" and isinstance(value, list):
            new = _list(value, lambda each, here: _with_schema(each, here, rewrite), at)
        else:
            continue
        if new is not value:
            changed[key] = new
    return {**item, **changed} if changed else item


def _operation(operation: dict[str, Any], where: str, rewrite: Rewrite) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    parameters = operation.get("parameters")
    if isinstance(parameters, list):
        new: Any = _list(
            parameters, lambda each, at: _with_schema(each, at, rewrite), f"{where}/parameters"
        )
        if new is not parameters:
            changed["parameters"] = new
    body = operation.get("requestBody")
    if isinstance(body, dict):
        new = _with_content(body, f"{where}/requestBody", rewrite)
        if new is not body:
            changed["requestBody"] = new
    responses = operation.get("responses")
    if isinstance(responses, dict):
        new = _map(responses, lambda each, at: _response(each, at, rewrite), f"{where}/responses")
        if new is not responses:
            changed["responses"] = new
    return {**operation, **changed} if changed else operation


def _response(response: Any, where: str, rewrite: Rewrite) -> Any:
    response = _with_content(response, where, rewrite)
    headers = response.get("headers") if isinstance(response, dict) else None
    if isinstance(headers, dict):
        new = _map(headers, lambda each, at: _with_schema(each, at, rewrite), f"{where}/headers")
        if new is not headers:
            response = {**response, "headers": new}
    return response


def _with_schema(holder: Any, where: str, rewrite: Rewrite) -> Any:
    """Rewrite what a parameter, header or media type holds."""
    holder = _with_content(holder, where, rewrite)
    if not isinstance(holder, dict) or "schema" not in holder:
        return holder
    new = rewrite_schema(holder["schema"], f"{where}/schema", rewrite)
    return {**holder, "schema": new} if new is not holder["schema"] else holder


def _with_content(holder: Any, where: str, rewrite: Rewrite) -> Any:
    content = holder.get("content") if isinstance(holder, dict) else None
    if not isinstance(content, dict):
        return holder
    new = _map(content, lambda each, at: _media_type(each, at, rewrite), f"{where}/content")
    return {**holder, "content": new} if new is not content else holder


def _media_type(media: Any, where: str, rewrite: Rewrite) -> Any:
    if not isinstance(media, dict):
        return media
    changed: dict[str, Any] = {}
    for key in ("schema", "itemSchema"):
        if key in media:
            new = rewrite_schema(media[key], f"{where}/{key}", rewrite)
            if new is not media[key]:
                changed[key] = new
    return {**media, **changed} if changed else media


def _map(entries: dict[str, Any], visit: Callable[[Any, str], Any], where: str) -> dict[str, Any]:
    changed = {}
    for name, value in entries.items():
        new = visit(value, below(where, name))
        if new is not value:
            changed[name] = new
    return {**entries, **changed} if changed else entries


def _list(entries: list[Any], visit: Callable[[Any, str], Any], where: str) -> list[Any]:
    new = [visit(value, f"{where}/{index}") for index, value in enumerate(entries)]
    return new if any(a is not b for a, b in zip(new, entries, strict=True)) else entries
