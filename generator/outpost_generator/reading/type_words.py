"""Names of types that JSON Schema does not have, and what writers mean by them."""

from typing import Any

TYPES = frozenset(("string", "integer", "number", "boolean", "array", "object", "null"))
#: In lower case: the type and the format.
_MEANT: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("str", "text", "char", "enum", "url", "uri", "email"), ("string", "")),
    **dict.fromkeys(("datetime", "date-time", "timestamp"), ("string", "date-time")),
    "date": ("string", "date"),
    **dict.fromkeys(("uuid", "guid"), ("string", "uuid")),
    **dict.fromkeys(("file", "binary", "blob"), ("string", "binary")),
    **dict.fromkeys(("int", "int32", "long", "short"), ("integer", "")),
    "int64": ("integer", "int64"),
    **dict.fromkeys(("float", "double", "decimal", "numeric"), ("number", "")),
    "bool": ("boolean", ""),
    **dict.fromkeys(("list", "set"), ("array", "")),
    **dict.fromkeys(("dict", "map", "hash", "json"), ("object", "")),
    **dict.fromkeys(("none", "nil"), ("null", "")),
}


def meant(word: str) -> "tuple[str, str] | None":
    """Return the type and format that a word stands for; ``None`` when nobody knows."""
    plain = word.strip().lower()
    return (plain, "") if plain in TYPES else _MEANT.get(plain)


def with_known_types(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose types are those of JSON Schema; itself if they are."""
    given = schema.get("type")
    words = [given] if isinstance(given, str) else given
    if not isinstance(words, list) or all(
        isinstance(word, str) and word in TYPES for word in words
    ):
        return schema
    known = [found for word in words if isinstance(word, str) and (found := meant(word))]
    rest = {key: item for key, item in schema.items() if key != "type"}
    if len(known) < len(words):
        return rest  # one of them may be anything
    types = list(dict.fromkeys(kind for kind, _ in known))
    formats = [format for _, format in known if format]
    if formats and "format" not in rest and len(known) == 1:
        rest["format"] = formats[0]
    return {"type": types if isinstance(given, list) else types[0], **rest}
