"""Reading an OpenAPI document from a JSON or YAML file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from outpost_generator.bundle import Bundler, has_external_references
from outpost_generator.document import Document, Problem
from outpost_generator.errors import GenerationFailed


@frozen
class Source:
    """A document as it was read: its content, the name shown in headers, and its digest."""

    document: Document
    name: str
    digest: str


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: More than any real document has: the largest known, of 13 MB, has 1.2 million values.
_MOST_VALUES = 20_000_000
#: Python recurses about a thousand levels, and a pass takes several per level of the document.
_MOST_LEVELS = 200


class _Loader(_Base):  # type: ignore[misc]  # whichever of the two the machine has
    """YAML as OpenAPI means it: only the JSON types, so no dates, and no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = (key_node.tag, str(key_node.value))
            if key in seen and key_node.tag != "tag:yaml.org,2002:merge":
                line = key_node.start_mark.line + 1
                reason = f"duplicate key {key_node.value!r} (line {line})"
                raise yaml.constructor.ConstructorError(None, None, reason)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
        content = path.read_bytes()
    except OSError as problem:
        raise GenerationFailed(
            [Problem(name, f"cannot be read: {problem.strerror}", "Check the path.")]
        ) from None
    root = parse(content, name, is_json=path.suffix == ".json")
    hashed = hashlib.sha256(content)
    if has_external_references(root):
        folder = (ref_root or path.parent).resolve()
        bundler = Bundler(
            lambda text, title, is_json: parse(text, title, is_json=is_json), folder, allow_http
        )
        root = bundler.bundle(root, path.resolve().as_uri())
        _check_extent(root, name)
        for _, other in sorted(bundler.contents.items()):
            hashed.update(hashlib.sha256(other).digest())
    digest = "sha256:" + hashed.hexdigest()
    return Source(document=as_document(root, name), name=name, digest=digest)


def parse(content: bytes, name: str, *, is_json: bool) -> Any:
    """Return what JSON or YAML text holds.

    Raises:
        GenerationFailed: it is neither, or unfolds into more than any real document.
    """
    kind = "JSON" if is_json else "YAML"
    try:
        root = (
            json.loads(content, object_pairs_hook=_object)
            if is_json
            else yaml.load(content, Loader=_Loader)
        )
    except RecursionError:
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, refusing a key that is there twice: nobody knows which was meant."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"duplicate key {next(n for n in names if names.count(n) > 1)!r}")
    return made


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
            if total > _MOST_VALUES:
                way_out = "Write repeated parts as $ref instead of YAML aliases."
                reason = f"its aliases unfold into more than {_MOST_VALUES:,} values"
                raise GenerationFailed([Problem(name, reason, way_out)])
            if levels > _MOST_LEVELS:
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
    reason = f"nested deeper than {_MOST_LEVELS} levels"
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
    return Document(root=root, origins={})
