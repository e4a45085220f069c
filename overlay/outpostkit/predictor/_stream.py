"""Predictions that are read while they are made: bytes, lines, JSON lines or server-sent events.

``predictor.infer_stream(...)`` gives one in a ``with`` statement. The head of the answer is there
when the block begins; the body may take any time, as long as it does not stand still for longer
than the idle timeout. Leaving the block closes the connection, also in the middle of the body.
"""

from typing import (
    TYPE_CHECKING,
    AsyncGenerator,
    Generator,
    Mapping,
    Optional,
)

import httpx

from outpostkit._calls.stream_parsing import EventParser, LineParser, ServerSentEvent
from outpostkit.exceptions import OutpostConnectionError, UnreadableResponseError

if TYPE_CHECKING:
    from outpost_api.types import JsonValue
    from outpostkit._calls.exchange import Exchange

__all__ = ["AsyncPredictionStream", "PredictionStream"]


class _Answer:
    """What is known of an answer before its body, and the errors of reading the rest."""

    def __init__(self, response: httpx.Response, exchange: "Exchange") -> None:
        self.response = response
        self._exchange = exchange
        self._lines = LineParser()
        self._events = EventParser()

    @property
    def status_code(self) -> int:
        """The status, 200 to 299."""
        return self.response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """Response headers; names compare without case."""
        return self.response.headers

    @property
    def request_id(self) -> Optional[str]:
        """The server's id of this request, when it gave one."""
        request_id: Optional[str] = self.response.headers.get("X-Request-Id")
        return request_id

    def _broken(self, error: Exception) -> OutpostConnectionError:
        return self._exchange.error(error, self._exchange.failed(error).reason)

    def _value(self, line: str) -> "JsonValue":
        from outpost_api.codec import read_json
        from outpost_api.errors import DecodeError

        try:
            value: JsonValue = read_json(line.encode("utf-8", "surrogatepass"))
        except DecodeError as problem:
            raise UnreadableResponseError(
                f"a line of the stream is {problem.reason}",
                status_code=self.status_code,
                request_id=self.request_id,
                operation_id="infer",
            ) from None
        return value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}>"


class PredictionStream(_Answer):
    """A prediction whose body is still arriving. Use one of the iterators, once."""

    def bytes(self) -> "Generator[bytes, None, None]":
        """Yield the body, decompressed, in pieces as they arrive.

        Raises:
            OutpostTimeoutError: nothing arrived for as long as the idle timeout allows.
            OutpostConnectionError: the connection broke before the body was complete.
        """
        try:
            yield from self.response.iter_bytes()
        except (httpx.RequestError, TimeoutError) as error:
            raise self._broken(error) from error

    def lines(self) -> Generator[str, None, None]:
        """Yield the lines of a text, without their ends, as they arrive; errors as above."""
        for piece in self.bytes():
            yield from self._lines.feed(piece)
        yield from self._lines.end()

    def json_lines(self) -> "Generator[JsonValue, None, None]":
        """Yield the value of every line that is not blank (``application/x-ndjson``).

        Raises:
            UnreadableResponseError: a line is not JSON. Otherwise as above.
        """
        for line in self.lines():
            if line.strip():
                yield self._value(line)

    def events(self) -> Generator[ServerSentEvent, None, None]:
        """Yield server-sent events (``text/event-stream``) as they arrive; errors as above."""
        for piece in self.bytes():
            yield from self._events.feed(piece)

    def close(self) -> None:
        """Close the connection; the ``with`` block does it too, and again does nothing."""
        self.response.close()


class AsyncPredictionStream(_Answer):
    """A prediction whose body is still arriving; as :class:`PredictionStream`, awaited."""

    async def bytes(self) -> "AsyncGenerator[bytes, None]":
        """Yield the body as it arrives; see :meth:`PredictionStream.bytes`."""
        try:
            async for piece in self.response.aiter_bytes():
                yield piece
        except (httpx.RequestError, TimeoutError) as error:
            raise self._broken(error) from error

    async def lines(self) -> AsyncGenerator[str, None]:
        """Yield the lines of a text; see :meth:`PredictionStream.lines`."""
        async for piece in self.bytes():
            for line in self._lines.feed(piece):
                yield line
        for line in self._lines.end():
            yield line

    async def json_lines(self) -> "AsyncGenerator[JsonValue, None]":
        """Yield the value of every line; see :meth:`PredictionStream.json_lines`."""
        async for line in self.lines():
            if line.strip():
                yield self._value(line)

    async def events(self) -> AsyncGenerator[ServerSentEvent, None]:
        """Yield server-sent events; see :meth:`PredictionStream.events`."""
        async for piece in self.bytes():
            for event in self._events.feed(piece):
                yield event

    async def close(self) -> None:
        """Close the connection; see :meth:`PredictionStream.close`."""
        await self.response.aclose()
