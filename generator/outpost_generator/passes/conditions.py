"""What an object may hold under a condition, it may hold."""

from typing import Any

from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.references import follow
from outpost_generator.reading.walk import rewrite_schemas

_BRANCHES = ("then", "else")


def conditions(document: Document) -> Document:
    """Add the properties of ``then``, ``else`` and ``dependentSchemas``, as optional ones.

    Which of them are there in which case is for the server to judge. ``unevaluatedProperties`` is
    ``additionalProperties`` of all parts together.
    """
    changes: list[Change] = []

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        found = [schema[key] for key in _BRANCHES if isinstance(schema.get(key), dict)]
        depending = schema.get("dependentSchemas")
        found += depending.values() if isinstance(depending, dict) else ()
        added = _properties(found, schema, document.root)
        if added:
            changes.append(Change("conditions", where, f"optional: {', '.join(added)}"))
            schema = {**schema, "properties": {**_mapping(schema.get("properties")), **added}}
        rest = schema.get("unevaluatedProperties")
        if isinstance(rest, dict) and "additionalProperties" not in schema:
            changes.append(Change("conditions", where, "unevaluatedProperties are kept"))
            schema = {**schema, "additionalProperties": rest}
        return schema

    done = rewrite_schemas(document, rewrite)
    return done.with_root(done.root, changes)


def _properties(branches: list[Any], schema: dict[str, Any], root: Any) -> dict[str, Any]:
    """Return what the branches describe and the schema does not."""
    known = _mapping(schema.get("properties"))
    kinds: dict[str, list[Any]] = {}
    for branch in branches:
        for name, each in _described(branch, root).items():
            if name not in known and each not in kinds.setdefault(name, []):
                kinds[name].append(each)
    return {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in kinds.items()}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _described(branch: Any, root: Any, depth: int = 0) -> dict[str, Any]:
    target = follow(root, branch)
    found = dict(_mapping(target.get("properties")))
    if depth < 5:
        for key in ("allOf", "anyOf", "oneOf"):
            members = target.get(key)
            for each in members if isinstance(members, list) else ():
                found.update(_described(each, root, depth + 1))
        for key in _BRANCHES:
            found.update(_described(target.get(key), root, depth + 1))
    return {name: each for name, each in found.items() if each not in (False, {"not": {}})}
