"""Fields of forms and of the query: text, as the same value is in JSON."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

from outpostkit.exceptions import ConfigurationError

#: What httpx writes as JSON does; None is a field without text.
_PLAIN = frozenset({str, int, float, bool, type(None)})


def query_values(params: Any) -> Any:
    """Return query parameters as httpx takes them.

    Raises:
        ConfigurationError: a value has no text, such as a dictionary.
    """
    if isinstance(params, (str, bytes)) or hasattr(params, "multi_items"):
        return params
    if isinstance(params, Mapping) and _PLAIN.issuperset(map(type, params.values())):
        return params
    return [(name, text) for name, value in _pairs("params", params) for text in value]


def form_values(data: Any, *, is_multipart: bool) -> Dict[str, Any]:
    """Return the fields of a form as httpx takes them; a list is several fields of one name.

    Raises:
        ConfigurationError: a value has no text, such as a dictionary, or bytes that are no UTF-8
            outside of a multipart form.
    """
    if isinstance(data, Mapping) and _PLAIN.issuperset(map(type, data.values())):
        return dict(data)
    fields: Dict[str, Any] = {}
    for name, texts in _pairs("data", data, keeps_bytes=is_multipart):
        fields.setdefault(name, []).extend(texts)
    return fields


def _pairs(argument: str, given: Any, *, keeps_bytes: bool = False) -> List[Tuple[str, List[Any]]]:
    """Return the names, and the texts of each."""
    if not isinstance(given, Mapping) and not _are_pairs(given):
        from outpostkit.predictor._inputs.writing import Writer

        given = Writer(argument).plain(given)  # such as a dataclass, or a model of pydantic
    if not isinstance(given, Mapping) and not _are_pairs(given):
        raise ConfigurationError(
            f"{argument}: give a dictionary, or pairs of names and values, not "
            f"{type(given).__name__}"
        )
    pairs = given.items() if isinstance(given, Mapping) else given
    found = []
    for name, value in pairs:
        where = f"{argument}[{name!r}]"
        texts = [_text(each, where, keeps_bytes) for each in _values(value, where)]
        found.append((str(_text(name, argument)), texts))
    return found


def _values(value: Any, where: str) -> List[Any]:
    """Return what becomes a field each."""
    if type(value) in _PLAIN or isinstance(value, (bytes, bytearray)):
        return [value]
    if isinstance(value, (list, tuple)):
        return list(value)
    from outpostkit.predictor._inputs.writing import Writer

    plain = Writer(where).plain(value)
    return plain if isinstance(plain, list) else [plain]


def _are_pairs(given: Any) -> bool:
    return isinstance(given, Sequence) and all(
        isinstance(each, (tuple, list)) and len(each) == 2 for each in given
    )


def _text(value: Any, where: str, keeps_bytes: bool = False) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (bytes, bytearray)):
        if keeps_bytes:
            return bytes(value)
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            raise ConfigurationError(
                f"{where}: bytes that are no text cannot be a field; send them with files="
            ) from None
    import msgspec

    from outpostkit.predictor._inputs.writing import Writer

    found: object = msgspec.to_builtins(Writer(where).plain(value))
    if isinstance(found, (list, dict)):
        raise ConfigurationError(
            f"{where}: a field is one text, not {type(value).__name__}; send it with json=, or as "
            "the text that the template reads"
        )
    return found
