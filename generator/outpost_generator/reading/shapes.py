"""What is of another kind than its place asks for is put right before anything else looks at it.

Writers of documents leave keys empty, write an empty list for an empty object, one name for a list
of names, ``required: true`` in a property. All that comes after may rely on the kinds of values.
"""

from typing import Any

from attrs import define, field

from outpost_generator.errors import Problem
from outpost_generator.reading import leftovers
from outpost_generator.reading.document import METHODS, Document, below
from outpost_generator.reading.type_words import TYPES, with_known_types

#: Rules: ``kind`` one object of it, ``kind{}`` objects by name, ``kind[]`` a list of them;
#: ``schema`` may be a truth value, too; ``text`` and ``object`` hold nothing to look at.
_OPERATION = {
    "operationId": "text",
    "tags": "text[]",
    "servers": "server[]",
    "security": "security[]",
    "parameters": "parameter[]",
    "requestBody": "body",
    "responses": "response{}",
    "callbacks": "callback{}",
}
_PATH_ITEM = {
    "$ref": "text",
    "parameters": "parameter[]",
    "servers": "server[]",
    "additionalOperations": "operation{}",
    **dict.fromkeys(METHODS, "operation"),
}
_PARAMETER = {
    "$ref": "text",
    "name": "text",
    "in": "text",
    "style": "text",
    "schema": "schema",
    "content": "media{}",
}
_SCHEMA = {
    "$ref": "text",
    "type": "text|text[]",
    "format": "text",
    "required": "text[]",
    "enum": "value[]",
    "properties": "schema{}",
    "patternProperties": "schema{}",
    "dependentSchemas": "schema{}",
    "$defs": "schema{}",
    "discriminator": "discriminator",
    **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), "schema[]"),
    **dict.fromkeys(("items", "not", "additionalProperties", "unevaluatedProperties"), "schema"),
    **dict.fromkeys(("if", "then", "else", "contains", "propertyNames"), "schema"),
}
_RULES: dict[str, dict[str, str]] = {
    "document": {
        "info": "object",
        "servers": "server[]",
        "security": "security[]",
        "tags": "object[]",
        "paths": "path item{}",
        "webhooks": "path item{}",
        "x-webhooks": "path item{}",
        "components": "components",
    },
    "components": {
        "schemas": "schema{}",
        "parameters": "parameter{}",
        "headers": "parameter{}",
        "requestBodies": "body{}",
        "responses": "response{}",
        "callbacks": "callback{}",
        "pathItems": "path item{}",
        "securitySchemes": "object{}",
        "links": "link{}",
        "examples": "object{}",
    },
    "path item": _PATH_ITEM,
    "operation": _OPERATION,
    "parameter": _PARAMETER,
    "body": {"$ref": "text", "content": "media{}"},
    "media": {"$ref": "text", "schema": "schema", "itemSchema": "schema", "encoding": "encoding{}"},
    "encoding": {"contentType": "text", "style": "text", "headers": "parameter{}"},
    "response": {"$ref": "text", "content": "media{}", "headers": "parameter{}", "links": "link{}"},
    "link": {"$ref": "text", "parameters": "object"},
    "server": {"url": "text", "variables": "variable{}"},
    "variable": {"enum": "value[]"},
    "schema": _SCHEMA,
    "discriminator": {"propertyName": "text", "mapping": "object"},
}
#: Objects by name that hold only such objects, extensions aside.
_MAPS = {"callback": "path item{}", "security": "value[]{}"}


#: Fewer than a list by number may have: its gaps are filled.
_INDEX_DIGITS = 4


class _Absent:
    """Stands for what is left out."""


_ABSENT = _Absent()


def shaped(document: Document) -> Document:
    """Return the document with every value of the kind that its place asks for.

    What is empty counts as not there. Anything else that has to be changed or left out is a
    warning.
    """
    fitting = _Fitting(document.root)
    root = fitting.members(document.root, _RULES["document"], "#")
    return document.with_root(root).with_problems(fitting.problems)


