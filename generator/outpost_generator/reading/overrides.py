"""Changes to the document that a user's settings make before anything else reads it."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.references import parts

_REMOVED = object()


def override(document: Document, overrides: Mapping[str, Any]) -> Document:
    """Return the document with each part at a JSON pointer merged with its patch, in order.

    A patch is a JSON merge patch (RFC 7396): objects merge, ``null`` removes, all else replaces.
    A pointer that leads nowhere becomes a problem of the document; the others still apply.
    """
    root: Any = document.root
    changes: list[Change] = []
    problems: list[Problem] = []
    for where, patch in overrides.items():
        keys = parts(where)
        missing = _missing(root, keys)
        if missing is not None:
            reason = "the settings override what is not in the document"
            problems.append(Problem(where, reason, missing))
            continue
        root = _replaced(root, keys, patch)
        changes.append(Change("overrides", where, "merged with the patch of the settings"))
    if not isinstance(root, dict):
        way_out = "Give an object, or a longer pointer."
        return document.with_problems([Problem("#", "the settings replace the document", way_out)])
    return document.with_root(root, changes).with_problems(problems)


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the target as RFC 7396 patches it. Neither argument is changed."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def _missing(root: Any, keys: Sequence[str]) -> "str | None":
    """Return the way out when the keys lead nowhere, or ``None``."""
    value, reached = root, "#"
    for key in keys:
        if isinstance(value, Mapping):
            known = [str(each) for each in value]
        elif isinstance(value, list):
            known = [str(index) for index in range(len(value))]
        else:
            return f"{reached} holds no further parts; end the pointer there."
        if key not in known:
            close = difflib.get_close_matches(key, known, n=3, cutoff=0.5) or known[:8]
            named = ", ".join(_escaped(each) for each in close) or "nothing"
            return f"{reached} has no {_escaped(key)}; it has {named}. To add to it, patch it."
        value = value[int(key)] if isinstance(value, list) else _at(value, key)
        reached += f"/{_escaped(key)}"
    return None


def _at(value: Mapping[Any, Any], key: str) -> Any:
    """Return what a key holds; YAML may have read the key as a number."""
    return value[key] if key in value else next(value[each] for each in value if str(each) == key)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _replaced(value: Any, keys: Sequence[str], patch: Any) -> Any:
    """Return the value with the part that the keys lead to merged with the patch."""
    if not keys:
        return _REMOVED if patch is None else merge_patch(value, patch)
    if isinstance(value, list):
        index = int(keys[0])
        new = _replaced(value[index], keys[1:], patch)
        return [*value[:index], *([] if new is _REMOVED else [new]), *value[index + 1 :]]
    replaced = {}
    for key, each in value.items():
        new = _replaced(each, keys[1:], patch) if str(key) == keys[0] else each
        if new is not _REMOVED:
            replaced[key] = new
    return replaced
