"""Reading an OpenAPI document from a JSON or YAML file."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.reading import limits
from outpost_generator.reading.bundle import Bundler, has_external_references
from outpost_generator.reading.document import Document, methods
from outpost_generator.reading.yaml_text import TooDeep, read_yaml


@frozen
class Source:
    """A document as it was read: its content, the name shown in headers, and its digest."""

    document: Document
    name: str
    digest: str


def load(
    path: Path, name: str, *, allow_http: bool = False, ref_root: "Path | None" = None
) -> Source:
    """Read a document, and every file that its references lead to.

    Args:
        path: a ``.json``, ``.yaml`` or ``.yml`` file.
        name: how headers name the document; relative, so that output is the same on every machine.
        allow_http: whether references may lead to the network.
        ref_root: folder that references to files may lead into; the document's own when not given.

    Raises:
        GenerationFailed: the file cannot be read, or is not an OpenAPI 3 document.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limits.MOST_BYTES + 1)
    except OSError as problem:
        raise GenerationFailed(
            [Problem(name, f"cannot be read: {problem.strerror}", "Check the path.")]
        ) from None
    root = parse(content, name, is_json=path.suffix == ".json")
    hashed = hashlib.sha256(content)
    warnings: list[Problem] = []
    if has_external_references(root):
        folder = (ref_root or path.parent).resolve()
        bundler = Bundler(
            lambda text, title, is_json: parse(text, title, is_json=is_json), folder, allow_http
        )
        root = bundler.bundle(root, path.resolve().as_uri())
        _check_extent(root, name)
        warnings = bundler.warnings
        for _, other in sorted(bundler.contents.items()):
            hashed.update(hashlib.sha256(other).digest())
    digest = "sha256:" + hashed.hexdigest()
    document = as_document(root, name).with_problems(warnings)
    return Source(document=document, name=name, digest=digest)


def parse(content: bytes, name: str, *, is_json: bool) -> Any:
    """Return what JSON or YAML text holds.

    Raises:
        GenerationFailed: it is neither, or unfolds into more than any real document.
    """
    kind = "JSON" if is_json else "YAML"
    if len(content) > limits.MOST_BYTES:
        limits.too_many(name, limits.MOST_BYTES, "bytes")
    try:
        root = _read_json(content) if is_json else read_yaml(content)
    except (RecursionError, TooDeep):
        raise GenerationFailed([_too_deep(name)]) from None
    except (ValueError, yaml.YAMLError) as problem:
        reason = " ".join(str(problem).split()) or type(problem).__name__
        raise GenerationFailed(
            [Problem(name, f"not valid {kind}: {reason}", "Correct the file.")]
        ) from None
    _check_extent(root, name)
    if b"\\ud" in content.lower():
        try:
            json.dumps(root, ensure_ascii=False, default=str).encode("utf-8")
        except UnicodeEncodeError:
            reason = "holds half a character (a lone surrogate), which no file can carry"
            raise GenerationFailed([Problem(name, reason, "Write the whole character.")]) from None
    return root


def _read_json(content: bytes) -> Any:
    """Return what JSON holds, refusing keys that are there twice: nobody knows which was meant."""
    duplicates: list[str] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            duplicates.extend(repr(name) for name, count in counted.items() if count > 1)
        return found

    root = json.loads(content, object_pairs_hook=made)
    if duplicates:
        raise ValueError(f"duplicate key {', '.join(duplicates)}")
    return root


def _check_extent(root: Any, name: str) -> None:
    """Refuse what unfolds without bound: YAML aliases may repeat a value, or hold themselves."""
    extents: dict[int, tuple[int, int]] = {}  # of a container, by identity: values, levels
    open_now: set[int] = set()
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        value, is_done = stack.pop()
        children = (
            value.values()
            if isinstance(value, dict)
            else value
            if isinstance(value, list)
            else None
        )
        if children is None or (not is_done and id(value) in extents):
            continue
        if is_done:
            inner = [extents.get(id(child), (1, 0)) for child in children]
            total = 1 + sum(count for count, _ in inner)
            levels = 1 + max((depth for _, depth in inner), default=0)
            extents[id(value)] = (total, levels)
            open_now.discard(id(value))
            if total > limits.MOST_VALUES:
                way_out = "Write repeated parts as $ref instead of YAML aliases."
                reason = f"its aliases unfold into more than {limits.MOST_VALUES:,} values"
                raise GenerationFailed([Problem(name, reason, way_out)])
            if levels > limits.MOST_LEVELS:
                raise GenerationFailed([_too_deep(name)])
        elif id(value) in open_now:
            raise GenerationFailed(
                [Problem(name, "an alias holds itself", "Use $ref for recursion.")]
            )
        else:
            open_now.add(id(value))
            stack.append((value, True))
            stack.extend((child, False) for child in children if isinstance(child, dict | list))


def _too_deep(name: str) -> Problem:
    reason = f"nested deeper than {limits.MOST_LEVELS} levels"
    return Problem(name, reason, "Give the inner parts names in components, and refer to them.")


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
    document = Document(root=root, origins={})
    limits.refuse("#/components/schemas", len(document.schemas), limits.MOST_SCHEMAS, "schemas")
    paths = root.get("paths")
    items = paths.values() if isinstance(paths, dict) else ()
    count = sum(len(methods(item)) for item in items if isinstance(item, dict))
    limits.refuse("#/paths", count, limits.MOST_OPERATIONS, "operations")
    return document
