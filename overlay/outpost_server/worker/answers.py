"""What a method of a template returns, as values that FastAPI makes JSON of.

Libraries are never imported for it: a value is one of theirs only where the template has them.
"""

from __future__ import annotations

import base64
import dataclasses
import inspect
import io
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextvars import ContextVar
from math import isfinite
from pathlib import PurePath
from types import ModuleType
from typing import Any

from fastapi.encoders import ENCODERS_BY_TYPE
from pydantic import BaseModel
from starlette.responses import Response

# Nothing within these has to be looked at.
_PLAIN = frozenset((str, int, bool, type(None)))
_NUMBERS = frozenset((float, int, bool))
# What FastAPI makes JSON of although it has no attributes.
_KNOWN: tuple[Any, ...] = (*ENCODERS_BY_TYPE, Iterator, AsyncIterator, PurePath, str, int)


#: What the answer to the present request is streamed from; it is closed with the answer.
STREAMS: ContextVar[list[AsyncGenerator[Any, None]]] = ContextVar("streams")


class AnswerError(TypeError):
    """An answer holds what JSON cannot hold; the message says where and what to return instead."""


def to_answer(value: Any) -> Any:
    """Return ``value`` without values of numpy, torch, pandas and PIL; unchanged where it has none.

    Arrays, tensors and series become lists, a table a list of its rows, times ISO 8601, an image
    within an answer a ``data:`` URL of a PNG. What pandas calls missing becomes None. An image that
    is the whole answer becomes a response.

    Raises:
        AnswerError: JSON has nothing for a value, such as NaN or a function.
    """
    try:
        if isinstance(value, Response):
            _note_stream(value)
            return value
        if _is_ready(value):
            return value
        if _is_image(value):
            return Response(_png(value), media_type="image/png")
        return _converted(value, "")
    except RecursionError:
        raise AnswerError(
            "The answer contains itself, or is nested some hundred levels deep, which cannot be "
            "sent as JSON: return what it refers to by a name or a number."
        ) from None


def _note_stream(response: Response) -> None:
    streams = STREAMS.get(None)
    stream = getattr(response, "body_iterator", None)
    if streams is not None and isinstance(stream, AsyncGenerator):
        streams.append(stream)


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
        if kinds <= _PLAIN or (kinds <= _NUMBERS and all(map(isfinite, value))):
            return True
        return all(map(_is_ready, value))
    return kind in _PLAIN or (kind is float and isfinite(value))


def _converted(value: Any, path: str) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return _mapping(value, path)
    if kind is list:
        return _items(value, path)
    if isinstance(value, float):
        return _number(value, path)
    if isinstance(value, BaseModel):
        changed = _changed(vars(value), path)
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, (tuple, set, frozenset)):
        items = _items(list(value), path)
        return (
            items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        )
    if isinstance(value, Mapping):
        return _mapping(dict(value), path)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {**fields, **changed} if (changed := _changed(fields, path)) else value
    return _foreign(value, path)


def _mapping(value: dict[Any, Any], path: str) -> dict[Any, Any]:
    changed = _changed(value, path)
    if all(type(key) is str or _is_key(key) for key in value):
        return {**value, **changed} if changed else value
    return {_key(key, path): changed.get(key, item) for key, item in value.items()}


def _changed(value: Mapping[Any, Any], path: str) -> dict[Any, Any]:
    """Return those items that have to be replaced."""
    changed = {}
    for key, item in value.items():
        if type(item) in _PLAIN:
            continue
        new = _converted(item, f"{path}.{key}" if path else str(key))
        if new is not item:
            changed[key] = new
    return changed