@define
class _Fitting:
    root: dict[str, Any]
    problems: list[Problem] = field(factory=list)

    def members(self, value: dict[str, Any], rules: dict[str, str], where: str) -> dict[str, Any]:
        """Return an object whose values follow the rules; itself if they do."""
        changed: dict[str, Any] = {}
        for key, item in value.items():
            rule = rules.get(key)
            if rule is not None:
                new = _ABSENT if item is None else self.fit(item, rule, below(where, key))
                if new is not item:
                    changed[key] = new
        if not changed:
            return value
        return {key: item for key, item in {**value, **changed}.items() if item is not _ABSENT}

    def fit(self, value: Any, rule: str, where: str) -> Any:
        """Return what fits a rule, or that nothing does."""
        if "|" in rule:
            return self.fit(value, rule.split("|")[isinstance(value, list)], where)
        if rule.endswith("{}"):
            return self._by_name(value, rule[:-2], where)
        if rule.endswith("[]"):
            return self._list(value, rule[:-2], where)
        if rule == "value":
            return value
        if rule == "text":
            return self._text(value, where)
        if rule == "schema" and isinstance(value, bool):
            return value
        if value == []:
            return {}
        if not isinstance(value, dict):
            return self._left_out(where, "an object")
        if rule in _MAPS:
            return self._by_name(value, _MAPS[rule][:-2], where)
        value = self._as_written_today(value, rule, where)
        return value if rule == "object" else self.members(value, _RULES[rule], where)

    def _by_name(self, value: Any, kind: str, where: str) -> Any:
        if value == []:
            return {}
        if not isinstance(value, dict):
            return self._left_out(where, "an object")
        value = self._well_named(value, kind, where)
        changed = {}
        for name, item in value.items():
            if str(name).startswith("x-") and not isinstance(item, dict):
                continue  # an extension
            new = _ABSENT if item is None else self.fit(item, kind, below(where, name))
            if new is not item:
                # The name has a meaning, whatever stands behind it.
                changed[name] = ([] if kind.endswith("[]") else {}) if new is _ABSENT else new
        return {**value, **changed} if changed else value

    def _list(self, value: Any, kind: str, where: str) -> Any:
        if value == {}:
            return []
        wanted = str if kind == "text" else dict
        if kind == "schema" and isinstance(value, dict) and all(map(_is_index, value)):
            self._warn(where, "no list, but an object by number; read as a list", "Write a list.")
            # References may lead to a number: each stays where it is.
            value = [value.get(str(index), {}) for index in range(1 + max(map(int, value)))]
        elif isinstance(value, wanted) and kind != "value":
            self._warn(where, "no list; read as a list of it alone", "Write a list.")
            value = [value]
        if not isinstance(value, list):
            return self._left_out(where, "a list")
        if kind == "value":
            return value
        new = [
            _ABSENT if item is None else self.fit(item, kind, f"{where}/{index}")
            for index, item in enumerate(value)
        ]
        if all(a is b for a, b in zip(new, value, strict=True)):
            return value
        return [item for item in new if item is not _ABSENT]

    def _text(self, value: Any, where: str) -> Any:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._left_out(where, "text")

    def _as_written_today(self, value: dict[str, Any], kind: str, where: str) -> dict[str, Any]:
        def warn(reason: str, way_out: str) -> None:
            self._warn(where, reason, way_out)

        match kind:
            case "schema":
                return self._schema(value, where)
            case "parameter":
                return leftovers.with_schema(value, warn)
            case "response":
                return leftovers.with_content(value, warn)
            case "operation":
                return leftovers.with_request_body(value, self.root, warn)
        return value

    def _well_named(self, value: dict[str, Any], kind: str, where: str) -> dict[str, Any]:
        """Return media types and answers under names that a server sends."""
        if kind == "media":
            meant = leftovers.media_type
        elif kind == "response" and where != "#/components/responses":
            meant = leftovers.status
        else:
            return value
        names = {name: meant(name) if isinstance(name, str) else name for name in value}
        wrong = [name for name in names if names[name] != name and names[name] not in value]
        for name in wrong:
            self._warn(below(where, name), f"read as {names[name]!r}", "Write it so.")
        if not wrong:
            return value
        return {names[name] if name in wrong else name: item for name, item in value.items()}

    def _schema(self, schema: dict[str, Any], where: str) -> dict[str, Any]:
        """Return a schema without what older drafts, and other languages, write otherwise."""
        known = with_known_types(schema)
        if known is not schema:
            read = f"read as {known['type']!r}" if "type" in known else "read as any value"
            reason = f"JSON Schema has no type {schema['type']!r}; {read}"
            self._warn(f"{where}/type", reason, f"Write one of {', '.join(sorted(TYPES))}.")
            schema = known
        items = schema.get("items")
        if isinstance(items, list) and items:
            self._warn(f"{where}/items", "a list; read as prefixItems", "Write prefixItems.")
            rest = {key: item for key, item in schema.items() if key != "items"}
            schema = {"prefixItems": items, **rest}
        stated = schema.get("properties")
        properties: dict[str, Any] = stated if isinstance(stated, dict) else {}
        demanding = {
            name: each
            for name, each in properties.items()
            if isinstance(each, dict) and isinstance(each.get("required"), bool)
        }
        if not demanding:
            return schema
        listed = schema.get("required")
        required = list(listed) if isinstance(listed, list) else []
        plain = {}
        for name, each in demanding.items():
            plain[name] = {key: item for key, item in each.items() if key != "required"}
            if each["required"] and name not in required:
                required.append(name)
                at = f"{below(f'{where}/properties', name)}/required"
                way_out = f"List {name!r} in `required` of the object."
                self._warn(at, "`required: true` in a property; the property is required", way_out)
        return {**schema, "properties": {**properties, **plain}, "required": required}

    def _left_out(self, where: str, wanted: str) -> _Absent:
        self._warn(where, f"must be {wanted}; left out", "Correct the document.")
        return _ABSENT

    def _warn(self, where: str, reason: str, way_out: str) -> None:
        self.problems.append(Problem(where, reason, way_out, "warning"))


def _is_index(name: object) -> bool:
    return isinstance(name, str) and name.isdecimal() and len(name) < _INDEX_DIGITS
