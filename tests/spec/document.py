"""The document as the tests read it: its operations, schemas and examples, each with a pointer."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

PATH = Path(__file__).parents[2] / "spec" / "outpost.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
BASE_URI = "urn:outpost:document"

# Where a schema holds further schemas: one, a list of them, or a map of them.
ONE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
LIST = ("allOf", "anyOf", "oneOf", "prefixItems")
MAP = ("properties", "patternProperties", "$defs")

# Where the document holds values rather than parts of itself.
VALUES = ("example", "examples", "default", "enum", "const")


@dataclass(frozen=True)
class Operation:
    """One operation with the parameters of its path, references to shared parts resolved."""

    id: str
    method: str
    path: str
    pointer: str
    raw: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]

    @property
    def responses(self) -> dict[str, dict[str, Any]]:
        """Each documented response by its status."""
        return {status: resolve(response) for status, response in self.raw["responses"].items()}

    @property
    def bodies(self) -> dict[str, dict[str, Any]]:
        """Each media type of the request and the responses, by a name that tells which."""
        parts = {f"response {status}": part for status, part in self.responses.items()}
        if "requestBody" in self.raw:
            parts["request"] = resolve(self.raw["requestBody"])
        return {
            f"{part_name} {media_type}": content
            for part_name, part in parts.items()
            for media_type, content in part.get("content", {}).items()
        }


@dataclass(frozen=True)
class Example:
    """A value of the document and the pointer of the schema that describes it."""

    pointer: str
    schema: str
    value: Any


@cache
def text() -> str:
    return PATH.read_text(encoding="utf-8")


@cache
def document() -> dict[str, Any]:
    loaded = yaml.safe_load(text())
    assert isinstance(loaded, dict)
    return loaded


def join(pointer: str, *keys: str | int) -> str:
    """Return the JSON pointer of a part below ``pointer``."""
    return pointer + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def lookup(pointer: str) -> Any:
    """Return what is at a JSON pointer of the document."""
    node: Any = document()
    for key in pointer.lstrip("#").split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Return the part itself, or what it refers to."""
    while "$ref" in node:
        node = lookup(node["$ref"])
    return node


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation, in document order."""
    found = []
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                raw = item[method]
                parameters = [*item.get("parameters", []), *raw.get("parameters", [])]
                found.append(
                    Operation(
                        id=raw.get("operationId", f"{method} {path}"),
                        method=method.upper(),
                        path=path,
                        pointer=join("#/paths", path, method),
                        raw=raw,
                        parameters=tuple(resolve(parameter) for parameter in parameters),
                    )
                )
    return tuple(found)


def parts(node: Any, pointer: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each mapping of the document that is neither an example nor inside one."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from parts(item, join(pointer, index))
    elif isinstance(node, dict):
        yield pointer, node
        names = pointer.endswith(("/responses", "/properties", "/schemas", "/parameters"))
        for key, value in node.items():
            if names or key not in VALUES:
                yield from parts(value, join(pointer, key))


@cache
def schemas() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every schema, named or not, however deep, with its pointer."""
    roots = [
        (join("#/components/schemas", name), schema)
        for name, schema in document()["components"]["schemas"].items()
    ]
    roots += [
        (join(at, "schema"), part["schema"]) for at, part in parts(document()) if is_described(part)
    ]
    return tuple(inner for at, root in roots for inner in below(root, at))


def is_described(part: dict[str, Any]) -> bool:
    """Tell parameters, headers and media types from other mappings."""
    return isinstance(part.get("schema"), dict)


def below(schema: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a schema and those inside it."""
    if not isinstance(schema, dict):
        return
    yield pointer, schema
    for key in ONE:
        yield from below(schema.get(key), join(pointer, key))
    for key in LIST:
        for index, inner in enumerate(schema.get(key, [])):
            yield from below(inner, join(pointer, key, index))
    for key in MAP:
        for name, inner in schema.get(key, {}).items():
            yield from below(inner, join(pointer, key, name))


@cache
def examples() -> tuple[Example, ...]:
    """Every example and every default of the document."""
    found = []
    for at, part in parts(document()):
        if is_described(part):
            schema = join(at, "schema")
            if "example" in part:
                found.append(Example(join(at, "example"), schema, part["example"]))
            for name, example in part.get("examples", {}).items():
                found.append(Example(join(at, "examples", name), schema, resolve(example)["value"]))
    for at, described in schemas():
        for key in ("example", "default"):
            if key in described:
                found.append(Example(join(at, key), at, described[key]))
        for index, value in enumerate(described.get("examples", [])):
            found.append(Example(join(at, "examples", index), at, value))
    return tuple(found)


def shorten(pointer: str) -> str:
    """Write a pointer so that it reads well as the name of a test."""
    names = {operation.pointer: operation.id for operation in operations()}
    for prefix, name in names.items():
        if pointer.startswith(prefix + "/"):
            pointer = name + pointer[len(prefix) :]
    return re.sub(r"^#/(components/)?", "", pointer).replace("~1", "/")


def reading_closed(node: Any) -> Any:
    """Return the document with every object closed that does not ask for further properties."""
    closed = copy.deepcopy(node)
    whole = {at: part for at, part in parts(closed) if "allOf" in part}
    shared = {join(at, "allOf", index) for at in whole for index in range(len(whole[at]["allOf"]))}
    shared |= {each["$ref"] for part in whole.values() for each in part["allOf"] if "$ref" in each}
    for at, part in parts(closed):
        if at in whole:
            part["unevaluatedProperties"] = False
        elif at not in shared and isinstance(part.get("properties"), dict):
            part.setdefault("additionalProperties", False)
    return closed


@cache
def registry(closed: bool) -> Registry[Any]:
    contents = reading_closed(document()) if closed else document()
    empty: Registry[Any] = Registry()
    return empty.with_resource(BASE_URI, DRAFT202012.create_resource(contents))


def problems(schema: str, value: Any, *, closed: bool = False) -> list[str]:
    """Return why a value does not fit the schema at a pointer; nothing when it does.

    With ``closed``, properties that the schema does not describe are problems too.
    """
    reference = BASE_URI + quote(schema, safe="#/~")
    validator = Draft202012Validator(
        {"$ref": reference},
        registry=registry(closed),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
