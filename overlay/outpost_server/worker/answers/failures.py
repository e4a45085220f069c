"""What FastAPI and pydantic cannot make JSON of, as errors that say where it is in the answer."""

from __future__ import annotations

import reprlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

from fastapi.exceptions import ResponseValidationError
from pydantic import BaseModel
from pydantic_core import to_json

from outpost_server.log_files import well_formed
from outpost_server.worker.answers.refused import AnswerError, Refused, of_kind

# As many faults as are read.
_TOLD = 3

# What was returned or yielded last in the present request, and what it is called.
_LAST: ContextVar[list[tuple[Any, str]]] = ContextVar("last")

Message = MutableMapping[str, Any]
App = Callable[[Message, Any, Any], Awaitable[None]]


def remember(answer: Any, whole: str) -> None:
    """Keep what is about to be sent until the request is over."""
    last = _LAST.get(None)
    if last is not None:
        last[:] = [(answer, whole)]


class AnswerFailures:
    """Raises an :class:`AnswerError` where the answer is what FastAPI failed at.

    That is looked for only then, as checking all text of every answer would cost each of them.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        last: list[tuple[Any, str]] = []
        _LAST.set(last)

        async def sent(message: Message) -> None:
            last.clear()  # it is JSON already, and may be large
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except ResponseValidationError as error:
            # Its own text names the server's file and the template's line.
            raise _not_as_annotated(error, last[0][1] if last else "The answer") from None
        except ValueError as error:  # of pydantic, of FastAPI, of the encoding
            for answer, whole in last:
                refused = _refused(answer, str(error))
                if refused is not None:
                    raise refused.of(whole) from None
            raise


def _not_as_annotated(error: ResponseValidationError, whole: str) -> AnswerError:
    faults = list(error.errors())
    told = [_fault(fault) for fault in faults[:_TOLD]]
    if len(faults) > _TOLD:
        told.append(f"and {len(faults) - _TOLD} more")
    return AnswerError(
        well_formed(
            f"{whole} is not what the annotation of the method says, {'; '.join(told)}. Return "
            "that, or annotate what is returned."
        )
    )


def _fault(fault: Any) -> str:
    steps = [
        f"[{step}]" if isinstance(step, int) else f".{step}"
        for step in fault["loc"][1:]  # the first is "response"
    ]
    where = f"at {''.join(steps).removeprefix('.')}" if steps else "as a whole"
    return f"{where}: {fault['msg']} (it is {reprlib.repr(fault.get('input'))})"


def _refused(answer: Any, reason: str) -> Refused | None:
    # A model may have read the attributes of an object that pydantic would not send by itself.
    return _first(answer, reason, vars) or _first(answer, reason, None)


def _first(value: Any, reason: str, fallback: Callable[[Any], Any] | None) -> Refused | None:
    """Return what within ``value`` cannot become JSON, None where all can."""
    try:
        to_json(value, fallback=fallback)
    except ValueError:
        pass
    else:
        return None
    for step, part in _parts(value):
        refused = _first(part, reason, fallback)
        if refused is not None:
            refused.within(step)
            return refused
    if isinstance(value, str):
        return _half_character(value)
    way_out = f"convert it, as with .tolist(), .item() or vars(...) ({reason})"
    return Refused(of_kind(value), way_out)


def _half_character(text: str) -> Refused:
    halves = [one for one in text if "\ud800" <= one <= "\udfff"]
    return Refused(
        f"text with half a character, {halves[0]!a},",
        "text.encode(errors='replace').decode() has a question mark in its place",
    )


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what ``value`` holds, with the step that leads there."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f".{key!a}", key
            yield f".{key}", item
    elif isinstance(value, BaseModel):
        held = [*vars(value), *(value.__pydantic_extra__ or {})]
        for name in (*held, *type(value).model_computed_fields):
            yield f".{name}", getattr(value, name)
    elif isinstance(value, (list, tuple, set, frozenset, deque)):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    elif hasattr(value, "__dict__"):
        for name, item in vars(value).items():
            yield f".{name}", item
