"""Fields under their old names: read, written and given to the constructor."""

import inspect
from typing import Any, Callable, Dict, List, Sequence, Type, TypeVar, cast

import attrs

from outpost_api.model import Model
from outpostkit._published.warning import warn_once

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def renamed_fields(**better: str) -> Callable[[Type[T]], Type[T]]:
    """Decorate a subclass of a model with old names of its fields: ``old="new"``.

    Type checkers know the new names only, which are those of the API.
    """

    def add(cls: Type[T]) -> Type[T]:
        for old, new in better.items():
            setattr(cls, old, _old_name(cls.__name__, old, new))
        given = cls.__init__

        def __init__(self: Any, *args: Any, **fields: Any) -> None:
            given(self, *args, **_new_names(cls.__name__, better, fields))

        setattr(cls, "__init__", __init__)  # noqa: B010 - mypy forbids the plain assignment
        setattr(cls, "__signature__", _signature(cls, given, better))  # noqa: B010 - as above
        return cls

    return add


def as_published(cls: Type[M], found: Model) -> M:
    """Return an answer as the subclass of its class that also knows the old names of its fields."""
    if isinstance(found, cls) or not attrs.has(type(found)):
        return cast(M, found)  # a value of the wrong type is kept as it came
    attributes = attrs.fields(cast("Type[attrs.AttrsInstance]", type(found)))
    values = {attribute.name: getattr(found, attribute.name) for attribute in attributes}
    return cls(**values)


def all_published(cls: Type[M], found: Sequence[Model]) -> List[M]:
    """Return the items of an answer as :func:`as_published` does."""
    if not isinstance(found, list):
        return cast("List[M]", found)  # as above
    return [as_published(cls, each) for each in found]


def _old_name(owner: str, old: str, new: str) -> property:
    def read(self: object) -> object:
        warn_once(f"{owner}.{old}", f"{owner}.{new}")
        value: object = getattr(self, new)
        return value

    def write(self: object, value: object) -> None:
        warn_once(f"{owner}.{old}", f"{owner}.{new}")
        setattr(self, new, value)

    return property(read, write, doc=f"An earlier name of ``{new}``.")


def _new_names(owner: str, better: Dict[str, str], fields: Dict[str, Any]) -> Dict[str, Any]:
    renamed: Dict[str, Any] = {}
    for name, value in fields.items():
        new = better.get(name, name)
        if new != name:
            warn_once(f"{owner}({name}=)", f"{owner}({new}=)", stacklevel=4)
        if new in renamed:
            raise TypeError(f"{owner}() got {new!r} under two names")
        renamed[new] = value
    return renamed


def _signature(cls: type, given: Callable[..., None], better: Dict[str, str]) -> inspect.Signature:
    """Return a signature that both spellings of a call fit."""
    parameters: List[inspect.Parameter] = []
    rest = [
        parameter
        for parameter in inspect.signature(given).parameters.values()
        if parameter.kind is inspect.Parameter.VAR_KEYWORD
    ]
    is_optional = bool(rest)
    for field in attrs.fields(cls):
        is_optional = is_optional or field.name in better.values()
        is_optional = is_optional or field.default is not attrs.NOTHING
        parameters.append(
            inspect.Parameter(
                field.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if is_optional else inspect.Parameter.empty,
            )
        )
    parameters.extend(
        inspect.Parameter(old, inspect.Parameter.KEYWORD_ONLY, default=None) for old in better
    )
    return inspect.Signature([*parameters, *rest])
