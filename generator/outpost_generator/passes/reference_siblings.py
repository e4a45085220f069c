"""What stands beside a ``$ref`` counts too."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas

#: Keywords that make another type of what is referred to; others describe or validate.
_STRUCTURE = frozenset(
    ("properties", "required", "additionalProperties", "allOf", "anyOf", "oneOf", "enum", "items")
)


def reference_siblings(document: Document) -> Document:
    """Write a reference with further structure beside it as ``allOf`` of the two."""
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict) or "$ref" not in schema:
            return schema
        structure = {key: value for key, value in schema.items() if key in _STRUCTURE}
        if not structure:
            return schema
        changes.append(Change("reference_siblings", where, "put into allOf with what it refers to"))
        rest = {k: v for k, v in schema.items() if k not in _STRUCTURE and k != "$ref"}
        return {**rest, "allOf": [{"$ref": schema["$ref"]}, structure]}

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)
