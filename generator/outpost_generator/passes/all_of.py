"""``allOf`` becomes one schema: the properties of all its members together."""

from typing import Any

from attrs import define, field

from outpost_generator.errors import Problem
from outpost_generator.passes.subtypes import VARIANT_OF
from outpost_generator.python.naming import pascal_case, unique
from outpost_generator.reading import limits
from outpost_generator.reading.document import Change, Document, pointer
from outpost_generator.reading.references import follow, parts, resolve
from outpost_generator.reading.walk import rewrite_schema, rewrite_schemas

_ANNOTATIONS = frozenset(
    (
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "example",
        "examples",
        "nullable",
        "externalDocs",
        "xml",
    )
)


#: What a base says about itself is not said about the class that extends it.
_OF_ITSELF = frozenset(
    ("title", "description", "discriminator", "example", "examples", "deprecated", VARIANT_OF)
)


@define
class _Run:
    root: dict[str, Any]
    problems: list[Problem] = field(factory=list)
    members: int = 0
    fields: int = 0
    taken: set[str] = field(factory=set)
    #: (one schema, another) -> the component that has the fields of both
    both: dict[tuple[str, str], str] = field(factory=dict)
    made: dict[str, Any] = field(factory=dict)
    origins: dict[str, str] = field(factory=dict)


def all_of(document: Document) -> Document:
    """Merge every ``allOf``; one lone reference stays a reference."""
    changes: list[Change] = []
    schemas = document.schemas
    run = _Run(document.root, taken={pascal_case(name).lower() for name in schemas})

    def rewrite(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict) or not isinstance(schema.get("allOf"), list):
            return schema
        changes.append(Change("all_of", where, "merged allOf"))
        merged = _merged(schema, run, (), where)
        run.fields += len(merged.get("properties") or ())
        limits.refuse(where, run.fields, limits.MOST_FIELDS, "fields of classes made by allOf")
        # What came from a base is as the document has it, with an allOf in a property, say.
        return merged if "$ref" in merged else rewrite_schema(merged, where, rewrite)

    done = rewrite_schemas(document, rewrite)
    further: dict[str, Any] = {}
    while run.made:  # what is made of two may hold what is made of two
        name, schema = run.made.popitem()
        further[name] = rewrite_schema(schema, run.origins[name], rewrite)
    if further:
        done = done.with_schemas({**done.schemas, **dict(sorted(further.items()))})
        done = done.with_origins({**done.origins, **run.origins})
    return done.with_root(done.root, changes).with_problems(run.problems)


def _merged(schema: dict[str, Any], run: _Run, seen: tuple[str, ...], where: str) -> dict[str, Any]:
    members = [member for member in schema["allOf"] if isinstance(member, dict) and member]
    own = {key: value for key, value in schema.items() if key != "allOf"}
    meaningful = [member for member in members if set(member) - _ANNOTATIONS]
    if len(meaningful) == 1 and "$ref" in meaningful[0] and not set(own) - _ANNOTATIONS - {"type"}:
        notes: dict[str, Any] = {}
        for member in members:
            notes.update({key: value for key, value in member.items() if key in _ANNOTATIONS})
        return {
            "$ref": meaningful[0]["$ref"],
            **notes,
            **{k: v for k, v in own.items() if k != "type"},
        }
    result: dict[str, Any] = {}
    for member in members:
        result = _join(result, _expand(member, run, seen, where), run, seen, where)
    return _join(result, own, run, seen, where)


def _expand(member: dict[str, Any], run: _Run, seen: tuple[str, ...], where: str) -> dict[str, Any]:
    run.members += 1
    limits.refuse(
        where, run.members, limits.MOST_MEMBERS, "members of allOf, those of members included"
    )
    reference = member.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            run.problems.append(
                Problem(where, f"allOf leads back to {reference}", "Break the circle.")
            )
            return {}
        target = resolve(run.root, reference)
        if not isinstance(target, dict):
            run.problems.append(
                Problem(where, f"{reference} does not exist", "Correct the reference.")
            )
            return {}
        siblings = {key: value for key, value in member.items() if key != "$ref"}
        base = {key: value for key, value in target.items() if key not in _OF_ITSELF}
        expanded = _expand(base, run, (*seen, reference), where)
        return {**expanded, **siblings}
    if isinstance(member.get("allOf"), list):
        return _merged(member, run, seen, where)
    return member


