"""Looking up ``#/...`` references."""

from typing import Any
from urllib.parse import unquote


def resolve(root: Any, reference: str) -> Any:
    """Return what a reference inside the document points at, or ``None``."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    value = root
    for part in reference[1:].split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def schema_name(reference: str) -> "str | None":
    """Return the component that ``#/components/schemas/Name`` names, or ``None``."""
    prefix = "#/components/schemas/"
    if not reference.startswith(prefix) or "/" in reference[len(prefix) :]:
        return None
    return unquote(reference[len(prefix) :]).replace("~1", "/").replace("~0", "~")
