"""``true`` and ``false`` are schemas too: anything, and nothing."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas


def booleans(document: Document) -> Document:
    """Write ``true`` as ``{}``, ``false`` as ``{"not": {}}``; additionalProperties stay."""
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, bool) or where.endswith(
            ("/additionalProperties", "/unevaluatedProperties")
        ):
            return schema
        changes.append(
            Change("booleans", where, f"schema {str(schema).lower()} written as an object")
        )
        return {} if schema else {"not": {}}

    return _record(rewrite_schemas(document, rewrite), changes)


def _record(document: Document, changes: list[Change]) -> Document:
    return document.with_root(document.root, changes)
