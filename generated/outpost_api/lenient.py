# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/values/lenient.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""The pure-Python reader and writer of models, for what msgspec refuses.

Lenient reading loses nothing: a value of the wrong type is kept as it is, a missing required field
reads as ``None``. Strict reading names the JSON path of the first value that does not fit.
"""

import enum
import threading
import typing
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple, Union

import attr
import msgspec

from outpost_api.errors import DecodeError

#: (value, JSON path or None when lenient) -> converted value
Converter = Callable[[Any, Optional[str]], Any]

_UNSET = msgspec.UNSET
_converters: Dict[Any, Converter] = {}


class _BeingMade(threading.local):
    """The types whose converters this thread is making."""

    def __init__(self) -> None:
        self.types: Set[Any] = set()


_being_made = _BeingMade()
_native: Dict[Any, bool] = {}


class _Field(NamedTuple):
    attribute: str
    wire_name: str
    required: bool
    convert: Converter


def is_model(type: Any) -> bool:
    """Return whether the type is one of the attrs classes of this package."""
    return isinstance(type, _CLASS) and hasattr(type, "__wire_names__")


def is_native(type: Any) -> bool:
    """Return whether msgspec can hold the type, as far as the models in it know."""
    try:
        return _native[type]
    except KeyError:
        arguments = typing.get_args(type)
        native = all(is_native(each) for each in arguments) and bool(
            getattr(type, "__native__", True)
        )
        if native and typing.get_origin(type) is Union:
            native = (
                sum(is_model(each) or typing.get_origin(each) is dict for each in arguments) < 2
            )
        _native[type] = native
        return native
    except TypeError:  # an unhashable argument of Literal
        return True


def convert(type: Any, value: Any, strict: bool = False) -> Any:
    """Return a JSON value as the given type.

    Raises:
        DecodeError: ``strict`` and something does not fit.
    """
    return converter(type)(value, "$" if strict else None)


def converter(type: Any) -> Converter:
    """Return the converter of a type, made once."""
    try:
        return _converters[type]
    except KeyError:
        pass
    if type in _being_made.types:
        # A model may hold itself: what is asked for while it is being made is looked up later.
        return lambda value, path: converter(type)(value, path)
    _being_made.types.add(type)
    try:
        # Not before it is made: other threads would find it, and an interruption would leave it.
        _converters[type] = made = _make(type)
    finally:
        _being_made.types.discard(type)
    return made


def wire_fields(value: Any) -> Any:
    """Return the fields of a model under their wire names, as they are, without unset ones."""
    if not is_model(type(value)):
        return (
            {key: item for key, item in value.items() if item is not _UNSET}
            if isinstance(value, Mapping)
            else value
        )
    names = value.__wire_names__
    written: Dict[str, Any] = {}
    for field in attr.fields(type(value)):
        item = getattr(value, field.name)
        if item is _UNSET:
            continue
        if field.name == "additional_properties" and field.name not in names:
            written.update(item)
        else:
            written[names.get(field.name, field.name)] = item
    return written


def to_builtins(value: Any) -> Any:
    """Return a value as plain JSON values under wire names, without unset fields."""
    if is_model(type(value)):
        return {name: to_builtins(item) for name, item in wire_fields(value).items()}
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: to_builtins(item) for key, item in value.items() if item is not _UNSET}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_builtins(item) for item in value]
    return msgspec.to_builtins(value)


def misfit(type: Any, value: Any) -> Optional[str]:
    """Return how a message names a JSON value that is nothing of what the type says, else None.

    Such is a value of another kind, an object without any of the required fields as they should be, and an
    array of these.
    """
    origin = typing.get_origin(type)
    if origin is Union:
        found = [
            misfit(each, value) for each in typing.get_args(type) if each is not msgspec.UnsetType
        ]
        return None if None in found else max(filter(None, found), key=len)
    if is_model(type):
        return _stranger(type, value) if isinstance(value, Mapping) else kind(value)
    if origin is dict:
        return None if isinstance(value, Mapping) else kind(value)
    if origin is list:
        if not isinstance(value, list):
            return kind(value)
        # One item that fits is enough: a wrong one costs no more than itself.
        wrong = [misfit(typing.get_args(type)[0], each) for each in value[:_LOOKED_AT]]
        return f"array of {wrong[0]}" if wrong and None not in wrong else None
    if type is Any or _fits_scalar(type, value):
        return None
    return kind(value)


def _stranger(cls: Any, value: Mapping[str, Any]) -> Optional[str]:
    hints = typing.get_type_hints(cls)
    required = {
        cls.__wire_names__.get(each.name, each.name): hints[each.name]
        for each in attr.fields(cls)
        if each.default is attr.NOTHING
    }
    if not required or any(
        name in value and misfit(required[name], value[name]) is None for name in required
    ):
        return None
    names = ", ".join(list(required)[:_NAMED]) + (" and others" if len(required) > _NAMED else "")
    return (
        f"object without {names}"
        if required.keys().isdisjoint(value)
        else f"object with wrong {names}"
    )


def _fits_scalar(type: Any, value: Any) -> bool:
    try:
        msgspec.convert(value, type)
    except msgspec.ValidationError:
        return False
    except TypeError:  # a type that msgspec does not know says nothing
        pass
    return True


def spelled(type: Any) -> str:
    """Return how a message names a type: ``User``, ``List[User]``."""
    if typing.get_origin(type) is None:
        return str(getattr(type, "__name__", type))
    inner = ", ".join(spelled(each) for each in typing.get_args(type))
    name = str(getattr(typing.get_origin(type), "__name__", typing.get_origin(type)))
    return f"{_SPELLED.get(name, 'Union')}[{inner}]"


def header_fields(cls: Any, headers: Mapping[str, str]) -> Any:
    """Return a model whose fields are headers, each read from text as its type asks."""
    hints = typing.get_type_hints(cls)
    arguments: Dict[str, Any] = {}
    for field in attr.fields(cls):
        text = headers.get(cls.__wire_names__.get(field.name, field.name))
        if text is not None:
            arguments[field.name.lstrip("_")] = _from_text(hints[field.name], text)
    return cls(**arguments)


def _from_text(type: Any, text: str) -> Any:
    members = typing.get_args(type) if typing.get_origin(type) is Union else (type,)
    for member in members:
        if typing.get_origin(member) is list:
            item = typing.get_args(member)[0]
            return [_from_text(item, part.strip()) for part in text.split(",")] if text else []
    plain = [each for each in members if each is not msgspec.UnsetType and not is_model(each)]
    try:
        return msgspec.convert(text, Union[tuple(plain)], strict=False) if plain else text
    except (msgspec.ValidationError, TypeError):
        return text


def kind(value: Any) -> str:
    """Return the JSON name of a value's type."""
    for python, name in _KINDS:
        if isinstance(value, python):
            return name
    return type(value).__name__


