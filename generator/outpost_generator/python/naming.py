"""Python names for the names of a document: valid, safe, unique, the same on every run."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterable

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_A-Za-z]+")
_MAX_LENGTH = 120

#: Names that an annotation or a default of generated code uses, and so no field may hide.
_BUILTINS = frozenset(dir(builtins))


def words(text: str) -> list[str]:
    """Split text into words: at punctuation, at changes of case, around digits."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text)[: _MAX_LENGTH * 2])


def snake_case(text: str) -> str:
    """Return ``get_endpoint`` for ``getEndpoint``; digits stay with the word before them."""
    joined = ""
    for word in words(text):
        joined += (
            word.lower() if word.isdigit() and joined else ("_" if joined else "") + word.lower()
        )
    return _identifier(joined[:_MAX_LENGTH].rstrip("_") or "unnamed")


def pascal_case(text: str) -> str:
    """Return ``GetEndpoint`` for ``get endpoint``; a name in that form already stays as it is."""
    if (
        text.isascii()
        and text.isidentifier()
        and text[0].isupper()
        and "_" not in text
        and len(text) <= _MAX_LENGTH
    ):
        return text
    joined = "".join(
        word if word.isupper() and len(word) > 1 else word[:1].upper() + word[1:]
        for word in words(text)
    )
    return joined[:_MAX_LENGTH]


def _identifier(name: str) -> str:
    if not name.isidentifier():
        name = f"n{name}" if f"n{name}".isidentifier() else "unnamed"
    return name


def safe_name(name: str, reserved: "frozenset[str] | set[str]" = frozenset()) -> str:
    """Return the name, with an underscore after it when it is a keyword, a builtin or reserved."""
    if keyword.iskeyword(name) or name in reserved:
        return f"{name}_"
    return name


def class_name(text: str) -> str:
    """Return a class name for the name of a schema."""
    name = pascal_case(text) or "Schema"
    if not name.isidentifier():
        name = f"Schema{name}" if f"Schema{name}".isidentifier() else "Schema"
    return (
        f"{name}Model"
        if keyword.iskeyword(name) or name in _BUILTINS or name in _RUNTIME_CLASSES
        else name
    )


#: Names that generated modules import for themselves.
_RUNTIME_CLASSES = frozenset(
    """
    Any ClassVar Decimal Dict List Literal Mapping Optional TYPE_CHECKING Union
    File JsonValue Model OpenEnum UNSET Unset
    AsyncSender OPERATION Operation RequestPlan Response SyncSender
    """.split()
)


def field_name(wire_name: str) -> str:
    """Return the attribute for a wire name: the same name wherever Python allows it."""
    if wire_name.isascii() and wire_name.isidentifier() and not wire_name.startswith("_"):
        return safe_name(wire_name, _MODEL_NAMES)
    return safe_name(snake_case(wire_name), _MODEL_NAMES)


def field_names(wire_names: Iterable[str], snake: bool = False) -> dict[str, str]:
    """Return the attribute of every wire name of a class: no two the same."""
    taken: set[str] = set()
    return {
        wire_name: unique_name(
            safe_name(snake_case(wire_name), _MODEL_NAMES) if snake else field_name(wire_name),
            taken,
        )
        for wire_name in wire_names
    }


#: What every model has, and what its annotations are made of.
_MODEL_NAMES = frozenset(
    """
    additional_properties define field from_dict self to_dict
    bool bytes datetime decimal float int str uuid
    ClassVar Dict List Literal Mapping Optional Sequence Union
    File JsonValue UNSET Unset
    """.split()
)


def argument_name(wire_name: str) -> str:
    """Return the keyword argument for a parameter: snake_case, as Python callers expect."""
    return safe_name(snake_case(wire_name), _ARGUMENT_NAMES)


#: What the generated functions use themselves.
_ARGUMENT_NAMES = frozenset(
    """
    base_url body client media_type plan self
    bool bytes datetime decimal dict float int list str uuid
    cookie_fields header_fields query_pairs request_body request_media_type
    cookie_value header_value json_text path_segment path_segments path_value query_json query_list
    query_object query_value scalar_text server_part
    encode_json form_body multipart_body paging raw_body streaming
    """.split()
) | {"l"}  # ruff and people take it for a digit


def unique(name: str, taken: "set[str]") -> str:
    """Return the name, numbered when it is taken in any case, and take it.

    Case is ignored because modules are named after classes and some file systems ignore case.
    """
    candidate = _free(name, "", lambda each: each.lower() in taken)
    taken.add(candidate.lower())
    return candidate


def unique_name(name: str, taken: "set[str]") -> str:
    """Return the name, numbered when it is taken, and take it. Case counts."""
    candidate = _free(name, "_", taken.__contains__)
    taken.add(candidate)
    return candidate


def _free(name: str, separator: str, is_taken: Callable[[str], bool]) -> str:
    """Return the name, or with the first number behind it that is free."""
    if not is_taken(name):
        return name
    low, high = 1, 2  # of thousands of equal names, each shall not try all before it
    while is_taken(f"{name}{separator}{high}"):
        low, high = high, high + 1 if high < 100 else high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_taken(f"{name}{separator}{middle}") else (low, middle)
    return f"{name}{separator}{high}"


def member_name(value: str) -> str:
    """Return the name of an enum member: the value itself if it is a safe name, else its words."""
    if value.isascii() and value.isidentifier() and not value.startswith("_"):
        return safe_name(value, _ENUM_NAMES)
    name = (
        snake_case(value)
        if words(value)
        else "_".join(_CHARACTERS.get(each, "other") for each in value) or "empty"
    )
    return safe_name(name, _ENUM_NAMES)


#: What str and Enum already call something; a member of that name would hide it.
_ENUM_NAMES = frozenset({*dir(str), "name", "value", "mro", "names"})
_CHARACTERS = {
    "+": "plus",
    "-": "minus",
    "*": "star",
    "/": "slash",
    "=": "equal",
    "<": "less",
    ">": "greater",
    "!": "not",
    ".": "dot",
    ",": "comma",
    " ": "space",
    "%": "percent",
    "&": "and",
    "|": "or",
    "#": "hash",
    "@": "at",
}
