"""A choice beside other structure: each alternative is an object with all that stands beside it."""

from itertools import islice, product
from typing import Any

from attrs import define, field

from outpost_generator.errors import Problem
from outpost_generator.passes.subtypes import VARIANT_OF
from outpost_generator.reading import limits
from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.references import resolve, schema_name
from outpost_generator.reading.walk import rewrite_schemas

#: Marks what stands beside a choice: all alternatives share it, and the classes inside it.
SHARED = "x-shared"
_WORDS = ("oneOf", "anyOf")
_MOST = 64
#: Counted no further: every choice beside another multiplies them.
_ENOUGH = 1000
#: What a schema may hold and still say nothing about the types of values.
_CONSTRAINTS = frozenset(
    """title description required not minProperties maxProperties dependentRequired propertyNames
    deprecated example examples""".split()
)
_SCALARS = frozenset(("string", "integer", "number", "boolean", "array", "null"))

Parts = list[Any]


def choices(document: Document) -> Document:
    """Write ``oneOf`` and ``anyOf`` beside ``properties`` or inside ``allOf`` as one union.

    A choice whose members only demand that some fields be there makes no other type: it is dropped.
    """
    spreading = _Spreading(document.root)
    done = rewrite_schemas(document, spreading.rewrite)
    return done.with_root(done.root, spreading.changes).with_problems(spreading.problems)


@define
class _Spreading:
    root: dict[str, Any]
    changes: list[Change] = field(factory=list)
    problems: list[Problem] = field(factory=list)
    _known: dict[str, bool] = field(factory=dict)
    _steps: int = 0

    def rewrite(self, schema: Any, where: str) -> Any:
        if not isinstance(schema, dict) or not ({*_WORDS, "allOf"} & set(schema)):
            return schema
        schema = _with_open_map(self._without_constraints(schema, where))
        beside = _properties(schema) or len(self._choosing(schema)) > 1
        inside = isinstance(schema.get("allOf"), list) and self._needs_spreading(schema)
        if not self._choosing(schema) or not (beside or inside):
            return schema
        alternatives = self.alternatives(schema)
        if len(alternatives) > _MOST:
            count = len(alternatives) if len(alternatives) < _ENOUGH else f"more than {_ENOUGH}"
            reason = f"{count} combinations of alternatives; read as any JSON object"
            way_out = f"Describe it with at most {_MOST}."
            self.problems.append(Problem(where, reason, way_out, "warning"))
            kept = {key: item for key, item in schema.items() if key in ("description", "nullable")}
            return {**kept, "type": "object", "additionalProperties": True}
        self.changes.append(Change("choices", where, f"a union of {len(alternatives)}"))
        about = ("title", "description", "nullable", "discriminator", "deprecated", "default")
        kept = {key: schema[key] for key in (*about, "readOnly", "writeOnly") if key in schema}
        return {**kept, "oneOf": [_alternative(parts) for parts in alternatives]}

    def alternatives(self, schema: Any, above: tuple[str, ...] = ()) -> list[Parts]:
        """Return the parts of each alternative; none of them holds a choice.

        Raises:
            _TooMany: there are more than anyone means: they multiply.
        """
        if not isinstance(schema, dict):
            return [[]]
        self._steps += 1
        limits.refuse(
            "#", self._steps, limits.MOST_MEMBERS, "members of allOf, those of members included"
        )
        reference = schema.get("$ref")
        if isinstance(reference, str) and (reference in above or not self._is_choice(schema)):
            return [[schema]]
        if isinstance(reference, str):
            schema, above = self._target(schema), (*above, reference)
        elif not self._is_choice(schema):
            return [[schema]]
        own = {k: item for k, item in schema.items() if k not in (*_WORDS, "allOf", "nullable")}
        own.pop("discriminator", None)
        if own.get("properties"):
            own[SHARED] = True
        found: list[Parts] = [[own]] if own else [[]]
        for member in schema.get("allOf") or ():
            found = _product(found, self.alternatives(member, above))
        for word in _WORDS:
            members = schema.get(word)
            if isinstance(members, list) and members and not self._only_constrains(members):
                each = (one for member in members for one in self.alternatives(member, above))
                found = _product(found, list(islice(each, _ENOUGH)))
        return found

    def _needs_spreading(self, schema: dict[str, Any]) -> bool:
        """Return whether ``allOf`` joins a choice with something that has a structure."""
        own = {key: item for key, item in schema.items() if key != "allOf"}
        parts = [own, *schema["allOf"]]
        solid = [part for part in parts if isinstance(part, dict) and _is_structure(part)]
        return len(solid) > 1

    def _choosing(self, schema: dict[str, Any]) -> list[Any]:
        """Return what holds a choice: words of the schema itself, and members of its allOf."""
        found: list[Any] = [word for word in _WORDS if schema.get(word)]
        members = schema.get("allOf")
        if isinstance(members, list):
            found += [member for member in members if self._is_choice(member)]
        return found

    def _is_choice(self, schema: Any) -> bool:
        """Return whether a schema, or what it refers to or is made of, holds a choice."""
        if not isinstance(schema, dict):
            return False
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in self._known:
                self._known[reference] = False  # what leads back to itself holds none by that
                self._known[reference] = self._is_choice(self._target(schema))
            return self._known[reference]
        for word in _WORDS:
            members = schema.get(word)
            if isinstance(members, list) and members and not self._only_constrains(members):
                return True
        members = schema.get("allOf")
        return isinstance(members, list) and any(self._is_choice(each) for each in members)

    def _target(self, schema: dict[str, Any]) -> dict[str, Any]:
        target = resolve(self.root, schema["$ref"])
        return target if isinstance(target, dict) else {}

    def _without_constraints(self, schema: dict[str, Any], where: str) -> dict[str, Any]:
        for word in _WORDS:
            members = schema.get(word)
            if isinstance(members, list) and members and self._only_constrains(members):
                self.changes.append(Change("choices", where, f"{word} only demands some fields"))
                schema = {key: item for key, item in schema.items() if key != word}
                schema = _describing(schema, members)
        return schema

    @staticmethod
    def _only_constrains(members: list[Any]) -> bool:
        return all(
            isinstance(member, dict)
            and member
            and all(
                key in _CONSTRAINTS
                or (key == "type" and item == "object" and "required" in member)
                or (
                    key == "properties"
                    and isinstance(item, dict)
                    and not any(map(_says_something, item.values()))
                )
                for key, item in member.items()
            )
            for member in members
        )