def _make(type: Any) -> Converter:
    origin = typing.get_origin(type)
    if type is Any:
        return lambda value, path: value
    if origin is Union:
        return _union(type)
    if origin is list:
        return _list(converter(typing.get_args(type)[0]))
    if origin is dict:
        return _dict(converter(typing.get_args(type)[1]))
    if is_model(type):
        return _model(type)
    return _scalar(type)


def _model(cls: Any) -> Converter:
    hints = typing.get_type_hints(cls)
    extra: Optional[Converter] = None
    fields: List[_Field] = []
    for each in attr.fields(cls):
        if each.name == "additional_properties" and each.name not in cls.__wire_names__:
            extra = converter(hints[each.name])
        else:
            wire_name = cls.__wire_names__.get(each.name, each.name)
            fields.append(
                _Field(
                    each.name, wire_name, each.default is attr.NOTHING, converter(hints[each.name])
                )
            )
    known = {field.wire_name for field in fields}

    def read(value: Any, path: Optional[str]) -> Any:
        if not isinstance(value, Mapping):
            return _refuse(value, path, "object")
        arguments: Dict[str, Any] = {}
        for field in fields:
            if field.wire_name in value:
                arguments[field.attribute] = field.convert(
                    value[field.wire_name], path and f"{path}.{field.wire_name}"
                )
            elif field.required:
                if path is not None:
                    raise DecodeError(
                        f"{path}: missing required field `{field.wire_name}`", path=path
                    )
                arguments[field.attribute] = None
        if extra is not None:
            rest = {key: item for key, item in value.items() if key not in known}
            arguments["additional_properties"] = extra(rest, path)
        return cls(**{name.lstrip("_"): item for name, item in arguments.items()})

    return read


def _list(item: Converter) -> Converter:
    def read(value: Any, path: Optional[str]) -> Any:
        if not isinstance(value, list):
            return _refuse(value, path, "array")
        return [item(each, path and f"{path}[{index}]") for index, each in enumerate(value)]

    return read


