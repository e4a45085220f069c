"""YAML reads ``200:`` as a number; every key of a document is text."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import Change, Document, pointer


def string_keys(document: Document) -> Document:
    """Make every key text: ``{200: ...}`` becomes ``{"200": ...}``."""
    changes: list[Change] = []
    root = _rewrite(document.root, (), changes)
    if not changes:
        return document
    others = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
    warning = Problem(
        changes[0].pointer,
        f"{changes[0].what}{others}; read as text",
        'Put such keys in quotes, as in "200".',
        "warning",
    )
    return document.with_root(root, changes).with_problems([warning])


def _rewrite(value: Any, where: tuple[object, ...], changes: list[Change]) -> Any:
    if isinstance(value, list):
        items = [_rewrite(item, (*where, index), changes) for index, item in enumerate(value)]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if not isinstance(value, dict):
        return value
    rewritten: dict[str, Any] = {}
    changed = False
    for key, item in value.items():
        name = key if isinstance(key, str) else _spell(key)
        if name is not key:
            changes.append(Change("string_keys", pointer(*where, name), f"key {name} was not text"))
        rewritten[name] = _rewrite(item, (*where, name), changes)
        changed = changed or name is not key or rewritten[name] is not item
    return rewritten if changed else value


def _spell(key: object) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(key, str(key))
        if (key in (True, False, None) and not isinstance(key, int | float))
        or isinstance(key, bool)
        else str(key)
    )