def _items(value: list[Any], path: str) -> list[Any]:
    kinds = set(map(type, value))
    if kinds <= _PLAIN or (kinds <= _NUMBERS and all(map(isfinite, value))):
        return value
    new = [_converted(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return new if any(one is not other for one, other in zip(new, value, strict=True)) else value


def _is_key(key: Any) -> bool:
    if isinstance(key, (str, int, float)):
        return type(key).__module__ != "numpy"
    return key is None


def _key(key: Any, path: str) -> Any:
    if _is_key(key):
        return key
    new = _foreign(key, f"the key {key!r} of {path or 'the answer'}")
    # JSON has no keys but strings.
    return new if isinstance(new, (str, int, float)) else str(new)


def _number(value: float, path: str) -> float:
    if not isfinite(value):
        way_out = "JSON has no such number: return None or a finite one, as numpy.nan_to_num makes"
        raise _refused(str(value), path, way_out)
    return value if type(value) is float else float(value)


def _foreign(value: Any, path: str) -> Any:
    """Convert a value of no kind that Python comes with, and check those that FastAPI knows."""
    if isinstance(value, complex):
        raise _refused(f"a {_name(value)}", path, "return its parts, or abs(...)")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _text(bytes(value), path)
    if isinstance(value, (type, ModuleType)) or inspect.isroutine(value):
        # What it has as attributes is no data.
        raise _refused(f"a {_name(value)}", path, "return its name, or what it returns")
    pandas = sys.modules.get("pandas")
    if pandas is not None and type(value).__module__.partition(".")[0] == "pandas":
        return _of_pandas(value, path)
    if _is_image(value):
        return "data:image/png;base64," + base64.b64encode(_png(value)).decode()
    convert = _list_method(value)
    if convert is None:
        if not hasattr(value, "__dict__") and not isinstance(value, _KNOWN):
            way_out = "return a dict, a list, text or numbers made of it"
            raise _refused(f"a {_name(value)}", path, way_out)
        return value
    try:
        items = convert()
    except Exception as error:
        way_out = f"convert it, as with .tolist(), .item() or float(...) ({error})"
        raise _refused(f"a {_name(value)}", path, way_out) from None
    return _converted(items, path)


def _list_method(value: Any) -> Callable[[], Any] | None:
    """Return what makes a list or a scalar of an array, None where ``value`` is none."""
    if callable(getattr(value, "detach", None)):  # a tensor, perhaps on a GPU
        return lambda: value.detach().cpu().tolist()
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind in ("M", "m"):  # of a unit that Python has, or they would become integers
        unit = "datetime64[us]" if kind == "M" else "timedelta64[us]"
        return lambda: value.astype(unit).tolist()
    if callable(getattr(value, "tolist", None)):
        return lambda: value.tolist()
    if callable(getattr(value, "numpy", None)):  # a tensor of TensorFlow
        return lambda: value.numpy().tolist()
    return None


def _of_pandas(value: Any, path: str) -> Any:
    pandas = sys.modules["pandas"]
    if value is pandas.NA or value is pandas.NaT:
        return None
    if isinstance(value, pandas.DataFrame):
        # As objects, where None can take the place of NaN.
        rows = value.astype(object).where(value.notna(), None).to_dict(orient="records")
        return _converted(rows, path)
    if isinstance(value, pandas.Series):
        return _converted(value.astype(object).where(value.notna(), None).tolist(), path)
    if hasattr(value, "tolist"):  # an index, an array
        return _of_pandas(pandas.Series(value), path)
    if isinstance(value, (pandas.Timestamp, pandas.Timedelta)):
        return value  # a datetime, a timedelta
    return str(value)  # a Period, an Interval


def _text(value: bytes, path: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        way_out = (
            "return base64.b64encode(...).decode(), or the bytes alone as a starlette Response"
        )
        raise _refused("bytes that are no UTF-8 text", path, way_out) from None


def _is_image(value: Any) -> bool:
    image = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return image is not None and isinstance(value, image)


def _png(image: Any) -> bytes:
    modes = ("1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA")
    file = io.BytesIO()
    (image if image.mode in modes else image.convert("RGB")).save(file, "PNG")
    return file.getvalue()


def _name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _refused(what: str, path: str, way_out: str) -> AnswerError:
    where = f"at {path}" if path else "as a whole"
    return AnswerError(f"The answer has {what} {where}, which cannot be sent as JSON: {way_out}.")
