"""The ``exception_handlers`` of a template: who answers for which exception or status."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from outpost_server.worker.errors import TemplateError

Handlers = dict[int | type[Exception], Callable[[Any, Exception], Awaitable[Any]]]


def exception_handlers(template: object) -> Handlers:
    """Return the handlers of a template. Each raises where it would answer with no response.

    Raises:
        TemplateError: they are no mapping of statuses or exception classes to functions that can be
            called with a request and an exception. The reason names the key.
    """
    found = getattr(template, "exception_handlers", None)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise TemplateError(
            f"exception_handlers is a {type(found).__name__} and must be a dict: its keys are "
            "exception classes or statuses, its values functions (request, exception)."
        )
    handlers: Handlers = {}
    for key, handler in found.items():
        if not _is_cause(key):
            raise TemplateError(
                f"exception_handlers: the key {key!r} must be an exception class, such as "
                "ValueError, or a status from 400 to 599."
            )
        if not callable(handler) or not _takes_both(handler):
            raise TemplateError(
                f"exception_handlers: the value for {key!r} must be a function that takes "
                f"(request, exception), and is {handler!r}."
            )
        handlers[key] = _answering(key, handler)
    return handlers


def _answering(
    cause: int | type[Exception], handler: Callable[..., Any]
) -> Callable[[HTTPConnection, Exception], Awaitable[Any]]:
    is_async = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
        type(handler).__call__
    )

    async def answer(request: HTTPConnection, error: Exception) -> Any:
        found = handler(request, error) if is_async else run_in_threadpool(handler, request, error)
        response = await found
        # What one for a WebSocket returns goes nowhere.
        if isinstance(request, Request) and not isinstance(response, Response):
            name = cause if isinstance(cause, int) else cause.__name__
            raise TypeError(
                f"the exception handler for {name} returned {_of_kind(response)} and must return a "
                "response, such as JSONResponse({...}, status_code=400)"
            ) from error
        return response

    return answer


def _of_kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _is_cause(key: object) -> bool:
    if isinstance(key, int) and not isinstance(key, bool):
        return 400 <= key <= 599
    return inspect.isclass(key) and issubclass(key, Exception)


def _takes_both(handler: Callable[..., Any]) -> bool:
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # built in: nobody knows
        return True
    return True
