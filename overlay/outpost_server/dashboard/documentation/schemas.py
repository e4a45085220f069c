"""A JSON schema as rows of a table, in words, and as an example, whatever it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 6
MAX_ROWS = 200
MAX_CHOICES = 12
MAX_TEXT = 2000
MAX_SHORT = 80
# How many schemas are looked at for one page. A short document may refer to itself very often.
MAX_LOOKS = 20_000

# Between the first and the second: the value lies between them; alone: at least, at most.
BOUNDS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
)
EXAMPLES: Mapping[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "null": None,
}


@dataclass(frozen=True)
class Row:
    """One field of an object; those of an object within it follow, one deeper."""

    name: str
    depth: int
    words: str
    is_required: bool
    default: str
    description: str


class Schemas:
    """Reads the schemas of one document. What cannot be understood is left out."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = MAX_LOOKS

    def resolved(self, value: Any) -> Mapping[str, Any]:
        """Return what a schema, or any part of the document that may refer to another, is."""
        for _ in range(MAX_DEPTH):
            self._left -= 1
            if self._left < 0 or not isinstance(value, dict):
                return {}
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return value
            value = self._referred(reference)
        return {}

    def _referred(self, reference: str) -> Any:
        found: Any = self._document
        for part in reference.removeprefix("#/").split("/"):
            found = mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        return found

    def rows(self, schema: Any) -> tuple[Row, ...]:
        """Return the fields of an object, of a list of objects, or of each choice of one."""
        rows: list[Row] = []
        self._add_rows(schema, 0, rows)
        return tuple(rows[:MAX_ROWS])

    def _add_rows(self, schema: Any, depth: int, rows: list[Row]) -> None:
        schema = self._object(schema)
        if depth > MAX_DEPTH or len(rows) >= MAX_ROWS:
            return
        required = items(schema.get("required"))
        for name, value in mapping(schema.get("properties")).items():
            field = self.resolved(value)
            default = "" if "default" not in field else short(field["default"])
            rows.append(
                Row(
                    name=text(name),
                    depth=depth,
                    words=self.words(value),
                    is_required=name in required,
                    default=default,
                    description=text(mapping(value).get("description", field.get("description"))),
                )
            )
            self._add_rows(value, depth + 1, rows)
        for name in ("anyOf", "oneOf", "allOf"):
            for choice in items(schema.get(name)):
                self._add_rows(choice, depth, rows)

    def _object(self, schema: Any) -> Mapping[str, Any]:
        """Return the schema of one item where it is that of a list."""
        found = self.resolved(schema)
        for _ in range(MAX_DEPTH):
            if found.get("type") != "array":
                break
            found = self.resolved(found.get("items"))
        return found

    def words(self, schema: Any, depth: int = 0) -> str:
        """Return what a value may be, such as ``text or list of text``."""
        schema = self.resolved(schema)
        if depth > MAX_DEPTH or not schema:
            return "anything"
        for name in ("anyOf", "oneOf"):
            choices = items(schema.get(name))[:MAX_CHOICES]
            if choices:
                said = (self.words(choice, depth + 1) for choice in choices)
                return " or ".join(dict.fromkeys(said))
        if "const" in schema:
            return short(schema["const"])
        if items(schema.get("enum")):
            return "one of " + ", ".join(short(one) for one in schema["enum"][:MAX_CHOICES])
        kind = schema.get("type")
        if isinstance(kind, list):
            return " or ".join(text(one) for one in kind)
        if kind == "array":
            return f"list of {self.words(schema.get('items'), depth + 1)}" + bounds(schema)
        if kind == "string" and schema.get("format") == "binary":
            return "file"
        if not isinstance(kind, str):
            return text(schema.get("title")) or "anything"
        if kind == "object" and isinstance(schema.get("title"), str):
            return f"object ({text(schema['title'])})"
        word = "text" if kind == "string" else text(kind)
        form = schema.get("format")
        return word + (f" ({text(form)})" if isinstance(form, str) else "") + bounds(schema)

    def example(self, schema: Any, depth: int = 0) -> Any:
        """Return a value that the schema allows, as far as it is simple: what is required only."""
        schema = self.resolved(schema)
        if "example" in schema:
            return schema["example"]
        for name in ("examples", "enum"):
            if items(schema.get(name)):
                return schema[name][0]
        for name in ("const", "default"):
            if name in schema:
                return schema[name]
        if depth > MAX_DEPTH:
            return None
        for name in ("anyOf", "oneOf", "allOf"):
            if items(schema.get(name)):
                return self.example(schema[name][0], depth + 1)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), None)
        fields = mapping(schema.get("properties"))
        if kind == "object" or fields:
            required = [name for name in items(schema.get("required")) if isinstance(name, str)]
            wanted = [name for name in fields if name in required]
            if not wanted and depth == 0:
                wanted = list(fields)
            return {name: self.example(fields[name], depth + 1) for name in wanted[:MAX_CHOICES]}
        if kind == "array":
            return [self.example(schema.get("items"), depth + 1)]
        if kind in ("integer", "number") and isinstance(schema.get("minimum"), (int, float)):
            return schema["minimum"]
        return EXAMPLES.get(kind) if isinstance(kind, str) else {}


def bounds(schema: Mapping[str, Any]) -> str:
    for least, most, unit in BOUNDS:
        low, high = schema.get(least), schema.get(most)
        if low is not None and high is not None:
            return f" from {short(low)} to {short(high)}{unit}"
        if low is not None:
            return f", at least {short(low)}{unit}"
        if high is not None:
            return f", at most {short(high)}{unit}"
    return ""


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a text of the document, cut where it is very long; empty when it is none."""
    return cut(value, MAX_TEXT) if isinstance(value, str) else ""


def cut(value: str, length: int) -> str:
    # JSON can spell halves of characters, which no page can be encoded with.
    whole = value[: length + 1].encode(errors="replace").decode()
    return whole if len(whole) <= length else whole[:length] + " …"


def short(value: Any) -> str:
    """Return a value of the document as it looks in JSON."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return cut(str(value), MAX_SHORT)
