"""A base whose extensions a discriminator tells apart is a union of them."""

from typing import Any

from attrs import evolve

from outpost_generator.python.naming import pascal_case, unique
from outpost_generator.reading.document import Change, Document, pointer
from outpost_generator.reading.references import schema_name
from outpost_generator.reading.walk import rewrite_schema

#: Which component a class was made of; a discriminator names that one.
VARIANT_OF = "x-variant-of"
_WORDS = ("oneOf", "anyOf")
#: What the union says; all else is said of the fields that its members share.
_OF_THE_UNION = frozenset(("description", "title", "discriminator", "nullable", "deprecated"))


def subtypes(document: Document) -> Document:
    """Split such a base in two: the union, which has its name, and the fields all members share.

    What refers to the base means one of its extensions, and what extends it only its fields. An
    object with a tag that no extension has is read as the base.
    """
    schemas = document.schemas
    extensions = _extensions(schemas)
    bases = {
        name: _members(name, schemas, extensions)
        for name, schema in schemas.items()
        if extensions.get(name) and _tells_apart(name, schema, extensions)
    }
    if not bases:
        return document
    taken = {pascal_case(name).lower() for name in schemas}
    plain = {name: unique(f"{pascal_case(name)}Base", taken) for name in bases}
    new: dict[str, Any] = {}
    changes: list[Change] = []
    origins = dict(document.origins)
    for name, schema in schemas.items():
        where = pointer("components", "schemas", name)
        extended = _of_bases(schema, plain, where)
        if name not in bases:
            new[name] = extended
            continue
        new[name] = _union(schema, plain[name], bases[name], plain)
        dropped = ("discriminator", "nullable", *_WORDS)
        kept = {key: item for key, item in extended.items() if key not in dropped}
        new[plain[name]] = {**kept, VARIANT_OF: name}
        origins[plain[name]] = origins.get(name, where)
        changes.append(Change("subtypes", where, f"a union; its own fields are {plain[name]}"))
    return evolve(document.with_schemas(new, changes), origins=origins)


def _extensions(schemas: dict[str, Any]) -> dict[str, list[str]]:
    """Return the components that extend each component by more than a description."""
    found: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        for member in _list(schema, "allOf"):
            base = _named(member)
            if base in schemas and base != name:
                found.setdefault(str(base), []).append(name)
    return found


def _list(schema: Any, key: str) -> list[Any]:
    found = schema.get(key) if isinstance(schema, dict) else None
    return found if isinstance(found, list) else []


def _named(schema: Any) -> "str | None":
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    return schema_name(reference) if isinstance(reference, str) else None


def _tells_apart(name: str, schema: dict[str, Any], extensions: dict[str, list[str]]) -> bool:
    """Return whether a base is meant as one of its extensions."""
    listed = [_named(each) for word in _WORDS for each in _list(schema, word)]
    if listed:
        return any(each in extensions[name] for each in listed)
    rule = schema.get("discriminator")
    return isinstance(rule, dict) and isinstance(rule.get("propertyName"), str)


def _members(
    name: str, schemas: dict[str, Any], extensions: dict[str, list[str]]
) -> dict[str, None]:
    """Return all that extend a base, and what extends those."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for each in extensions.get(waiting.pop(0), ()):
            if each not in found and each != name:
                found[each] = None
                waiting.append(each)
    for word in _WORDS:
        for member in _list(schemas[name], word):
            listed = _named(member)
            if listed is not None:
                found.setdefault(listed)
    return found


def _union(
    schema: dict[str, Any], own: str, members: dict[str, None], plain: dict[str, str]
) -> dict[str, Any]:
    named = [plain.get(each, each) for each in members]
    kept = {key: item for key, item in schema.items() if key in _OF_THE_UNION}
    rule = schema.get("discriminator")
    if isinstance(rule, dict):
        kept["discriminator"] = {"defaultMapping": _reference(own), **rule}
    return {**kept, "anyOf": [{"$ref": _reference(each)} for each in [*named, own]]}


def _of_bases(schema: Any, plain: dict[str, str], where: str) -> Any:
    """Return a component whose ``allOf`` extends the shared fields of bases, not their unions."""

    def rewrite(inner: Any, at: str) -> Any:
        members = inner.get("allOf") if isinstance(inner, dict) else None
        # A lone reference in allOf is a use of the base, unless it is all that a component is.
        if not isinstance(members, list) or not (at == where or _extends(inner)):
            return inner
        changed = [
            {**each, "$ref": _reference(plain[str(_named(each))])}
            if _named(each) in plain
            else each
            for each in members
        ]
        return {**inner, "allOf": changed} if changed != members else inner

    return rewrite_schema(schema, where, rewrite)


def _extends(schema: dict[str, Any]) -> bool:
    return bool(schema.get("properties")) or sum(bool(each) for each in schema["allOf"]) > 1


def _reference(name: str) -> str:
    return pointer("components", "schemas", name)
