"""The documents to try, read by another road than the generator's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

ROOT = Path(__file__).parents[3]
#: Where the public documents are; they are too large to be part of this repository.
FOLDER = Path(os.environ.get("OUTPOST_SPECS", ROOT.parent / "shared" / "specs" / "open"))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2 as far as it matters here: no dates, and 1e-5 is a number."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), "-+0123456789"
)


def found() -> list[Path]:
    """Return the documents, the smallest first; none when the folder is not there."""
    files = [path for path in FOLDER.glob("*") if path.suffix in (".json", ".yaml", ".yml")]
    return sorted(files, key=lambda path: path.stat().st_size)


def read(path: Path) -> dict[str, Any]:
    """Return a document as it is."""
    text = path.read_text(encoding="utf-8")
    content = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)
    read: dict[str, Any] = with_pointers(_with_text_keys(content))
    return read


def _with_text_keys(value: Any) -> Any:
    """Return the value with keys such as the status 200 as text, as JSON would have them."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


def with_pointers(document: Any) -> Any:
    """Return a document whose references to anchors are pointers.

    Neither jsonschema nor openapi-core looks for anchors inside an OpenAPI document.
    """
    places = dict(_anchors(document, "#"))
    return _replaced(document, places) if places else document


def _anchors(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(value.get(key), str):
                yield f"#{value[key]}", at
        for key, item in value.items():
            yield from _anchors(item, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _anchors(item, f"{at}/{index}")


def _replaced(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            "$ref" if key == "$dynamicRef" else key: places.get(item, item)
            if key in ("$ref", "$dynamicRef")
            else _replaced(item, places)
            for key, item in value.items()
        }
    return [_replaced(item, places) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Described:
    """One operation as its document describes it, references to whole parts resolved."""

    method: str
    path: str
    parameters: dict[tuple[str, str], dict[str, Any]]  # by place and name
    body: dict[str, Any]
    responses: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def described(document: dict[str, Any]) -> Iterator[Described]:
    """Yield every operation of a document."""
    for path, item in (document.get("paths") or {}).items():
        if path.startswith("x-"):
            continue
        item = resolved(document, item)
        further = item.get("additionalOperations", {})
        for method in [*METHODS, *further]:
            operation = further.get(method, item.get(method))
            if operation is None:
                continue
            listed = [*item.get("parameters", []), *operation.get("parameters", [])]
            parameters = [resolved(document, each) for each in listed]
            yield Described(
                method=method.lower(),
                path=path,
                parameters={
                    (each["in"], each["name"]): each
                    for each in parameters
                    if _has_a_place(each["in"], each["name"], path)
                },
                body=resolved(document, operation.get("requestBody") or {}),
                responses={
                    status: resolved(document, each)
                    for status, each in operation.get("responses", {}).items()
                },
            )


def _has_a_place(place: str, name: str, path: str) -> bool:
    """Return whether a request can carry a parameter: some documents have others."""
    return name != "" and (place != "path" or f"{{{name}}}" in path)


def resolved(document: dict[str, Any], value: Any) -> Any:
    """Return what a reference refers to; anything else as it is."""
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        target: Any = document
        for part in value["$ref"].lstrip("#/").split("/"):
            part = unquote(part).replace("~1", "/").replace("~0", "~")
            target = target[int(part)] if isinstance(target, list) else target[part]
        value = target
    return value
