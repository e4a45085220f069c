"""Answers that come piece by piece, as server-sent events."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from pydantic import BaseModel
from starlette.responses import StreamingResponse

_log = logging.getLogger("outpost.predict")


class EventStream(StreamingResponse):
    """Sends each value of an iterator as one event.

    Args:
        values: dicts or Pydantic models, which become JSON. Closed when the client goes away, so
            that its ``finally`` can stop the work.
        end: sent as the last event, such as OpenAI's ``[DONE]``.

    An exception on the way becomes a last event ``{"error": {"message": ..., "type": ...}}``: the
    status is on its way already.
    """

    def __init__(self, values: AsyncIterator[Any], end: str | None = None) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_events(values, end), media_type="text/event-stream", headers=headers)


async def _events(values: AsyncIterator[Any], end: str | None) -> AsyncIterator[bytes]:
    try:
        async for value in values:
            yield _event(value)
    except Exception as error:
        _log.exception("an answer ended before its time")
        message = f"{type(error).__name__}: {error}"
        yield _event({"error": {"message": message, "type": "prediction_failed"}})
        return
    finally:
        close = getattr(values, "aclose", None)
        if close is not None:
            await close()
    if end is not None:
        yield b"data: " + end.encode() + b"\n\n"


def _event(value: Any) -> bytes:
    if isinstance(value, BaseModel):
        text = value.model_dump_json(exclude_none=True)
    else:
        # JSON has no NaN: clients could not read the event.
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return b"data: " + text.encode() + b"\n\n"
