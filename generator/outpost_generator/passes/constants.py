"""``const`` is an enum of one value."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas


def constants(document: Document) -> Document:
    """Write ``const: x`` as ``enum: [x]``; drop an empty ``enum``, which no value could satisfy."""
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        if "const" in schema:
            changes.append(Change("constants", where, "const is an enum of one value"))
            rest = {key: value for key, value in schema.items() if key != "const"}
            return {**rest, "enum": [schema["const"]]}
        if schema.get("enum") == []:
            changes.append(Change("constants", where, "an empty enum says nothing"))
            return {key: value for key, value in schema.items() if key != "enum"}
        return schema

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)
