"""The routes of a template: ``predict``, and the methods marked with ``post`` and ``get``."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, closing
from typing import Annotated, Any, TypeGuard, Union, cast, get_args, get_origin, get_type_hints

from fastapi import FastAPI, params
from fastapi.openapi.utils import validation_error_definition, validation_error_response_definition
from starlette.responses import Response
from starlette.websockets import WebSocket

from outpost_runtime.requests import TaskRequest
from outpost_runtime.routes import ROUTES, Route
from outpost_server.worker.answers.conversion import to_answer, to_item
from outpost_server.worker.errors import TemplateError
from outpost_server.worker.guarding.forks import FORKS
from outpost_server.worker.guarding.streams import follow_asynchronous, follow_synchronous
from outpost_server.worker.loading.annotations import (
    nested_classes,
    require_types_of_requests,
    resolved,
)
from outpost_server.worker.loading.parameters import require_answerable

PREDICTION_PATH = "/predict"
HEALTHCHECK_PATH = "/healthcheck"
#: ``POST`` to the address of the endpoint itself, which is what some clients are given.
ROOT_PATH = "/"
DOCUMENT_PATHS = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"})
RESERVED_PATHS = DOCUMENT_PATHS | {PREDICTION_PATH, HEALTHCHECK_PATH}


def add_predict(app: FastAPI, predict: Callable[..., Any]) -> None:
    """Serve ``predict``, also at the root. It may take a WebSocket instead."""
    resolved(predict)
    if _takes_websocket(predict):
        app.add_api_websocket_route(PREDICTION_PATH, predict)
        require_answerable(app.router.routes[-1], _names(predict))
        return
    _add(app, Route("POST", PREDICTION_PATH), predict)
    _add(app, Route("POST", ROOT_PATH), predict, is_shown=False)


def add_marked(app: FastAPI, template: object) -> None:
    """Serve the methods that the template has marked.

    Raises:
        TemplateError: a path cannot be served, or is served already.
    """
    taken: dict[tuple[str, str], str] = {}
    for name, route in _marked(type(template)):
        if not isinstance(route.path, str) or not route.path.startswith("/"):
            raise TemplateError(f"The path {route.path!r} of {name!r} does not begin with '/'.")
        if route.path in RESERVED_PATHS or (route.method, route.path) == ("POST", ROOT_PATH):
            raise TemplateError(f"The path {route.path} of {name!r} is served already.")
        earlier = taken.setdefault((route.method, route.path), name)
        if earlier != name:
            raise TemplateError(f"{earlier!r} and {name!r} both serve {route.method} {route.path}.")
        _add(app, route, getattr(template, name))


def _marked(template_class: type) -> Iterator[tuple[str, Route]]:
    for name in dir(template_class):
        method = inspect.getattr_static(template_class, name)
        method = getattr(method, "__func__", method)
        for route in getattr(method, ROUTES, ()):
            yield name, route


def _add(app: FastAPI, route: Route, method: Callable[..., Any], *, is_shown: bool = True) -> None:
    names = _names(method)
    answer = route.answer if route.answer is not None else _answer_of(method)
    returned = answer if answer is not None else resolved(method).return_annotation
    served = _served(method, keeps_objects=_names_classes(returned))
    options: dict[str, Any] = {"methods": [route.method], "include_in_schema": is_shown}
    request_class = _request_class(served)
    if request_class is not None:
        options["openapi_extra"] = _describe(app, request_class)
    if answer is not None:
        options["response_model"] = answer
    try:
        app.add_api_route(route.path, served, **options)
    except Exception:
        # The return annotation is no response model, such as an image class. FastAPI then wants
        # to be told that there is none.
        served = _served(method, keeps_objects=False)
        try:
            app.add_api_route(route.path, served, **{**options, "response_model": None})
        except Exception:
            require_types_of_requests(served, route.path)
            raise
    require_answerable(app.router.routes[-1], names)


def _names(method: Callable[..., Any]) -> dict[str, type]:
    """Return the classes that a type may name without its module having them."""
    return nested_classes(getattr(method, "__self__", None))


def _names_classes(annotation: Any) -> bool:
    """Tell whether an annotation names a class whose fields may be the attributes of an object."""
    held = get_args(annotation)
    if held:
        return any(map(_names_classes, held))
    # Of what is in inspect, there is the class for no annotation.
    return inspect.isclass(annotation) and annotation.__module__ not in (
        "builtins",
        "inspect",
        "typing",
    )


def _answer_of(method: Callable[..., Any]) -> Any:
    """Return what an answer holds where it may also be a whole response, such as a stream."""
    try:
        annotation = get_type_hints(method).get("return")
    except Exception:  # FastAPI says what is wrong with the annotations
        return None
    if get_origin(annotation) not in (Union, types.UnionType):
        return None
    kinds = get_args(annotation)
    left = [kind for kind in kinds if not (inspect.isclass(kind) and issubclass(kind, Response))]
    return Union[tuple(left)] if left and len(left) < len(kinds) else None


def _takes_websocket(predict: Callable[..., Any]) -> bool:
    """Tell whether a parameter of ``predict`` is the WebSocket to talk over."""
    kinds = [parameter.annotation for parameter in _parameters(predict)]
    return any(inspect.isclass(kind) and issubclass(kind, WebSocket) for kind in kinds)


def _parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(method, eval_str=True).parameters.values())
    except Exception:  # FastAPI says what is wrong with the annotations
        return []


def _served(method: Callable[..., Any], *, keeps_objects: bool) -> Callable[..., Any]:
    """Return ``method`` as FastAPI takes it: what it returns or yields is made ready for JSON.

    Where it takes a :class:`TaskRequest` by itself, FastAPI is told how to read one.
    """
    signature = resolved(method)
    if not inspect.isroutine(method):
        return method
    served: Any = _converting(method, keeps_objects)
    told = [
        parameter.replace(annotation=Annotated[kind, params.Depends(kind.read)])
        if _is_task_request(kind := parameter.annotation)
        else parameter
        for parameter in signature.parameters.values()
    ]
    served.__signature__ = signature.replace(parameters=told)
    return cast("Callable[..., Any]", served)


def _converting(method: Callable[..., Any], keeps: bool) -> Callable[..., Any]:
    """Return a function of the same kind as ``method``, by which FastAPI decides how to call it.

    It looks at what is wrapped to see that a method yields its answer.
    """

    @functools.wraps(method)
    async def asynchronous(*arguments: Any, **named: Any) -> Any:
        with FORKS:
            return to_answer(await method(*arguments, **named), keeps_objects=keeps)

    @functools.wraps(method)
    def synchronous(*arguments: Any, **named: Any) -> Any:
        with FORKS:
            return to_answer(method(*arguments, **named), keeps_objects=keeps)

    @functools.wraps(method)
    def yielding_asynchronously(*arguments: Any, **named: Any) -> Any:
        return follow_asynchronous(_asynchronous_items(method(*arguments, **named), keeps))

    @functools.wraps(method)
    def yielding(*arguments: Any, **named: Any) -> Any:
        return follow_synchronous(_items(method(*arguments, **named), keeps))

    if inspect.isasyncgenfunction(method):
        return yielding_asynchronously
    if inspect.isgeneratorfunction(method):
        return yielding
    return asynchronous if inspect.iscoroutinefunction(method) else synchronous


async def _asynchronous_items(
    source: AsyncGenerator[Any, None], keeps: bool
) -> AsyncGenerator[Any, None]:
    async with aclosing(source) as items:
        number = 0
        async for item in items:
            number += 1
            yield to_item(item, number, keeps_objects=keeps)


def _items(source: Generator[Any, None, Any], keeps: bool) -> Generator[Any, None, None]:
    with closing(source) as items:
        for number, item in enumerate(items, 1):
            yield to_item(item, number, keeps_objects=keeps)


def _is_task_request(kind: Any) -> TypeGuard[type[TaskRequest[Any]]]:
    return inspect.isclass(kind) and issubclass(kind, TaskRequest)


def _request_class(method: Callable[..., Any]) -> type[TaskRequest[Any]] | None:
    """Return the class whose ``read`` gives a parameter of ``method`` its value."""
    for parameter in _parameters(method):
        for mark in (*getattr(parameter.annotation, "__metadata__", ()), parameter.default):
            if isinstance(mark, params.Depends):
                owner = getattr(mark.dependency, "__self__", None)
                if _is_task_request(owner):
                    return owner
    return None


def _describe(app: FastAPI, request_class: type[TaskRequest[Any]]) -> dict[str, Any]:
    """Return what the document says of an operation whose body FastAPI does not read itself."""
    body, schemas = request_class.describe_body()
    _add_schemas(app, {
        "ValidationError": validation_error_definition,
        "HTTPValidationError": validation_error_response_definition,
        **schemas,
    })  # fmt: skip
    refused = {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}
    answer = {"description": "Validation Error", "content": {"application/json": refused}}
    return {"requestBody": body, "responses": {"422": answer}}


def _add_schemas(app: FastAPI, schemas: dict[str, Any]) -> None:
    """Have the application's document hold these, too."""
    write = app.openapi

    def openapi() -> dict[str, Any]:
        document = write()
        held = document.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in schemas.items():
            held.setdefault(name, schema)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI says to extend it
