"""What a path item says for all its operations is written into each of them."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import (
    Change,
    Document,
    methods,
    pointer,
    with_additional_operations,
)
from outpost_generator.reading.references import resolve


def path_items(document: Document) -> Document:
    """Resolve ``$ref`` path items; move their parameters and servers into each operation."""
    changes: list[Change] = []
    problems: list[Problem] = []
    paths: dict[str, Any] = {}
    for path, item in (document.root.get("paths") or {}).items():
        if path.startswith("x-"):
            continue  # an extension, not a path
        where = pointer("paths", path)
        if path.strip() != path or not path.startswith("/"):
            reason = "a path begins with a slash and ends without spaces; read so"
            problems.append(Problem(where, reason, "Correct the path.", "warning"))
        if isinstance(item, dict) and "$ref" in item:
            target = resolve(document.root, item["$ref"])
            if target is None:
                reason = f"{item['$ref']} does not exist"
                problems.append(Problem(where, reason, "Correct the reference."))
                continue
            changes.append(Change("path_items", where, f"put in place of {item['$ref']}"))
            item = {**target, **{key: value for key, value in item.items() if key != "$ref"}}
        if not isinstance(item, dict):
            reason = "a path item must be an object"
            problems.append(Problem(where, reason, "Correct the document."))
            continue
        paths[path] = _merge(with_additional_operations(item), document.root)
    return document.with_root({**document.root, "paths": paths}, changes).with_problems(problems)


def _merge(item: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    shared = item.get("parameters") or []
    servers = item.get("servers")
    if not shared and not servers:
        return item
    merged = {key: value for key, value in item.items() if key not in ("parameters", "servers")}
    for method in methods(item):
        operation = item[method]
        own = operation.get("parameters") or []
        taken = {_identity(parameter, root) for parameter in own}
        inherited = [parameter for parameter in shared if _identity(parameter, root) not in taken]
        merged[method] = {**operation, "parameters": [*inherited, *own]}
        if servers and "servers" not in operation:
            merged[method]["servers"] = servers
    return merged


def _identity(parameter: Any, root: dict[str, Any]) -> tuple[object, object]:
    if isinstance(parameter, dict) and "$ref" in parameter:
        parameter = resolve(root, parameter["$ref"]) or {}
    parameter = parameter if isinstance(parameter, dict) else {}
    return parameter.get("name"), parameter.get("in")
