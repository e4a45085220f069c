"""The documents to try, read by another road than the generator's."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
#: Where the public documents are; they are too large to be part of this repository.
FOLDER = Path(os.environ.get("OUTPOST_SPECS", ROOT.parent / "shared" / "specs" / "open"))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


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
    return _with_text_keys(content)


def _with_text_keys(value: Any) -> Any:
    """Return the value with keys such as the status 200 as text, as JSON would have them."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


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
    for path, item in document["paths"].items():
        item = resolved(document, item)
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            listed = [*item.get("parameters", []), *operation.get("parameters", [])]
            parameters = [resolved(document, each) for each in listed]
            yield Described(
                method=method,
                path=path,
                parameters={(each["in"], each["name"]): each for each in parameters},
                body=resolved(document, operation.get("requestBody") or {}),
                responses={
                    status: resolved(document, each)
                    for status, each in operation.get("responses", {}).items()
                },
            )


def resolved(document: dict[str, Any], value: Any) -> Any:
    """Return what a reference refers to; anything else as it is."""
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        target: Any = document
        for part in value["$ref"].lstrip("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            target = target[int(part)] if isinstance(target, list) else target[part]
        value = target
    return value
