"""Reading an OpenAPI document from a JSON or YAML file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from outpost_generator.document import Document, Problem
from outpost_generator.errors import GenerationFailed


@frozen
class Source:
    """A document as it was read: its content, the name shown in headers, and its digest."""

    document: Document
    name: str
    digest: str


class _Loader(yaml.SafeLoader):
    """YAML as OpenAPI means it: only the JSON types, so no dates and no ``on``/``off``."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.alias_count = getattr(self, "alias_count", 0) + 1
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, (str, int, float)) and key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(
                    None, None, f"duplicate key {key!r} (line {line})"
                )
            if isinstance(key, (str, int, float)):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path, name: str) -> Source:
    """Read a document.

    Args:
        path: a ``.json``, ``.yaml`` or ``.yml`` file.
        name: how headers name the document; relative, so that output does not depend on the machine.

    Raises:
        GenerationFailed: the file cannot be read, or is not an OpenAPI 3 document.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise GenerationFailed(
            [Problem(name, f"cannot be read: {problem.strerror}", "Check the path.")]
        ) from None
    root = parse(content, name, is_json=path.suffix == ".json")
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return Source(document=as_document(root, name), name=name, digest=digest)


def parse(content: bytes, name: str, *, is_json: bool) -> Any:
    """Return what JSON or YAML text holds."""
    try:
        if is_json:
            return json.loads(content)
        return yaml.load(content, Loader=_Loader)
    except (ValueError, yaml.YAMLError, RecursionError) as problem:
        kind = "JSON" if is_json else "YAML"
        reason = " ".join(str(problem).split()) or type(problem).__name__
        raise GenerationFailed(
            [Problem(name, f"not valid {kind}: {reason}", "Correct the file.")]
        ) from None


def as_document(root: Any, name: str = "document") -> Document:
    """Return a parsed file as a document.

    Raises:
        GenerationFailed: it is not OpenAPI 3.
    """
    if not isinstance(root, dict):
        raise GenerationFailed(
            [Problem(name, "holds no object", "An OpenAPI document is an object.")]
        )
    if "swagger" in root:
        way_out = "Convert it to OpenAPI 3 first, for example with swagger2openapi."
        raise GenerationFailed([Problem("#/swagger", "Swagger 2.0 is not read", way_out)])
    version = str(root.get("openapi", ""))
    if not version.startswith("3."):
        reason = f"not an OpenAPI 3 document (openapi: {version[:40]!r})"
        raise GenerationFailed(
            [Problem("#/openapi", reason, "Give it `openapi: 3.1.0` if that is what it is.")]
        )
    return Document(root=root, origins={})
