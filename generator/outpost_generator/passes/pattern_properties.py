"""``patternProperties`` say what further fields may hold, and so do ``additionalProperties``."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.walk import rewrite_schemas


def pattern_properties(document: Document) -> Document:
    """Write ``patternProperties`` as ``additionalProperties``: the fields are kept and typed.

    Which pattern a name matches is for the server to judge; the types of all of them are allowed.
    """
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        patterns = schema.get("patternProperties") if isinstance(schema, dict) else None
        if not isinstance(patterns, dict):
            return schema
        rest = {key: value for key, value in schema.items() if key != "patternProperties"}
        if not patterns:
            return rest
        extra = schema.get("additionalProperties")
        kinds: list[Any] = []
        for each in [*patterns.values(), *([extra] if isinstance(extra, dict) else [])]:
            if each not in kinds:
                kinds.append(each)
        shown = ", ".join(f"`{pattern}`" for pattern in patterns)
        changes.append(Change("pattern_properties", where, f"fields named as {shown} are kept"))
        # Without a word about others, others are allowed, and nothing is known about them.
        typed = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return {"type": "object", **rest, "additionalProperties": typed}

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)
