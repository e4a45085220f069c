# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/values/codec.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""JSON to Python values and back.

msgspec reads bytes straight into the models. Where it refuses, the slower path of
:mod:`outpost_api.lenient` reads the same value: always for models msgspec cannot hold, and after a
refusal so that one wrong value does not lose a whole response.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Generic, Iterator, Mapping, Optional, Type, TypeVar

import msgspec

from outpost_api import lenient
from outpost_api.errors import DecodeError, InvalidArgument

T = TypeVar("T")

#: What is wrong with text that has half of a character of UTF-16.
NO_UTF8 = "holds lone surrogates, which have no form in UTF-8"

_encode = msgspec.json.Encoder().encode
_decode_untyped = msgspec.json.Decoder().decode
_decoders: Dict[Any, Decoder[Any]] = {}


class Decoder(Generic[T]):
    """Reads JSON bytes as one type. Kept for reuse: :func:`decoder`."""

    __slots__ = ("_native", "type")

    def __init__(self, type: Any) -> None:
        self.type = type
        self._native: Optional[Callable[[bytes], T]] = None
        if lenient.is_native(type):
            try:
                self._native = msgspec.json.Decoder(type).decode
            except TypeError:  # for example a union of two models
                self._native = None

    def __call__(self, content: bytes, strict: bool = False) -> T:
        """Return the value that ``content`` holds.

        Raises:
            DecodeError: ``content`` is not JSON; or it is something else altogether, such as null
                where an object is due, or an object without any of the fields that are required;
                or it does not fit and ``strict`` is true.
        """
        if self._native is not None:
            try:
                return self._native(content)
            except msgspec.ValidationError as mismatch:
                if strict:
                    raise _mismatch(mismatch) from None
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                pass  # told apart by the untyped reader below
        read = read_json(content)
        got = lenient.misfit(self.type, read)
        if got is not None:
            # Inside a value a wrong type costs one field; here nothing of what was asked for is left.
            raise DecodeError(f"expected {lenient.spelled(self.type)}, got {got}", content=content)
        value: T = lenient.convert(self.type, read, strict)
        return value


def decoder(type: Any) -> Decoder[Any]:
    """Return the reader of a type, made once."""
    try:
        return _decoders[type]
    except KeyError:
        made: Decoder[Any] = Decoder(type)
        _decoders[type] = made
        return made


def read_json(content: bytes) -> Any:
    """Return what JSON bytes hold, untyped.

    Raises:
        DecodeError: they are not JSON.
    """
    try:
        return _decode_untyped(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # Takes what msgspec does not: NaN, a byte order mark, UTF-16.
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        reason = "empty body where JSON is due" if not content.strip() else f"not JSON: {problem}"
        raise DecodeError(reason, content=bytes(content)) from None


def from_builtins(type: Type[T], value: Any, *, strict: bool = False) -> T:
    """Return a JSON value as the given type.

    Raises:
        DecodeError: the value does not fit and ``strict`` is true, or is no JSON object where a
            model is due.
    """
    if lenient.is_native(type):
        try:
            return msgspec.convert(value, type)
        except msgspec.ValidationError as mismatch:
            if strict:
                raise _mismatch(mismatch) from None
        except TypeError:
            pass  # a type msgspec cannot hold
    converted = lenient.convert(type, value, strict)
    if lenient.is_model(type) and not isinstance(converted, type):
        raise DecodeError(f"expected an object for {type.__name__}, got {lenient.kind(value)}")
    result: T = converted
    return result


def encode_json(value: Any) -> bytes:
    """Return a value as JSON bytes under wire names, without unset fields.

    Raises:
        InvalidArgument: it holds text that UTF-8 has no form for.
    """
    if not getattr(value, "__native__", False):
        value = lenient.to_builtins(value)
    try:
        return _encode(value)
    except UnicodeEncodeError:
        pass  # it holds the text, which may be a secret
    raise InvalidArgument(unwritable(lenient.to_builtins(value)), NO_UTF8)


def unwritable(value: Any) -> str:
    """Return where plain JSON values hold text that UTF-8 has no form for, as ``secrets[0].value``.

    It is "body" when the value is the text itself, or where none is found.
    """
    return next(_surrogates(value, ""), "") or "body"


def _surrogates(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield place
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _surrogates(key, f"{place} (a key)".lstrip())
            yield from _surrogates(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _surrogates(item, f"{place}[{index}]")


to_builtins = lenient.to_builtins
wire_fields = lenient.wire_fields


def _mismatch(error: msgspec.ValidationError) -> DecodeError:
    reason, _, path = str(error).partition(" - at `")
    path = path.rstrip("`") or "$"
    return DecodeError(f"{path}: {reason}", path=path)
