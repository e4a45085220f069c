# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/values/unions.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Which member of a union a JSON object is meant for: by its tag, else by its fields."""

import typing
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

import attr
import msgspec

#: (JSON object) -> the model to read it as, or None when there is none
Choose = Callable[[Mapping[str, Any]], Any]
#: (model, JSON object) -> whether the object is one, strictly
Fits = Callable[[Any, Mapping[str, Any]], bool]


class _Rule(NamedTuple):
    property_name: str
    mapping: Mapping[Any, Any]
    default: Any


class _Shape(NamedTuple):
    known: FrozenSet[str]
    required: FrozenSet[str]
    #: wire name -> its only value
    constants: Mapping[str, Any]
    #: whether it keeps further fields
    is_open: bool


_rules: Dict[FrozenSet[Any], _Rule] = {}
_shapes: Dict[Any, _Shape] = {}


def discriminate(
    union: Any, property_name: str, mapping: Mapping[Any, Any], default: Any = None
) -> None:
    """Say which property tells the members of a union apart, and by which values.

    An object whose tag is not in ``mapping`` is read as ``default``, if there is one.
    """
    models = frozenset(each for each in typing.get_args(union) if hasattr(each, "__wire_names__"))
    _rules[models] = _Rule(property_name, mapping, default)


def chooser(models: Sequence[Any], fits: Fits) -> Choose:
    """Return the function that picks the member of a union that a JSON object is meant for."""
    if len(models) == 1:
        return lambda value: models[0]
    rule = _rules.get(frozenset(models))
    if rule is not None:
        return _by_tag(rule.property_name, rule.mapping, _by_shared_tag(models, rule, fits))
    by_shape = _by_shape(models, fits)
    constant = _constant(models)
    return _by_tag(*constant, by_shape) if constant is not None else by_shape


def is_rather_a_map(cls: Any, value: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is less than a model, or more than it can hold.

    It has none of the model's fields, or not all that are required, or fields that would be lost.
    """
    shape = _shape(cls)
    if not shape.required <= set(value) or (bool(value) and not shape.known & set(value)):
        return True
    return not (shape.known >= set(value) or shape.is_open)


def _by_tag(property_name: str, mapping: Mapping[Any, Any], otherwise: Choose) -> Choose:
    def choose(value: Mapping[str, Any]) -> Any:
        tag = value.get(property_name)
        found = mapping.get(tag) if isinstance(tag, (str, int)) else None
        return found if found is not None else otherwise(value)

    return choose


def _by_shared_tag(models: Sequence[Any], rule: _Rule, fits: Fits) -> Choose:
    """Return what chooses between models that have one tag; of others, none has it."""

    def choose(value: Mapping[str, Any]) -> Any:
        tag = value.get(rule.property_name, msgspec.UNSET)
        sharing = [each for each in models if _shape(each).constants.get(rule.property_name) == tag]
        return _by_shape(sharing, fits)(value) if sharing else rule.default

    return choose


def _by_shape(models: Sequence[Any], fits: Fits) -> Choose:
    def choose(value: Mapping[str, Any]) -> Any:
        def score(cls: Any) -> Tuple[bool, int, int, int]:
            shape = _shape(cls)
            missing = shape.required - set(value)
            # Of two that know as much of it, the one with fewer fields that it does not have.
            return (
                not missing and fits(cls, value),
                len(shape.known & set(value)) - len(set(value) - shape.known),
                -len(missing),
                -len(shape.known - set(value)),
            )

        return max(models, key=score) if models else None

    return choose


def _constant(models: Sequence[Any]) -> Optional[Tuple[str, Mapping[Any, Any]]]:
    """Return a field that has one value in each of the models, another in each of them."""
    if not models:
        return None
    shapes = [_shape(each) for each in models]
    for name in shapes[0].constants:
        values: List[Any] = [shape.constants[name] for shape in shapes if name in shape.constants]
        if len(set(map(repr, values))) == len(models):
            return name, dict(zip(values, models))
    return None


def _shape(cls: Any) -> _Shape:
    try:
        return _shapes[cls]
    except KeyError:
        pass
    hints = typing.get_type_hints(cls)
    required, constants = set(), {}
    names = {
        field.name: cls.__wire_names__.get(field.name, field.name) for field in attr.fields(cls)
    }
    is_open = "additional_properties" in names and "additional_properties" not in cls.__wire_names__
    if is_open:
        del names["additional_properties"]
    for field in attr.fields(cls):
        if field.name not in names:
            continue
        wire_name = names[field.name]
        members = typing.get_args(hints[field.name])
        of_one = _only_value(hints[field.name])
        # A constant has a default so that callers need not write it; an answer must say it.
        if field.default is attr.NOTHING or (
            of_one is not None and msgspec.UnsetType not in members
        ):
            required.add(wire_name)
        if of_one is not None:
            constants[wire_name] = of_one
    _shapes[cls] = shape = _Shape(
        frozenset(names.values()), frozenset(required), constants, is_open
    )
    return shape


def _only_value(hint: Any) -> Any:
    """Return the value of a Literal of one value; ``None`` for any other type."""
    if typing.get_origin(hint) is typing.Literal:
        values = typing.get_args(hint)
        return values[0] if len(values) == 1 else None
    found = [_only_value(each) for each in typing.get_args(hint) if each is not msgspec.UnsetType]
    return found[0] if len(found) == 1 and typing.get_origin(hint) is typing.Union else None
