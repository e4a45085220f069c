"""What a template does before its first request and after its last one."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import AsyncContextDecorator, ContextDecorator
from pathlib import Path
from typing import Any

from outpost_runtime.routes import ROUTES
from outpost_server.worker.errors import TemplateError, explain, own_traceback
from outpost_server.worker.loading.annotations import name_of
from outpost_server.worker.logs import OWN_LOG

# Methods that a template may have for giving back what it holds, in the order they are looked for.
UNLOAD_METHODS = ("shutdown", "unload", "close")
SETUP_METHODS = ("setup",)
HEALTH_METHODS = ("healthy",)

LOGGER = "outpost.template"
WAS_CANCELLED = "was cancelled, by itself or with a task that it waited for"


async def set_up(template: object, path: Path) -> None:
    """Call the template's ``setup``, which may be asynchronous, on the loop of the requests.

    Raises:
        TemplateError: it raised or was cancelled, or a hook is a generator, which nobody runs.
    """
    for names in (SETUP_METHODS, UNLOAD_METHODS, HEALTH_METHODS):
        hook = find_hook(template, names)
        if inspect.isgeneratorfunction(hook) or inspect.isasyncgenfunction(hook):
            raise TemplateError(_yields(hook))
    method = find_hook(template, SETUP_METHODS)
    if method is None:
        return
    try:
        # Also a synchronous one here: what it makes may ask for the loop.
        done = await _finished(method())
        await asyncio.sleep(0)  # a setup that has cancelled itself ends here
    except asyncio.CancelledError as error:
        reason = f"The template's setup did not finish: it {WAS_CANCELLED}."
        raise TemplateError(reason, own_traceback(error, path)) from None
    except BaseException as error:  # also SystemExit: a template that exits must not end silently
        reason = f"The template's setup raised: {explain(error)}"
        raise TemplateError(reason, own_traceback(error, path)) from None
    if _is_unrun(done):
        raise TemplateError(_yields(method))


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
        # Libraries have a False of their own, which is not Python's; None says nothing.
        return not bool(await call_hook(method) == 0)
    except Exception as error:
        _tell(method, error, path)
        return False


def _tell(method: Callable[[], Any], error: Exception, path: Path) -> None:
    reason = f"{name_of(method)} raised {explain(error)}"
    OWN_LOG.error(LOGGER, reason, own_traceback(error, path))


async def call_hook(method: Callable[[], Any]) -> Any:
    """Call it where it is in nobody's way: a synchronous one in a thread that predict has not.

    Raises:
        TypeError: it would have to be run by whoever calls it, as a generator.
        Exception: whatever it raises.
    """
    is_async = inspect.iscoroutinefunction(method)
    found = await _finished(method() if is_async else await asyncio.to_thread(method))
    if _is_unrun(found):
        raise TypeError(_yields(method))
    return found


async def _finished(found: Any) -> Any:
    return await found if inspect.isawaitable(found) else found


def _is_unrun(found: object) -> bool:
    """Tell whether a call has only made what would run, as generators and context managers are."""
    # Files and sessions are context managers too, and no decorators.
    kinds = (Generator, AsyncGenerator, ContextDecorator, AsyncContextDecorator)
    return isinstance(found, kinds)


def _yields(method: Callable[[], Any]) -> str:
    return (
        f"The template's method {name_of(method)!r} yields, and what yields is not run: write "
        "what stands before 'yield' in 'setup', and what stands after it in 'shutdown'."
    )


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
