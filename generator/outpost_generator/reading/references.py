"""Looking up ``#/...`` references."""

from typing import Any
from urllib.parse import unquote

#: More references in a row than any document means; fewer than a circle has.
_MOST_STEPS = 20


def resolve(root: Any, reference: str) -> Any:
    """Return what a reference inside the document points at, or ``None``."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    value = root
    for key in parts(reference):
        if isinstance(value, dict) and key not in value and "$ref" in value:
            value = follow(root, value)  # the path leads through a reference
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def parts(reference: str) -> list[str]:
    """Return the keys that a ``#/...`` reference names, one inside the other."""
    return [
        unquote(part).replace("~1", "/").replace("~0", "~") for part in reference[1:].split("/")[1:]
    ]


def follow(root: Any, value: Any) -> dict[str, Any]:
    """Return the object that a value is or refers to, its own keys first; empty if none is."""
    for _ in range(_MOST_STEPS):
        if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
            break
        rest = {key: item for key, item in value.items() if key != "$ref"}
        target = resolve(root, value["$ref"])
        value = {**target, **rest} if isinstance(target, dict) else {}
    return value if isinstance(value, dict) else {}


def schema_name(reference: str) -> "str | None":
    """Return the component that ``#/components/schemas/Name`` names, or ``None``."""
    prefix = "#/components/schemas/"
    if not reference.startswith(prefix) or "/" in reference[len(prefix) :]:
        return None
    return unquote(reference[len(prefix) :]).replace("~1", "/").replace("~0", "~")
