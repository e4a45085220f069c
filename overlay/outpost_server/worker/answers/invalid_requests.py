"""What is wrong with a request, in words, which many clients show alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request

ANNOTATE = (
    "A parameter with no annotation, or with one such as str, is looked for in the query: to have "
    "it from the body, its annotation is dict, list, a pydantic model or Annotated[..., Body()]."
)


def in_words(request: Request, errors: Iterable[dict[str, Any]]) -> str:
    """Return what FastAPI found wrong, and where it looked for what is not in the body.

    Who sends JSON and is told of the query learns how the template has it from there.
    """
    told, is_of_query = [], False
    for error in errors:
        place = next(iter(error["loc"]), "body")  # a template may raise one with no place
        line = f"{'.'.join(map(str, error['loc'][1:]))}: {error['msg']}".removeprefix(": ")
        if error.get("type") == "missing" and place != "body":
            line += f" in the {place}"
            is_of_query |= place == "query"
        told.append(line)
    message = "; ".join(told)
    if is_of_query and "json" in request.headers.get("Content-Type", ""):
        return f"{message}. {ANNOTATE}"
    return message
