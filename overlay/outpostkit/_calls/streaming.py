"""Answers that are read while they arrive.

``client.stream(plan)`` gives one in a ``with`` statement. Its head is there when the block begins;
its body may then take any time, as long as it does not stand still: the limit of the call is for
the head, and the read timeout is the idle timeout of the body.
"""

from typing import TYPE_CHECKING, AsyncIterator, Generic, Iterator, Mapping, Optional, TypeVar

import httpx

from outpostkit._calls.exchange import Exchange
from outpostkit._calls.failures import words_for
from outpostkit._calls.redaction import redact
from outpostkit.exceptions import OutpostConnectionError

if TYPE_CHECKING:
    from typing import Callable

    from outpost_api.request import Operation
    from outpost_api.response import Response

__all__ = ["AsyncResponseStream", "ResponseStream"]

S = TypeVar("S")
E = TypeVar("E")


class _Head(Generic[S, E]):
    """What is known of an answer before its body, and the errors of reading the rest."""

    def __init__(
        self,
        operation: "Operation[S, E]",
        http_response: httpx.Response,
        exchange: Exchange,
        read: "Callable[[httpx.Response], Response[S, E]]",
    ) -> None:
        self.operation = operation
        self.http_response = http_response
        self._exchange = exchange
        self._read = read

    @property
    def status_code(self) -> int:
        """The status, 200 to 299."""
        return self.http_response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """Response headers; names compare without case."""
        return self.http_response.headers

    @property
    def request_id(self) -> Optional[str]:
        """The server's id of this request, from the header ``X-Request-Id``."""
        found: Optional[str] = self.http_response.headers.get("X-Request-Id")
        return found

    def _broken(self, error: Exception) -> OutpostConnectionError:
        return self._exchange.error(error, redact(words_for(error), self._exchange.secrets))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code} to {self.operation.id}>"


class ResponseStream(_Head[S, E]):
    """A successful answer whose body is still to be read. Leaving the ``with`` block closes it."""

    def iter_bytes(self, chunk_size: Optional[int] = None) -> Iterator[bytes]:
        """Yield the body, decompressed, as it arrives.

        Args:
            chunk_size: bytes of every piece but the last; None takes pieces as they come.

        Raises:
            OutpostTimeoutError: nothing arrived for the time that the read timeout allows.
            OutpostConnectionError: the connection broke before the body was complete.
        """
        try:
            yield from self.http_response.iter_bytes(chunk_size)
        except httpx.RequestError as error:
            raise self._broken(error) from error

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of a text, without their ends, as they arrive; errors as above."""
        try:
            yield from self.http_response.iter_lines()
        except httpx.RequestError as error:
            raise self._broken(error) from error

    def read(self) -> bytes:
        """Return the rest of the body; errors as above."""
        try:
            return self.http_response.read()
        except httpx.RequestError as error:
            raise self._broken(error) from error

    def parse(self) -> "Response[S, E]":
        """Read the rest, and return the answer as the type that the API documents.

        Raises:
            UnreadableResponseError: the body is not what the API documents.
            OutpostConnectionError: it did not arrive as a whole.
        """
        self.read()
        return self._read(self.http_response)


class AsyncResponseStream(_Head[S, E]):
    """A successful answer whose body is still to be read; as :class:`ResponseStream`, awaited."""

    async def iter_bytes(self, chunk_size: Optional[int] = None) -> AsyncIterator[bytes]:
        """Yield the body as it arrives; see :meth:`ResponseStream.iter_bytes`."""
        try:
            async for piece in self.http_response.aiter_bytes(chunk_size):
                yield piece
        except httpx.RequestError as error:
            raise self._broken(error) from error

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of a text as they arrive; see :meth:`ResponseStream.iter_lines`."""
        try:
            async for line in self.http_response.aiter_lines():
                yield line
        except httpx.RequestError as error:
            raise self._broken(error) from error

    async def read(self) -> bytes:
        """Return the rest of the body; see :meth:`ResponseStream.read`."""
        try:
            return await self.http_response.aread()
        except httpx.RequestError as error:
            raise self._broken(error) from error

    async def parse(self) -> "Response[S, E]":
        """Read the rest, and return the typed answer; see :meth:`ResponseStream.parse`."""
        await self.read()
        return self._read(self.http_response)
