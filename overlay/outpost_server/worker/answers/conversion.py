"""What a method of a template returns or yields, as values that FastAPI makes JSON of."""

from __future__ import annotations

import base64
import dataclasses
import inspect
import json
from collections import deque
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from math import isfinite
from pathlib import PurePath
from types import GeneratorType, ModuleType
from typing import Any

from fastapi.encoders import ENCODERS_BY_TYPE, jsonable_encoder
from pydantic import BaseModel
from starlette.responses import Response

from outpost_server.worker.answers.failures import remember
from outpost_server.worker.answers.libraries import is_image, png, without_libraries
from outpost_server.worker.answers.refused import AnswerError, Refused, of_kind
from outpost_server.worker.guarding.streams import follow_response

# Nothing within these has to be looked at.
_PLAIN = frozenset((str, int, bool, type(None)))
_NUMBERS = frozenset((float, int, bool))
_BYTES = (bytes, bytearray, memoryview)
# These are sent as the list of their items, by FastAPI and pydantic, too.
_COLLECTIONS = (tuple, set, frozenset, deque)
# What FastAPI makes text or a number of.
_KNOWN: tuple[Any, ...] = (*(set(ENCODERS_BY_TYPE) - {GeneratorType}), PurePath, str, int)


def to_answer(value: Any, *, keeps_objects: bool = False) -> Any:
    """Return ``value`` as what FastAPI and pydantic know; unchanged where it has nothing else.

    Arrays, tensors and series become lists, a table a list of its rows, times ISO 8601, an image
    within an answer a ``data:`` URL of a PNG. What pandas calls missing becomes None. Iterators
    become lists, and objects of other classes a dict of their attributes. An image that is the
    whole answer becomes a response.

    Args:
        keeps_objects: objects stay, for a model to read their attributes.

    Raises:
        AnswerError: JSON has nothing for a value, such as NaN or a function.
    """
    if isinstance(value, Response):
        follow_response(value)
        return value
    if not isinstance(value, (dict, list)) and is_image(value):
        return Response(png(value), media_type="image/png")
    return _sent(value, "The answer", keeps_objects)


def to_item(value: Any, number: int, *, keeps_objects: bool = False) -> Any:
    """Return what a stream yields, as :func:`to_answer` does with an answer.

    Args:
        number: which item of the stream it is, counted from 1.
    """
    return _sent(value, f"Item {number} of the stream", keeps_objects)


def _sent(value: Any, whole: str, keeps: bool) -> Any:
    remember(value, whole)
    try:
        return value if _is_ready(value) else _converted(value, keeps)
    except Refused as refused:
        raise refused.of(whole) from None
    except RecursionError:
        raise AnswerError(
            f"{whole} contains itself, or is nested some hundred levels deep, which cannot be "
            "sent as JSON: return what it refers to by a name or a number."
        ) from None


def _is_ready(value: Any) -> bool:
    """Tell whether there is nothing to convert: most answers, at little cost for each item."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not (type(item) in _PLAIN or _is_ready(item)):
                return False
        return True
    if kind is list:
        kinds = set(map(type, value))
        return kinds <= _PLAIN or _are_numbers(kinds, value) or all(map(_is_ready, value))
    return kind in _PLAIN or (kind is float and isfinite(value))


def _are_numbers(kinds: set[type], items: list[Any]) -> bool:
    try:
        return kinds <= _NUMBERS and all(map(isfinite, items))
    except OverflowError:  # an integer that is no float
        return False


def _converted(value: Any, keeps: bool) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return _mapping(value, keeps)
    if kind is list:
        return _items(value, keeps)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, BaseModel):
        # Objects within it are for its serializers.
        changed = _changed({**vars(value), **(value.__pydantic_extra__ or {})}, keeps=True)
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, _COLLECTIONS):
        items = list(value)
        return value if (new := _items(items, keeps)) is items else new
    if isinstance(value, Mapping):
        return _mapping(dict(value), keeps)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        changed = _changed(fields, keeps or hasattr(value, "__pydantic_serializer__"))
        return {**fields, **changed} if changed else value
    return _foreign(value, keeps)


def _mapping(value: dict[Any, Any], keeps: bool) -> dict[Any, Any]:
    changed = _changed(value, keeps)
    kinds = set(map(type, value))
    if kinds <= {str} or kinds <= {int}:
        return {**value, **changed} if changed else value
    return {new: changed.get(key, value[key]) for key, new in _keys(value)}


def _changed(value: Mapping[Any, Any], keeps: bool) -> dict[Any, Any]:
    """Return those items that have to be replaced."""
    changed = {}
    for key, item in value.items():
        if type(item) in _PLAIN:
            continue
        try:
            new = _converted(item, keeps)
        except Refused as refused:
            refused.within(f".{key}")
            raise
        if new is not item:
            changed[key] = new
    return changed


def _items(value: list[Any], keeps: bool) -> list[Any]:
    kinds = set(map(type, value))
    if kinds <= _PLAIN or _are_numbers(kinds, value):
        return value
    new = []
    for index, item in enumerate(value):
        try:
            new.append(_converted(item, keeps))
        except Refused as refused:
            refused.within(f"[{index}]")
            raise
    return new if any(one is not other for one, other in zip(new, value, strict=True)) else value


def _keys(value: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each key, and what it is in JSON, where all keys are text."""
    texts: dict[str, Any] = {}
    for key in value:
        new = _key(key)
        text = new if isinstance(new, str) else json.dumps(new)
        if text in texts:
            way_out = f"both would be {text!r}, so name one of them otherwise"
            raise Refused(f"the keys {texts[text]!r} and {key!r}", way_out)
        texts[text] = key
        yield key, new


