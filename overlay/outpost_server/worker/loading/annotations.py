"""Annotations of a template's methods, resolved before FastAPI sees them.

FastAPI takes a parameter whose annotation it cannot resolve for one of the query: every request
would be refused.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, ForwardRef, get_args, get_type_hints

from fastapi import FastAPI, params
from fastapi.dependencies.utils import get_typed_signature
from fastapi.exceptions import FastAPIError

from outpost_server.worker.errors import TemplateError, describe


def resolved(method: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a method, its annotations resolved.

    Names are looked for in the module of the method, and in its class and the bases of that.

    Raises:
        TemplateError: an annotation cannot be resolved; the reason names it and the way out. What
            is returned may be unknown.
    """
    signature = inspect.signature(method)
    hints = dict(_hints(method))
    found = []
    for name, parameter in signature.parameters.items():
        kind = hints.get(name, parameter.annotation)
        if isinstance(kind, (str, ForwardRef)):
            raise unresolved(method, f"the parameter {name!r}", kind)
        found.append(parameter.replace(annotation=kind))
    answer = hints.get("return", signature.return_annotation)
    if isinstance(answer, (str, ForwardRef)):
        answer = inspect.Signature.empty
    return signature.replace(parameters=found, return_annotation=answer)


def require_types_of_requests(method: Callable[..., Any], path: str) -> None:
    """Check parameters one by one, as FastAPI does not say which of them it cannot take.

    Raises:
        TemplateError: no request can have a value of the type of a parameter, or FastAPI refuses
            it; the reason names it.
    """
    for parameter in get_typed_signature(method).parameters.values():

        def alone(**_: object) -> None: ...

        alone.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]
        try:
            FastAPI().add_api_route(path, alone, response_model=None)
        except Exception as error:
            dependency = _dependency(parameter)
            if dependency is not None:
                with suppress(ValueError):  # some of what is built in has no signature
                    require_types_of_requests(dependency, path)
            raise _refused(method, parameter, error) from None


def nested_classes(holder: object) -> dict[str, type]:
    """Return the classes that stand within a class or that of an instance, and its bases."""
    owner = holder if inspect.isclass(holder) else type(holder)
    return {
        key: value
        for one in reversed(owner.__mro__)
        for key, value in vars(one).items()
        if inspect.isclass(value)
    }


def name_of(call: Callable[..., Any]) -> str:
    """Return what a person calls a function, a class or an instance that can be called."""
    return str(getattr(call, "__name__", type(call).__name__))


def in_short(error: Exception) -> str:
    """Return what pydantic says, without the address where it says more."""
    return describe(error).partition("\n")[0]


def unresolved(method: Callable[..., Any], what: str, kind: Any) -> TemplateError:
    """Return the error of an annotation of ``what`` that is still text."""
    text = kind.__forward_arg__ if isinstance(kind, ForwardRef) else kind
    return TemplateError(
        f"The annotation {text!r} of {what} of {name_of(method)!r} cannot be resolved. Define or "
        "import what it names on the top level of the module, not under TYPE_CHECKING and not "
        "within a function; 'from __future__ import annotations' makes text of every annotation."
    )


def _hints(method: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    function = inspect.unwrap(getattr(method, "__func__", method))
    if inspect.isclass(function):
        function = function.__init__
    elif callable(function) and not inspect.isroutine(function):  # an instance
        function = type(function).__call__
    module = sys.modules.get(getattr(function, "__module__", ""))
    names = getattr(function, "__globals__", vars(module) if module else {})
    nested = nested_classes(getattr(method, "__self__", None))
    for name, annotation in getattr(function, "__annotations__", {}).items():
        # One by one: an answer that cannot be resolved must not hide the parameters.
        alone = type("Alone", (), {"__annotations__": {name: annotation}})
        try:
            yield name, get_type_hints(alone, names, nested, include_extras=True)[name]
        except Exception:
            yield name, str(annotation)


def _dependency(parameter: inspect.Parameter) -> Callable[..., Any] | None:
    kind, *marks = get_args(parameter.annotation) or (parameter.annotation,)
    for mark in (*marks, parameter.default):
        if isinstance(mark, params.Depends):
            found: Callable[..., Any] | None = mark.dependency or kind
            return found
    return None


def _refused(
    method: Callable[..., Any], parameter: inspect.Parameter, error: Exception
) -> TemplateError:
    what = f"the parameter {parameter.name!r} of {name_of(method)!r}"
    # Of what is no type at all it asks for attributes.
    if _dependency(parameter) or not isinstance(error, (FastAPIError, AttributeError)):
        return TemplateError(f"T{what[1:]} cannot be served: {in_short(error)}")
    found = parameter.annotation
    kind = found.__name__ if inspect.isroutine(found) else inspect.formatannotation(found)
    return TemplateError(
        f"The annotation {kind!r} of {what} is no type that a request can have. Write one that "
        "JSON has, such as list[float], or a pydantic model, and make the other of it within the "
        "method, as numpy.asarray(...) does; for a file, fastapi.UploadFile; typing.Any for "
        "whatever comes."
    )
