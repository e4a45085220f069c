"""Classes of answers made as before: from any keywords, with objects made from dictionaries.

``UserDetails(**json)`` made an object out of an answer: keywords that it did not know were
dropped, missing ones became None, dictionaries inside became objects. The documented way is
``UserDetails.from_dict(json)``, which does the same on purpose.
"""

import inspect
from typing import Any, Dict, Mapping, Sequence, Type, TypeVar, cast

import attrs

from outpost_api.model import Model
from outpostkit._published.warning import warn_once

M = TypeVar("M", bound=Model)


def published(model: Type[M]) -> Type[M]:
    """Return a class whose calls make objects of ``model`` as the published packages did.

    The objects are of the generated class itself, and all of its objects are instances of the
    class that is returned.
    """
    members = {
        "__slots__": (),
        "__doc__": model.__doc__,
        "__module__": model.__module__,
        "__qualname__": model.__qualname__,
        "__signature__": _signature(model),
        "_model": model,
        "from_dict": model.from_dict,
    }
    return _Published(model.__name__, (model,), members)  # type: ignore[return-value]  # a subclass


def make(
    model: Type[M],
    args: Sequence[object],
    fields: Mapping[str, object],
    *,
    stacklevel: int = 4,
) -> M:
    """Return an object of ``model`` from what an earlier constructor accepted.

    Raises:
        TypeError: there are more positional values than fields, or one is given twice.
    """
    known = attrs.fields_dict(cast("Type[attrs.AttrsInstance]", model))
    if len(args) > len(known):
        raise TypeError(f"{model.__name__}() has {len(known)} fields, and {len(args)} were given")
    given: Dict[str, Any] = dict(zip(known, args))
    for name, value in fields.items():
        if name in given:
            raise TypeError(f"{model.__name__}() got {name!r} twice")
        given[name] = value
    unknown = sorted(given.keys() - known.keys())
    missing = sorted(
        name
        for name, field in known.items()
        if field.default is attrs.NOTHING and name not in given
    )
    if unknown or missing:
        found = [f"not a field: {', '.join(unknown)}"] if unknown else []
        found += [f"missing, so None: {', '.join(missing)}"] if missing else []
        warn_once(
            f"{model.__name__}(...), {'; '.join(found)}",
            f"{model.__name__}.from_dict(...) to read an answer",
            stacklevel=stacklevel,
        )
    return model.from_dict(given)


class _Published(type):
    """What a call of a published class does, and what its instances are."""

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        model = cls.__dict__.get("_model")
        if model is None:  # a subclass that a user made
            return super().__call__(*args, **fields)
        return make(model, args, fields)

    def __instancecheck__(cls, instance: object) -> bool:
        model = cls.__dict__.get("_model")
        return super().__instancecheck__(instance) if model is None else isinstance(instance, model)

    def __subclasscheck__(cls, subclass: type) -> bool:
        model = cls.__dict__.get("_model")
        return super().__subclasscheck__(subclass) if model is None else issubclass(subclass, model)


def _signature(model: type) -> inspect.Signature:
    """Return a signature in which nothing is required and anything is allowed, as it was."""
    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if field.default is attrs.NOTHING else field.default,
        )
        for field in attrs.fields(model)
    ]
    rest = inspect.Parameter("ignored", inspect.Parameter.VAR_KEYWORD)
    return inspect.Signature([*parameters, rest])
