"""JSON values that a schema allows: bounded, repeatable, and checked before they are used."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema.exceptions import _WrappedReferencingError
from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS30Validator,
    OAS30WriteValidator,
    OAS31Validator,
)
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.generator.conformance.documents import resolved
from tests.generator.conformance.texts import text

_DOCUMENT = "urn:document"
_ATTEMPTS = 12
_DEEPEST = 5
_COMBINING = ("allOf", "oneOf", "anyOf")


class Undrawable(Exception):
    """No allowed value was found within the attempts."""


class Values:
    """Draws values for the schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._readings = [
            (_registry(rewrite(document)), rewrite)
            for rewrite in (_as_it_is, _without_discriminators, _with_any_of)
        ]
        self._is_30 = document["openapi"].startswith("3.0")
        #: A model fills in the default of what an answer leaves out: (name, value as JSON).
        self.defaults = set(_defaults(document))

    def draw(
        self, schema: Any, chance: random.Random, *, sent: bool | None, whole: bool = False
    ) -> Any:
        """Return an allowed value.

        Args:
            schema: the schema as it stands in the document.
            chance: decides; the same state gives the same value.
            sent: whether it is for a request (readOnly is left out) or an answer (writeOnly is);
                ``None`` for a parameter, where these words mean nothing.
            whole: whether every property is given a value, as far as the depth allows.

        Raises:
            Undrawable: none was found.
        """
        problem = ""
        for attempt in range(_ATTEMPTS):
            drawing = _Drawing(self, chance, sent, whole and attempt < _ATTEMPTS // 2)
            try:
                value = drawing.value(schema, 0)
                json.dumps(value)
                loose = attempt >= 2 * _ATTEMPTS // 3
                problem = self.problem(schema, value, sent=sent, loose=loose)
            except (Undrawable, RecursionError) as failure:
                problem = str(failure)
                continue
            except re.error as failure:
                raise Undrawable(f"a pattern that Python does not know: {failure}") from None
            if not problem:
                return value
        raise Undrawable(problem)

    def problem(self, schema: Any, value: Any, *, sent: bool | None, loose: bool = False) -> str:
        """Return what jsonschema says against a value; nothing when it is allowed.

        ``loose``: several alternatives of ``oneOf`` may fit, as of ``anyOf``. Where all that fits
        one of them fits another, too, a document means that.
        """
        cls: Any = OAS31Validator
        if self._is_30:
            cls = {True: OAS30WriteValidator, False: OAS30ReadValidator, None: OAS30Validator}[sent]
        found = ""
        # openapi-schema-validator goes in circles where a base with a discriminator is extended
        # with allOf, and knows no names in a mapping. Without discriminators it does neither.
        for registry, rewrite in self._readings[2:] if loose else self._readings[:2]:
            checker = cls(rewrite(_absolute(schema)), registry=registry)
            try:
                errors = checker.iter_errors(value)
                found = next((f"{error.json_path}: {error.message[:120]}" for error in errors), "")
            except _WrappedReferencingError as failure:
                found = f"the schema refers to what could not be resolved: {failure}"
            except RecursionError:
                found = "the schema could not be resolved: it is too deep for jsonschema"
            except AttributeError as failure:
                found = f"what stands where a schema belongs could not be resolved: {failure}"
            if "could not be resolved" not in found:
                break
        return found


def _registry(document: dict[str, Any]) -> Registry[Any]:
    resource = Resource(contents=document, specification=DRAFT202012)
    return Registry().with_resource(_DOCUMENT, resource)


def _as_it_is(value: Any) -> Any:
    return value


def _with_any_of(value: Any) -> Any:
    if isinstance(value, dict):
        value = _without_discriminators(value)
        if "anyOf" in value:
            return {key: _with_any_of(item) for key, item in value.items() if key != "oneOf"}
        return {
            "anyOf" if key == "oneOf" else key: _with_any_of(item) for key, item in value.items()
        }
    return [_with_any_of(item) for item in value] if isinstance(value, list) else value


def _without_discriminators(value: Any) -> Any:
    if isinstance(value, dict):
        rest = {key: item for key, item in value.items() if key != "discriminator"}
        return {key: _without_discriminators(item) for key, item in rest.items()}
    return [_without_discriminators(item) for item in value] if isinstance(value, list) else value


def _defaults(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        properties = value.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if isinstance(schema, dict) and "default" in schema:
                yield name, json.dumps(schema["default"], sort_keys=True)
        for item in value.values():
            yield from _defaults(item)
    elif isinstance(value, list):
        for item in value:
            yield from _defaults(item)


def _absolute(value: Any) -> Any:
    """Return a schema whose references say which document they mean."""
    if isinstance(value, dict):
        return {
            key: _DOCUMENT + item
            if key == "$ref" and isinstance(item, str) and item.startswith("#")
            else _absolute(item)
            for key, item in value.items()
        }
    return [_absolute(item) for item in value] if isinstance(value, list) else value


class _Drawing:
    """One attempt."""

    def __init__(
        self, values: Values, chance: random.Random, sent: bool | None, whole: bool
    ) -> None:
        self.values = values
        self.document = values.document
        self.chance = chance
        self.sent = sent
        self.hidden = {True: "readOnly", False: "writeOnly", None: ""}[sent]
        self.whole = whole

    def value(self, schema: Any, depth: int) -> Any:
        value = self._any_value(schema, depth)
        if "oneOf" in resolved(self.document, schema if isinstance(schema, dict) else {}):
            for _ in range(_ATTEMPTS):  # until it is one of them alone
                if not self.values.problem(schema, value, sent=self.sent):
                    break
                value = self._any_value(schema, depth)
        return value

    def _any_value(self, schema: Any, depth: int) -> Any:
        flat = self.flat(schema, depth)
        if depth > 4 * _DEEPEST:
            raise Undrawable("every value is deeper than the bound")
        if flat.get("enum"):
            return self.chance.choice(flat["enum"])
        if "const" in flat:
            return flat["const"]
        return self._by_type(flat, depth)

    def _by_type(self, flat: dict[str, Any], depth: int) -> Any:
        kind = flat.get("type")
        if isinstance(kind, list):
            others = [each for each in kind if each != "null"]
            use_null = "null" in kind and (not others or (not self.whole and self._rarely()))
            kind = "null" if use_null else self.chance.choice(others)
        elif flat.get("nullable") and kind and not self.whole and self._rarely():
            return None
        if kind is None:
            kind = self._implied(flat)
        makers: dict[str, Callable[[], Any]] = {
            "null": lambda: None,
            "boolean": lambda: self.chance.random() < 0.5,
            "integer": lambda: self._number(flat, True),
            "number": lambda: self._number(flat, False),
            "string": lambda: text(flat, self.chance),
            "array": lambda: self._array(flat, depth),
            "object": lambda: self._object(flat, depth),
        }
        return makers[kind]()

    def _implied(self, flat: dict[str, Any]) -> str:
        if {"properties", "additionalProperties", "required"} & set(flat):
            return "object"
        if "items" in flat:
            return "array"
        if {"minimum", "maximum", "multipleOf"} & set(flat):
            return "number"
        return "string"

    def _rarely(self) -> bool:
        return self.chance.random() < 0.15

    def _number(self, flat: dict[str, Any], whole: bool) -> Any:
        low, high = flat.get("minimum"), flat.get("maximum")
        if isinstance(flat.get("exclusiveMinimum"), (int, float)) and not isinstance(
            flat.get("exclusiveMinimum"), bool
        ):
            low = flat["exclusiveMinimum"] + (1 if whole else 0.5)
        low = low if low is not None else min(0, high if high is not None else 0)
        high = high if high is not None else low + 50
        if flat.get("multipleOf"):
            step = flat["multipleOf"]
            return step * self.chance.randint(int(-(-low // step)), int(high // step))
        if whole:
            return self.chance.randint(int(-(-low // 1)), int(high // 1))
        return self.chance.choice([low, high, (low + high) / 2 + 0.25 * (high - low > 1)])

    def _array(self, flat: dict[str, Any], depth: int) -> list[Any]:
        least = flat.get("minItems", 0)
        most = min(flat.get("maxItems", 2), max(2, least))
        count = least if depth > _DEEPEST else self.chance.randint(least, max(least, most))
        if self.whole and depth <= _DEEPEST and most:
            count = max(count, 1)
        items = [self.value(flat.get("items", {}), depth + 1) for _ in range(count)]
        if flat.get("uniqueItems"):
            kept: dict[str, Any] = {}
            for item in items:
                kept.setdefault(json.dumps(item, sort_keys=True), item)
            items = list(kept.values())
        return items

    def _object(self, flat: dict[str, Any], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        required = set(flat.get("required", ()))
        for name, schema in (flat.get("properties") or {}).items():
            if self._is_hidden(schema) or schema is False:
                continue
            # What has a default is always given: a model would fill it in, and the answer that was
            # read could not be told from one that said so.
            wanted = name in required or "default" in self.flat(schema, depth)
            if not wanted and depth < _DEEPEST:
                wanted = self.whole or self.chance.random() < 0.4
            if wanted:
                made[name] = self.value(schema, depth + 1)
        for name in sorted(required - set(made)):
            if name not in (flat.get("properties") or {}):
                made[name] = "undescribed"
        extra = flat.get("additionalProperties")
        if extra is True and self.chance.random() < 0.3:
            extra = {"type": "string", "minLength": 1}
        if isinstance(extra, dict) and extra and depth < _DEEPEST:
            for _ in range(max(flat.get("minProperties", 0) - len(made), 1)):
                made[f"extra{len(made)}"] = self.value(extra, depth + 1)
        return made

    def _is_hidden(self, schema: Any) -> bool:
        return isinstance(schema, dict) and bool(self.flat(schema, 0).get(self.hidden))

    def flat(self, schema: Any, depth: int) -> dict[str, Any]:
        """Return one schema without combining words: all of allOf, one of each choice."""
        if schema is True or schema == {}:
            return {}
        if schema is False:
            raise Undrawable("nothing is allowed here")
        merged: dict[str, Any] = {}
        for seen, part in enumerate(self._parts(schema, depth)):
            if seen == 60:
                raise Undrawable("the schema includes itself")
            _merge(merged, part)
        return merged

    def _parts(
        self, schema: Any, depth: int, *, extended: bool = False
    ) -> Iterator[dict[str, Any]]:
        while isinstance(schema, dict) and "$ref" in schema:
            siblings = {key: item for key, item in schema.items() if key != "$ref"}
            if siblings:
                yield siblings
            reference = schema["$ref"]
            schema = resolved(self.document, {"$ref": reference})
            if not extended and "$ref" not in schema and "discriminator" in schema:
                chosen = self.chance.choice([schema, *self.extensions(reference)])
                yield from self._tag(schema, chosen)
                if chosen is not schema:
                    schema = resolved(self.document, chosen)
        if not isinstance(schema, dict):
            return
        yield {key: item for key, item in schema.items() if key not in _COMBINING}
        members = schema.get("allOf", ())
        for each in members:
            lone = len(members) == 1 and not schema.get("properties")
            yield from self._parts(each, depth, extended=not lone)
        for word in ("oneOf", "anyOf"):
            choices = schema.get(word)
            if choices:
                chosen = self._choice(choices, depth)
                yield from self._parts(chosen, depth)
                yield from self._tag(schema, chosen)

    def extensions(self, base: str) -> list[dict[str, str]]:
        """Return references to the components that extend a base by properties of their own."""
        found = []
        for name, schema in self.document.get("components", {}).get("schemas", {}).items():
            members = schema.get("allOf", ()) if isinstance(schema, dict) else ()
            solid = [each for each in members if each]
            is_more = len(solid) > 1 or (solid and schema.get("properties"))
            if is_more and {"$ref": base} in members:
                found.append({"$ref": f"#/components/schemas/{name}"})
        return found

    def _choice(self, choices: list[Any], depth: int) -> Any:
        if depth > _DEEPEST:  # the simplest, so that it ends
            return min(choices, key=lambda each: len(json.dumps(each)) + 500 * ("$ref" in each))
        solid = [each for each in choices if resolved(self.document, each).get("type") != "null"]
        return self.chance.choice(solid if self.whole and solid else choices)

    def _tag(self, schema: dict[str, Any], chosen: Any) -> Iterator[dict[str, Any]]:
        """Yield what the discriminator demands of the chosen member."""
        found = schema.get("discriminator")
        if not isinstance(found, dict) or not isinstance(chosen, dict) or "$ref" not in chosen:
            return
        name = chosen["$ref"].rpartition("/")[2]
        mapping = found.get("mapping", {})
        tags = [tag for tag, target in mapping.items() if target in (chosen["$ref"], name)]
        tag = tags[0] if tags else name
        yield {
            "type": "object",
            "required": [found["propertyName"]],
            "properties": {found["propertyName"]: {"enum": [tag]}},
        }


def _merge(into: dict[str, Any], part: dict[str, Any]) -> None:
    for key, item in part.items():
        if key not in into:
            into[key] = dict(item) if key == "properties" else item
        elif key == "properties":
            for name, schema in item.items():
                known = into[key].get(name)
                into[key][name] = schema if known is None else {"allOf": [known, schema]}
        elif key == "required":
            into[key] = [*into[key], *item]
        elif key == "enum":
            into[key] = [each for each in into[key] if each in item]
        elif key in ("minimum", "minLength", "minItems"):
            into[key] = max(into[key], item)
        elif key in ("maximum", "maxLength", "maxItems"):
            into[key] = min(into[key], item)
        elif key == "type" and isinstance(into[key], list):
            into[key] = item
