"""Marking the methods of a template that are served beside ``/predict``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

#: The attribute of a method that holds its routes.
ROUTES = "outpost_routes"


@dataclass(frozen=True)
class Route:
    """One method and path, as ``POST`` and ``/v1/embeddings``, and the type of its answer."""

    method: str
    path: str
    answer: Any = None


def post(path: str, *, answer: Any = None) -> Callable[[Method], Method]:
    """Serve a method at ``POST path``, as FastAPI does, for those who may call the endpoint.

    Args:
        path: begins with ``/``, such as ``"/v1/embeddings"``; it is within the endpoint's domain.
        answer: the type that describes the answer, where the return annotation does not.
    """
    return _marked(Route("POST", path, answer))


def get(path: str, *, answer: Any = None) -> Callable[[Method], Method]:
    """Serve a method at ``GET path``. See :func:`post`."""
    return _marked(Route("GET", path, answer))


def _marked(route: Route) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        setattr(method, ROUTES, (*getattr(method, ROUTES, ()), route))
        return method

    return mark
