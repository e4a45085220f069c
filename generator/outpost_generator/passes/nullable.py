"""One spelling for "or null": ``nullable: true`` beside the rest of the schema."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas


def nullable(document: Document) -> Document:
    """Write null in type arrays, unions and enums as ``nullable: true``."""
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        new = _enum(_unions(_types(schema)))
        if new is not schema:
            changes.append(Change("nullable", where, "null is written as nullable"))
        return new

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)


def _types(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type")
    if kinds == "null":
        return {**{key: value for key, value in schema.items() if key != "type"}, "enum": [None]}
    if not isinstance(kinds, list):
        return schema
    rest = [kind for kind in kinds if kind != "null"]
    new = {key: value for key, value in schema.items() if key != "type"}
    if len(rest) < len(kinds):
        new["nullable"] = True
    if len(rest) == 1:
        new["type"] = rest[0]
    elif rest:
        shared = {key: new.pop(key) for key in list(new) if key in _BY_TYPE}
        new["anyOf"] = [
            {"type": kind, **{k: v for k, v in shared.items() if kind in _BY_TYPE[k]}}
            for kind in rest
        ]
    else:
        new["enum"] = [None]
    return new


#: Keywords that say something about some types only, and so go to the member of that type.
_BY_TYPE = {
    "items": ("array",),
    "prefixItems": ("array",),
    "properties": ("object",),
    "additionalProperties": ("object",),
    "required": ("object",),
    "format": ("string", "integer", "number"),
    "enum": ("string", "integer", "number", "boolean"),
}


def _unions(schema: dict[str, Any]) -> dict[str, Any]:
    for key in ("anyOf", "oneOf"):
        members = schema.get(key)
        if not isinstance(members, list):
            continue
        rest = [member for member in members if not _is_null(member)]
        if len(rest) == len(members) or not rest:
            continue
        new = {name: value for name, value in schema.items() if name != key}
        new["nullable"] = True
        if len(rest) == 1 and isinstance(rest[0], dict):
            # The outer description is about this use of the type, so it goes first.
            return {**rest[0], **new}
        return {**new, key: rest}
    return schema


def _enum(schema: dict[str, Any]) -> dict[str, Any]:
    values = schema.get("enum")
    if isinstance(values, list) and None in values and len(values) > 1:
        return {
            **schema,
            "enum": [value for value in values if value is not None],
            "nullable": True,
        }
    return schema


def _is_null(member: Any) -> bool:
    return (
        isinstance(member, dict)
        and member.get("enum") == [None]
        and set(member) <= {"enum", "description", "title"}
    )
