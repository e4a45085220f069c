"""Options that httpx would take as they are, and fail with at the first call or not at all."""

from __future__ import annotations

import inspect
from typing import Any, Mapping

from outpostkit.exceptions import ConfigurationError


def check_http_options(options: Mapping[str, Any], is_async: bool) -> None:
    """Make sure that a client can use what it is given.

    Raises:
        ConfigurationError: it cannot; the error names the option.
    """
    if options.get("transport") is not None:
        _check_transport("transport", options["transport"], is_async)
    mounts = options.get("mounts")
    if mounts is not None:
        if not isinstance(mounts, Mapping):
            raise ConfigurationError(
                f"mounts must be a mapping of patterns to transports, not {type(mounts).__name__}"
            )
        for pattern, transport in mounts.items():
            if transport is not None:
                _check_transport(f"mounts[{pattern!r}]", transport, is_async)
    if options.get("limits") is not None:
        _check_limits(options["limits"])
    if options.get("event_hooks") is not None:
        _check_hooks(options["event_hooks"], is_async)


def _check_transport(name: str, transport: object, is_async: bool) -> None:
    method = "handle_async_request" if is_async else "handle_request"
    if callable(getattr(transport, method, None)) and not isinstance(transport, type):
        return
    kind = "httpx.AsyncBaseTransport" if is_async else "httpx.BaseTransport"
    advice = (
        "; httpx.MockTransport(function) makes one of a function" if callable(transport) else ""
    )
    other = "handle_request" if is_async else "handle_async_request"
    if hasattr(transport, other):
        advice = f"; this one is for {'blocking' if is_async else 'async'} clients"
    shown = transport.__name__ if isinstance(transport, type) else type(transport).__name__
    raise ConfigurationError(f"{name} must be an {kind}, not {shown}{advice}")


def _check_limits(limits: Any) -> None:
    import httpx

    if not isinstance(limits, httpx.Limits):
        raise ConfigurationError(
            f"limits must be httpx.Limits(max_connections=...), not {type(limits).__name__}"
        )
    for name, least in (("max_connections", 1), ("max_keepalive_connections", 0)):
        value = getattr(limits, name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ConfigurationError(
                f"limits: {name} must be a whole number, {least} or more, or None for no limit"
            )


def _check_hooks(hooks: Any, is_async: bool) -> None:
    if not isinstance(hooks, Mapping):
        raise ConfigurationError(
            'event_hooks must be a mapping: {"request": [function], "response": [function]}, '
            f"not {type(hooks).__name__}"
        )
    for kind, functions in hooks.items():
        if kind not in ("request", "response"):
            raise ConfigurationError(
                f"event_hooks: there is no event {kind!r}; there are 'request' and 'response'"
            )
        if not isinstance(functions, (list, tuple)):
            raise ConfigurationError(f"event_hooks[{kind!r}] must be a list of functions")
        for function in functions:
            if not callable(function):
                raise ConfigurationError(
                    f"event_hooks[{kind!r}]: {type(function).__name__} cannot be called"
                )
            if inspect.iscoroutinefunction(function) != is_async and inspect.isfunction(function):
                wanted = "a coroutine function (async def)" if is_async else "a plain function"
                raise ConfigurationError(
                    f"event_hooks[{kind!r}]: {function.__name__} must be {wanted} here"
                )
