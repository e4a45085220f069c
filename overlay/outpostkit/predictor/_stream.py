"""Predictions that are read while they are made: bytes, lines, JSON lines or server-sent events.

``predictor.infer_stream(...)`` gives one in a ``with`` statement. The head of the answer is there
when the block begins; the body may take any time, as long as it does not stand still for longer
than the idle timeout. Leaving the block closes the connection, also in the middle of the body.
"""

from typing import TYPE_CHECKING, AsyncGenerator, Generator

import httpx

from outpost_api.codec import read_json
from outpost_api.errors import DecodeError
from outpost_api.later import later
from outpost_api.stream_parsing import EventParser, JsonLineParser, ServerSentEvent
from outpostkit._calls.streaming import OpenResponse, ResponseHead

if TYPE_CHECKING:
    from outpost_api import types
else:
    types = later("outpost_api.types")


class _Answer(ResponseHead):
    """What is known of an answer before its body."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response, "infer")

    @property
    def response(self) -> httpx.Response:
        """The answer, its body unread."""
        return self.http_response

    def _note(self, event: ServerSentEvent) -> ServerSentEvent:
        """Return an event; keep what it says if it is an error: the answer may end there."""
        if event.event == "error" and isinstance(self.http_response, OpenResponse):
            self.http_response.note(_message(event))
        return event


def _message(event: ServerSentEvent) -> str:
    """Return the message of an event such as ``{"error": {"message": ...}}``, else its text."""
    try:
        found = event.json()
    except DecodeError:
        found = event.data
    for name in ("error", "message"):
        found = found.get(name, found) if isinstance(found, dict) else found
    return (found if isinstance(found, str) else event.data)[:1000]


class PredictionStream(_Answer):
    """A prediction whose body is still arriving. Use one of the iterators, once."""

    def bytes(self) -> "Generator[bytes, None, None]":
        """Yield the body, decompressed, in pieces as they arrive.

        Raises:
            OutpostTimeoutError: nothing arrived for as long as the idle timeout allows.
            OutpostConnectionError: the connection broke before the body was complete.
        """
        yield from self.response.iter_bytes()

    def lines(self) -> Generator[str, None, None]:
        """Yield the lines of a text, without their ends, as they arrive.

        Raises:
            UnreadableResponseError: a line is longer than 64 MiB. Otherwise as above.
        """
        yield from self.http_response.iter_lines()

    def json_lines(self) -> "Generator[types.JsonValue, None, None]":
        """Yield the value of every line that is not blank (``application/x-ndjson``).

        Raises:
            UnreadableResponseError: a line is not JSON, or longer than 64 MiB. Otherwise as above.
        """
        with self._readable():
            texts = JsonLineParser()
            for piece in self.response.iter_bytes():
                yield from map(read_json, texts.feed(piece))
            yield from map(read_json, texts.end())

    def events(self) -> Generator[ServerSentEvent, None, None]:
        """Yield server-sent events (``text/event-stream``) as they arrive; errors as of lines."""
        with self._readable():
            events = EventParser()
            for piece in self.response.iter_bytes():
                yield from map(self._note, events.feed(piece))

    def close(self) -> None:
        """Close the connection; the ``with`` block does it too, and again does nothing."""
        self.response.close()


class AsyncPredictionStream(_Answer):
    """A prediction whose body is still arriving; as :class:`PredictionStream`, awaited."""

    async def bytes(self) -> "AsyncGenerator[bytes, None]":
        """Yield the body as it arrives; see :meth:`PredictionStream.bytes`."""
        async for piece in self.response.aiter_bytes():
            yield piece

    async def lines(self) -> AsyncGenerator[str, None]:
        """Yield the lines of a text; see :meth:`PredictionStream.lines`."""
        async for line in self.http_response.aiter_lines():
            yield line

    async def json_lines(self) -> "AsyncGenerator[types.JsonValue, None]":
        """Yield the value of every line; see :meth:`PredictionStream.json_lines`."""
        with self._readable():
            texts = JsonLineParser()
            async for piece in self.response.aiter_bytes():
                for text in texts.feed(piece):
                    yield read_json(text)
            for text in texts.end():
                yield read_json(text)

    async def events(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Yield server-sent events; see :meth:`PredictionStream.events`."""
        with self._readable():
            events = EventParser()
            async for piece in self.response.aiter_bytes():
                for event in events.feed(piece):
                    yield self._note(event)

    async def close(self) -> None:
        """Close the connection; see :meth:`PredictionStream.close`."""
        await self.response.aclose()