def _describing(schema: dict[str, Any], members: list[Any]) -> dict[str, Any]:
    """Return an object that also has the fields that only its choice names."""
    if not schema.get("properties"):
        return schema
    named = [name for member in members for name in member.get("required") or ()]
    missing: dict[str, Any] = {name: {} for name in named if name not in schema["properties"]}
    return {**schema, "properties": {**schema["properties"], **missing}} if missing else schema


def _says_something(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(set(schema) - _CONSTRAINTS)


def _properties(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(schema.get("properties"))


def _is_structure(schema: dict[str, Any]) -> bool:
    return "$ref" in schema or any(schema.get(key) for key in ("properties", "allOf", *_WORDS))


class _TooMany(Exception):
    """More alternatives than a union may have."""


def _product(left: list[Parts], right: list[Parts]) -> list[Parts]:
    if len(left) * len(right) > _MOST:
        raise _TooMany
    return [_joined(one, other) for one, other in islice(product(left, right), _ENOUGH)]


def _joined(one: Parts, other: Parts) -> Parts:
    """Return both; a text or a list has no properties, whatever stands beside it."""
    if any(isinstance(part, dict) and part.get("type") in _SCALARS for part in other):
        return other
    return [*one, *other]


def _alternative(parts: Parts) -> dict[str, Any]:
    meaningful = [part for part in parts if part]
    if len(meaningful) == 1:
        return dict(meaningful[0])
    names = [schema_name(part["$ref"]) for part in meaningful if isinstance(part.get("$ref"), str)]
    made: dict[str, Any] = {"allOf": meaningful}
    titles = [part["title"] for part in meaningful if isinstance(part.get("title"), str)]
    if names and names[-1]:
        made[VARIANT_OF] = names[-1]
    elif titles:
        made = {"title": titles[-1], **made}
    return made


def _with_open_map(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a choice whose further properties, described beside it, are an alternative: a map."""
    words = [word for word in _WORDS if isinstance(schema.get(word), list) and schema[word]]
    extra = schema.get("additionalProperties")
    if len(words) != 1 or not isinstance(extra, dict) or _properties(schema) or "allOf" in schema:
        return schema
    rest = {key: item for key, item in schema.items() if key != "additionalProperties"}
    map_ = {"type": "object", "additionalProperties": extra}
    return {**rest, words[0]: [*schema[words[0]], map_]}