def _dict(item: Converter) -> Converter:
    def read(value: Any, path: Optional[str]) -> Any:
        if not isinstance(value, Mapping):
            return _refuse(value, path, "object")
        return {key: item(each, path and f"{path}[...]") for key, each in value.items()}

    return read


def _scalar(type: Any) -> Converter:
    def read(value: Any, path: Optional[str]) -> Any:
        if isinstance(value, (dict, list)):
            return _refuse(value, path, getattr(type, "__name__", str(type)))
        try:
            return msgspec.convert(value, type)
        except msgspec.ValidationError as mismatch:
            if path is not None:
                raise DecodeError(f"{path}: {mismatch}", path=path) from None
            return value

    return read


def _union(union: Any) -> Converter:
    # Most programs read none by hand; the import would take part of their first answer's time.
    from outpost_api.unions import chooser, is_rather_a_map

    members = [each for each in typing.get_args(union) if each is not msgspec.UnsetType]
    models = [each for each in members if is_model(each)]
    maps = [converter(each) for each in members if typing.get_origin(each) is dict]
    lists = [converter(each) for each in members if typing.get_origin(each) is list]
    scalars = [
        each
        for each in members
        if not is_model(each) and typing.get_origin(each) not in (dict, list)
    ]
    scalar = _scalar_of(scalars)
    choose = chooser(models, _fits)

    def read(value: Any, path: Optional[str]) -> Any:
        if isinstance(value, Mapping):
            chosen = choose(value) if models else None
            if chosen is not None and not (maps and is_rather_a_map(chosen, value)):
                return converter(chosen)(value, path)
            return maps[0](value, path) if maps else _any_or_refuse(value, path, scalars)
        if isinstance(value, list):
            return _first(lists, value, path) if lists else _any_or_refuse(value, path, scalars)
        return scalar(value, path)

    return read


def _scalar_of(scalars: List[Any]) -> Converter:
    if not scalars:
        return lambda value, path: _refuse(value, path, "object")
    union: Any = Union[tuple(scalars)]
    try:
        msgspec.json.Decoder(union)
    except TypeError:  # texts of several kinds, such as an enum or any text, a date or a time
        return _text_of_some_kind(scalars)
    return _scalar(union)


def _text_of_some_kind(scalars: List[Any]) -> Converter:
    enums = [each for each in scalars if isinstance(each, _CLASS) and issubclass(each, enum.Enum)]
    others = [each for each in scalars if each not in enums and each is not str]

    def read(value: Any, path: Optional[str]) -> Any:
        if isinstance(value, (dict, list)):
            return _refuse(value, path, spelled(Union[tuple(scalars)]))
        for each in enums:
            if value in each._value2member_map_:
                return each(value)
        for each in others:
            try:
                made = msgspec.convert(value, each)
            except msgspec.ValidationError:
                continue
            # Where any text may stand, a date is one only if nothing of its text is lost.
            if str not in scalars or to_builtins(made) == value:
                return made
        if isinstance(value, str):
            return value if str in scalars or not enums else enums[0](value)
        return _refuse(value, path, spelled(Union[tuple(scalars)]))

    return read


def _first(candidates: List[Converter], value: Any, path: Optional[str]) -> Any:
    """Return what the first candidate that fits strictly makes of a value, else the first of all."""
    for candidate in candidates[:-1] if path else candidates:
        try:
            return candidate(value, "$")
        except DecodeError:
            continue
    return candidates[-1 if path else 0](value, path)


def _fits(cls: Any, value: Mapping[str, Any]) -> bool:
    try:
        converter(cls)(value, "$")
    except DecodeError:
        return False
    return True


def _any_or_refuse(value: Any, path: Optional[str], scalars: List[Any]) -> Any:
    return (
        value
        if Any in scalars
        else _refuse(value, path, " or ".join(getattr(s, "__name__", str(s)) for s in scalars))
    )


def _refuse(value: Any, path: Optional[str], expected: str) -> Any:
    if path is None:
        return value
    raise DecodeError(f"{path}: expected {expected}, got {kind(value)}", path=path)


_CLASS = type
#: How many items of an array are looked at before it is taken for something else.
_LOOKED_AT = 100
#: How many missing fields a message names.
_NAMED = 3
_SPELLED = {"list": "List", "dict": "Dict"}
_KINDS: Tuple[Tuple[Any, str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    (str, "string"),
    (int, "integer"),
    (float, "number"),
    (list, "array"),
    (Mapping, "object"),
)
