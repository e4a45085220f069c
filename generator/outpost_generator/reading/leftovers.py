"""What documents keep of Swagger 2.0, and names that are almost right, as OpenAPI 3 writes them."""

import re
from collections.abc import Callable
from typing import Any

from outpost_generator.reading.references import follow
from outpost_generator.reading.type_words import with_known_types

#: (what was found, what it should be) -> a warning
Warn = Callable[[str, str], None]

#: Of a parameter or header whose schema stands in it rather than under ``schema``.
_OF_A_SCHEMA = frozenset(
    """type format items enum default minimum maximum minLength maxLength pattern minItems maxItems
    uniqueItems multipleOf exclusiveMinimum exclusiveMaximum""".split()
)
_MEDIA_TYPES = {
    "": "*/*",
    "*": "*/*",
    "json": "application/json",
    "xml": "application/xml",
    "text": "text/plain",
    "html": "text/html",
}
_STATUS = re.compile(r"\s*([1-5][0-9]{2})\b.*", re.DOTALL)


def with_schema(parameter: dict[str, Any], warn: Warn) -> dict[str, Any]:
    """Return a parameter or header whose schema stands under ``schema``."""
    if "type" not in parameter or {"schema", "content", "$ref"} & set(parameter):
        return parameter
    schema = {key: item for key, item in parameter.items() if key in _OF_A_SCHEMA}
    warn("its type stands in it, as in Swagger 2.0", "Put it under `schema`.")
    rest = {key: item for key, item in parameter.items() if key not in _OF_A_SCHEMA}
    return {**rest, "schema": schema}


def with_content(response: dict[str, Any], warn: Warn) -> dict[str, Any]:
    """Return an answer whose schema stands under a media type."""
    if "schema" not in response or {"content", "$ref"} & set(response):
        return response
    warn("its schema stands in it, as in Swagger 2.0; read as JSON", "Put it under `content`.")
    rest = {key: item for key, item in response.items() if key != "schema"}
    return {**rest, "content": {"application/json": {"schema": response["schema"]}}}


def with_request_body(
    operation: dict[str, Any], root: dict[str, Any], warn: Warn
) -> dict[str, Any]:
    """Return an operation whose body is no parameter."""
    listed = operation.get("parameters")
    if not isinstance(listed, list) or "requestBody" in operation:
        return operation
    found = [follow(root, each) for each in listed]
    bodies = [each for each in found if each.get("in") == "body"]
    fields = [each for each in found if each.get("in") == "formData" and "name" in each]
    if not bodies and not fields:
        return operation
    warn("its body is a parameter, as in Swagger 2.0", "Describe it as `requestBody`.")
    kept = [
        each
        for each, full in zip(listed, found, strict=True)
        if full.get("in") not in ("body", "formData")
    ]
    body = _body(bodies[0]) if bodies else _form(fields)
    return {**operation, "parameters": kept, "requestBody": body}


def media_type(name: str) -> str:
    """Return the media type that is meant by a name."""
    return _MEDIA_TYPES.get(name.strip().lower(), name)


def status(name: str) -> str:
    """Return the status that is meant by a name such as ``200 OK``."""
    found = _STATUS.fullmatch(name)
    return found[1] if found else name


def _body(parameter: dict[str, Any]) -> dict[str, Any]:
    about = {key: each for key, each in parameter.items() if key in ("description", "required")}
    return {**about, "content": {"application/json": {"schema": parameter.get("schema", {})}}}


def _form(fields: list[dict[str, Any]]) -> dict[str, Any]:
    properties = {}
    for each in fields:
        stated = each.get("schema")
        schema = stated if isinstance(stated, dict) else {}
        schema = {**schema, **{key: each[key] for key in _OF_A_SCHEMA & set(each)}}
        note = {"description": each["description"]} if "description" in each else {}
        properties[str(each["name"])] = with_known_types({**schema, **note})
    required = [str(each["name"]) for each in fields if each.get("required") is True]
    has_file = any(
        each.get("type") == "file" or each.get("format") == "binary" for each in properties.values()
    )
    kind = "multipart/form-data" if has_file else "application/x-www-form-urlencoded"
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": bool(required), "content": {kind: {"schema": schema}}}
