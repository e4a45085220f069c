"""A property that is required and described nowhere can hold anything, and is there."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas


def undescribed(document: Document) -> Document:
    """Describe every property that an object requires without saying what it is."""
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            return schema
        required = schema.get("required")
        if not isinstance(required, list) or {"oneOf", "anyOf"} & set(schema):
            return schema  # of a choice, a member may describe it
        missing = [
            name
            for name in dict.fromkeys(each for each in required if isinstance(each, str))
            if name not in schema["properties"]
        ]
        if not missing:
            return schema
        changes.append(Change("undescribed", where, f"required only: {', '.join(missing)}"))
        added: dict[str, Any] = {name: {} for name in missing}
        return {**schema, "properties": {**schema["properties"], **added}}

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)
