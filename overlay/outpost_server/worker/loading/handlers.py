"""The ``exception_handlers`` of a template: who answers for which exception or status."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from outpost_server.worker.errors import TemplateError

Handlers = dict[int | type[Exception], Callable[..., Any]]


def exception_handlers(template: object) -> Handlers:
    """Return the handlers of a template.

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
        handlers[key] = handler
    return handlers


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
