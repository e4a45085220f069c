"""What a template does before its first request and after its last one."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from outpost_runtime.routes import ROUTES
from outpost_server.worker.errors import TemplateError, explain, own_traceback
from outpost_server.worker.logs import OWN_LOG

# Methods that a template may have for giving back what it holds, in the order they are looked for.
UNLOAD_METHODS = ("shutdown", "unload", "close")
SETUP_METHODS = ("setup",)
HEALTH_METHODS = ("healthy",)

LOGGER = "outpost.template"


async def set_up(template: object, path: Path) -> None:
    """Call the template's ``setup``, which may be asynchronous, on the loop of the requests.

    Raises:
        TemplateError: it raised.
    """
    method = find_hook(template, SETUP_METHODS)
    if method is None:
        return
    try:
        # Also a synchronous one here: what it makes may ask for the loop.
        done = method()
        if inspect.isawaitable(done):
            await done
    except BaseException as error:  # also SystemExit: a template that exits must not end silently
        reason = f"The template's setup raised: {explain(error)}"
        raise TemplateError(reason, own_traceback(error, path)) from None


async def unload(template: object, path: Path) -> None:
    """Call the template's ``shutdown``, ``unload`` or ``close``.

    The server waits a few seconds for it, then kills.
    """
    method = find_hook(template, UNLOAD_METHODS)
    if method is None:
        return
    try:
        await call_hook(method)
    except Exception as error:
        _tell(method, error, path)


async def is_healthy(method: Callable[[], Any], path: Path) -> bool:
    """Ask the template itself: it is not healthy when its method returns False or raises."""
    try:
        return await call_hook(method) is not False
    except Exception as error:
        _tell(method, error, path)
        return False


def _tell(method: Callable[[], Any], error: Exception, path: Path) -> None:
    reason = f"{method.__name__} raised {explain(error)}"
    OWN_LOG.error(LOGGER, reason, own_traceback(error, path))


async def call_hook(method: Callable[[], Any]) -> Any:
    """Call it where it is in nobody's way: a synchronous one in a thread that predict has not."""
    if inspect.iscoroutinefunction(method):
        return await method()
    return await asyncio.to_thread(method)


def find_hook(template: object, names: Sequence[str]) -> Callable[[], Any] | None:
    """Return the first method of these names that is one for this, None where there is none."""
    found = (getattr(template, name, None) for name in names)
    return next((method for method in found if callable(method) and _takes_nothing(method)), None)


def _takes_nothing(method: Callable[..., Any]) -> bool:
    """Tell whether a method is one for this: a route and one that needs arguments are not."""
    if getattr(method, ROUTES, None):
        return False
    try:
        inspect.signature(method).bind()
    except (TypeError, ValueError):
        return False
    return True