def _join(
    left: dict[str, Any], right: dict[str, Any], run: _Run, seen: tuple[str, ...], where: str
) -> dict[str, Any]:
    joined = {**left, **right}
    if "properties" in left and "properties" in right:
        properties = dict(left["properties"])
        for name, schema in right["properties"].items():
            if name in properties and properties[name] != schema:
                at = f"{where}/properties{pointer(name)[1:]}"
                properties[name] = _narrow(properties[name], schema, run, at)
            else:
                properties[name] = schema
        joined["properties"] = properties
    if "required" in left and "required" in right:
        joined["required"] = [
            *left["required"],
            *[n for n in right["required"] if n not in left["required"]],
        ]
    if "enum" in left and "enum" in right:
        shared = [value for value in left["enum"] if value in right["enum"]]
        joined["enum"] = shared or right["enum"]
    if left.get("nullable") and not right.get("nullable") and set(right) - _ANNOTATIONS:
        joined.pop("nullable", None)
    return joined


def _narrow(left: Any, right: Any, run: _Run, where: str) -> Any:
    """Return one schema for a property that two members describe: the later refines the earlier."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return right
    if not set(right) - _ANNOTATIONS:
        return {**left, **right}
    if not set(left) - _ANNOTATIONS:
        return {**left, **right}
    one, other = _kinds(left, run.root), _kinds(right, run.root)
    if one and other and not one & other:
        if (one, other) == ({"number"}, {"integer"}) or (one, other) == ({"integer"}, {"number"}):
            return {**left, **right, "type": "integer"}
        spelled = f"{' or '.join(sorted(one))} and {' or '.join(sorted(other))}"
        run.problems.append(
            Problem(
                where,
                f"members of allOf disagree: {spelled}; no value is both, so the later is taken",
                "Describe the property in one of them only.",
                "warning",
            )
        )
        return right
    if "$ref" in right or "$ref" in left:
        return _with_both(left, right, run, where)
    joined = {**left, **right}
    if isinstance(left.get("enum"), list) and isinstance(right.get("enum"), list):
        shared = [value for value in left["enum"] if value in right["enum"]]
        joined["enum"] = shared or right["enum"]
    if isinstance(left.get("properties"), dict) and isinstance(right.get("properties"), dict):
        return _join(left, right, run, (), where)
    return joined


def _with_both(left: dict[str, Any], right: dict[str, Any], run: _Run, where: str) -> Any:
    """Return the later of two objects; one of its own when the earlier has further fields."""
    one, other = _object(left, run, where), _object(right, run, where)
    if not one or not other or set(one["properties"]) <= set(other["properties"]):
        return right
    key = (str(left), str(right))
    if key not in run.both:
        names = [each for each in parts(where) if each not in ("components", "schemas")]
        readable = " ".join(pascal_case(each) for each in names if each != "properties")
        run.both[key] = name = unique(pascal_case(readable) or "Merged", run.taken)
        run.origins[name] = where
        run.made[name] = _join(one, other, run, (), where)
    notes = {key: item for key, item in right.items() if key in _ANNOTATIONS}
    return {"$ref": pointer("components", "schemas", run.both[key]), **notes}


def _object(schema: dict[str, Any], run: _Run, where: str) -> dict[str, Any]:
    """Return an object with all its fields; empty when it is not one."""
    for _ in range(20):
        if "$ref" not in schema and "allOf" not in schema:
            break
        schema = _expand(schema, run, (), where)
    choosing = {"$ref", "allOf", "oneOf", "anyOf", "enum"} & set(schema)
    return schema if schema.get("properties") and not choosing else {}


def _kinds(schema: dict[str, Any], root: dict[str, Any]) -> set[str]:
    """Return the JSON types a schema allows; empty when it does not say."""
    kind = follow(root, schema).get("type")
    return {kind} if isinstance(kind, str) else set()
