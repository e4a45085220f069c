"""Packages of a template that take the place of those that a worker itself needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

NEEDED = ("fastapi", "starlette", "pydantic", "pydantic-core", "uvicorn", "anyio", "h11")


@contextmanager
def say_what_is_replaced() -> Iterator[None]:
    """Print, when the worker cannot be imported, which packages of the environment are in its way.

    What a worker prints last is in the log of the deployment.
    """
    try:
        yield
    except Exception as error:
        import traceback

        traceback.print_exc()
        named = " and ".join(_replaced()) or "another package"
        sys.exit(
            f"The replica cannot be served with the environment of its template: {error}. "
            f"python_requirements has put {named} in the place of what the server needs: allow a "
            "newer version, or run that code in a process of its own."
        )


def _replaced() -> Iterator[str]:
    """Yield the needed packages that the environment has for itself, with their versions."""
    for name in NEEDED:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        if Path(str(found.locate_file(""))).is_relative_to(sys.prefix):
            yield f"{name} {found.version}"