def _key(key: Any) -> Any:
    if type(key) in _PLAIN:
        return key
    try:
        new = jsonable_encoder(_converted(key, keeps=True))
    except Refused:
        new = ()
    if isinstance(new, (str, int, float, type(None))):
        return new
    raise Refused(f"the key {key!r}", "return a dict whose keys are text or numbers")


def _number(value: float) -> float:
    if not isfinite(value):
        way_out = "JSON has no such number: return None or a finite one, as numpy.nan_to_num makes"
        raise Refused(str(value), way_out)
    return value if type(value) is float else float(value)


def _foreign(value: Any, keeps: bool) -> Any:
    """Convert a value of no kind that JSON has, nor FastAPI as a list or a dict."""
    if is_image(value):
        return "data:image/png;base64," + base64.b64encode(png(value)).decode()
    plain = without_libraries(value)
    if plain is not value:
        return _converted(plain, keeps)
    if isinstance(value, _BYTES):
        return _text(bytes(value))
    if isinstance(value, Enum):
        held = _converted(value.value, keeps)
        return value if type(held) in _PLAIN and held is value.value else held
    if isinstance(value, Decimal):
        _number(float(value) if value.is_finite() else float("nan"))
    if isinstance(value, _KNOWN):
        return value
    _require_data(value)
    return _object(value, keeps)


def _require_data(value: Any) -> None:
    """Refuse what has attributes or items that are not what it holds."""
    way_out = None
    if isinstance(value, complex):
        way_out = "return its parts, or abs(...)"
    elif isinstance(value, Response):
        way_out = "return it as the whole answer"
    elif isinstance(value, BaseException):
        way_out = "raise it, or return str(...) of it"
    elif inspect.isawaitable(value):
        way_out = "await it, in an 'async def'"
    elif isinstance(value, AsyncIterable):
        way_out = "return a list of its items or a StreamingResponse, or yield them"
    elif callable(value) or isinstance(value, ModuleType):
        way_out = "return its name, or what it returns"
    elif all(callable(getattr(value, name, None)) for name in ("read", "close")):
        way_out = "return what is in it, as .read() does, or a FileResponse as the whole answer"
    if way_out is not None:
        raise Refused(of_kind(value), way_out)


def _object(value: Any, keeps: bool) -> Any:
    if keeps and hasattr(value, "__dict__"):
        return value
    if callable(getattr(type(value), "keys", None)) and hasattr(value, "__getitem__"):
        return _mapping(dict(value), keeps)
    if isinstance(value, Iterable):
        return _items(list(value), keeps)
    if not hasattr(value, "__dict__"):
        raise Refused(of_kind(value), "return a dict, a list, text or numbers made of it")
    # What SQLAlchemy keeps in its objects is left out, as FastAPI does.
    held = {name: item for name, item in vars(value).items() if not name.startswith("_sa")}
    return {**held, **_changed(held, keeps)}


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        way_out = (
            "return base64.b64encode(...).decode(), or the bytes alone as a starlette Response"
        )
        raise Refused("bytes that are no UTF-8 text", way_out) from None
