"""A property that a discriminator tells alternatives apart by is a property of each of them."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import Change, Document, pointer
from outpost_generator.reading.references import resolve, schema_name
from outpost_generator.reading.walk import rewrite_schemas

_DEEPEST = 20


def tags(document: Document) -> Document:
    """Describe the tag, as an optional text, in alternatives that forget to.

    Their class would lose it, and nobody could say which of them an object is.
    """
    schemas = document.schemas
    missing: dict[tuple[str, str], str] = {}

    def note(schema: Any, where: str) -> Any:
        rule = schema.get("discriminator") if isinstance(schema, dict) else None
        name = rule.get("propertyName") if isinstance(rule, dict) else None
        for word in ("oneOf", "anyOf"):
            for member in (schema.get(word) or ()) if isinstance(name, str) else ():
                component = schema_name(member["$ref"]) if _refers(member) else None
                target = schemas.get(str(component))
                if isinstance(target, dict) and _lacks(target, str(name), document.root):
                    missing.setdefault((str(component), str(name)), where)
        return schema

    rewrite_schemas(document, note)
    if not missing:
        return document
    changes: list[Change] = []
    problems: list[Problem] = []
    for (component, name), where in missing.items():
        at = pointer("components", "schemas", component)
        schema = schemas[component]
        properties = {**(schema.get("properties") or {}), name: {"type": "string"}}
        schemas[component] = {**schema, "properties": properties}
        changes.append(Change("tags", at, f"given {name}"))
        reason = f"the discriminator at {where} is {name!r}, which is not described here"
        way_out = "Describe it; until then it is an optional text."
        problems.append(Problem(at, reason, way_out, "warning"))
    return document.with_schemas(schemas, changes).with_problems(problems)


def _refers(schema: Any) -> bool:
    return isinstance(schema, dict) and isinstance(schema.get("$ref"), str)


def _lacks(schema: Any, name: str, root: dict[str, Any], depth: int = 0) -> bool:
    """Return whether an object certainly has no such property."""
    if depth > _DEEPEST or not isinstance(schema, dict):
        return False
    if _refers(schema):
        return _lacks(resolve(root, schema["$ref"]), name, root, depth + 1)
    if any(schema.get(word) for word in ("oneOf", "anyOf", "additionalProperties", "enum")):
        return False
    parts = schema.get("allOf") or ()
    properties = schema.get("properties") or {}
    if name in properties or not (properties or parts):
        return False
    return all(_lacks(part, name, root, depth + 1) for part in parts)
