"""Whether a request can give every parameter of a route its value, by what FastAPI made of it."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ForwardRef

from pydantic import BaseModel
from pydantic.errors import PydanticUndefinedAnnotation

from outpost_server.worker.errors import TemplateError
from outpost_server.worker.loading.annotations import (
    in_short,
    name_of,
    nested_classes,
    unresolved,
)

DEFINE_IT = (
    "Define or import it on the top level of the module that has the type, not under "
    "TYPE_CHECKING and not within a function."
)


def complete_models(template: object) -> None:
    """Have the models of a template find each other, also those within its class.

    Pydantic itself looks on the top level of the module only, and that once the model is needed.
    """
    module = sys.modules.get(type(template).__module__)
    nested = nested_classes(template)
    for model in (*vars(module or template).values(), *nested.values()):
        if inspect.isclass(model) and issubclass(model, BaseModel):
            with suppress(Exception):  # said of the parameter that needs it
                model.model_rebuild(raise_errors=False, _types_namespace=nested)


def require_answerable(route: Any, names: Mapping[str, Any]) -> None:
    """Check that requests to a route of FastAPI can be answered at all.

    ``names`` are those that types may use besides those of their own modules.

    Raises:
        TemplateError: a parameter, also one of a dependency, can be given no value, or no answer
            has the type of the answers. The reason names it and the way out.
    """
    _require_values(route.dependant, names)
    answer = getattr(route, "response_field", None)
    if answer is not None:
        _complete(answer, names, f"The answer of {name_of(route.dependant.call)!r}")


def _require_values(dependant: Any, names: Mapping[str, Any]) -> None:
    call = dependant.call
    for parameter in inspect.signature(call).parameters.values():
        _require_name(call, parameter)
    for field in _fields(dependant):
        kind = field.field_info.annotation
        if isinstance(kind, (str, ForwardRef)):
            raise unresolved(call, f"the parameter {field.name!r}", kind)
        _complete(field, names, f"The parameter {field.name!r} of {name_of(call)!r}")
    for dependency in dependant.dependencies:
        _require_values(dependency, {})


def _require_name(call: Callable[..., Any], parameter: inspect.Parameter) -> None:
    """Check that a parameter can be given by its name, which is all that FastAPI does."""
    if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
        raise TemplateError(
            f"The parameter {parameter.name!r} of {name_of(call)!r} is positional-only, and a "
            "request gives each by its name: leave out the '/' behind it."
        )
    if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
        raise TemplateError(
            f"The parameter {str(parameter).partition(':')[0]!r} of {name_of(call)!r} stands for "
            "any others, and a request gives each by its name: write out what it takes. A "
            "decorator keeps the parameters of what it wraps with functools.wraps; a whole body "
            "is one parameter, such as 'body: dict'."
        )


def _fields(dependant: Any) -> Iterator[Any]:
    for place in ("path", "query", "header", "cookie", "body"):
        yield from getattr(dependant, f"{place}_params")


def _complete(field: Any, names: Mapping[str, Any], what: str) -> None:
    """Complete the type of a field with ``names``. Its adapter is all that FastAPI asks."""
    rebuild = getattr(field._type_adapter, "rebuild", None)  # since pydantic 2.10
    if rebuild is None:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how FastAPI describes a field
            is_complete = rebuild(_types_namespace=names) is not False
    except PydanticUndefinedAnnotation as error:
        raise TemplateError(
            f"{what} is of a type that names {error.name!r}, which is not defined. {DEFINE_IT}"
        ) from None
    except Exception as error:
        raise TemplateError(f"{what} is of a type that is none: {in_short(error)}") from None
    if not is_complete:
        raise TemplateError(f"{what} is of a type that is not complete. {DEFINE_IT}")
