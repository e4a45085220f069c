"""Answers that are read while they arrive.

``client.stream(plan)`` gives one in a ``with`` statement. Its head is there when the block begins;
its body may then take any time, as long as it does not stand still: the limit of the call is for
the head, and the read timeout is the idle timeout of the body.
"""

import codecs
from contextlib import contextmanager
from typing import (
    TYPE_CHECKING,
    AsyncIterator,
    Callable,
    Generic,
    Iterator,
    Mapping,
    Optional,
    TypeVar,
)

import httpx

from outpost_api.errors import DecodeError
from outpost_api.later import later
from outpost_api.stream_parsing import LineParser
from outpostkit.exceptions import OutpostError, UnreadableResponseError

if TYPE_CHECKING:
    from outpost_api import request, response
    from outpostkit._calls import deadline, exchange
else:
    request = later("outpost_api.request")
    response = later("outpost_api.response")
    deadline = later("outpostkit._calls.deadline")
    exchange = later("outpostkit._calls.exchange")

S = TypeVar("S")
E = TypeVar("E")


class OpenResponse(httpx.Response):
    """An answer whose body is still to be read, with the errors of this package if it breaks off.

    Raises:
        OutpostTimeoutError: while reading: nothing arrived for as long as the read timeout allows.
        OutpostConnectionError: while reading: the connection broke before the body was complete,
            or it cannot be decompressed.
    """

    def __init__(self, response: httpx.Response, exchange: "exchange.Exchange") -> None:
        super().__init__(
            response.status_code,
            headers=response.headers,
            stream=response.stream,
            request=response.request,
            extensions=response.extensions,
        )
        self._exchange = exchange

    def note(self, last_words: str) -> None:
        """Keep what the answer says of its end, for the error if it breaks off there."""
        self._exchange.last_words = last_words

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except OutpostError:
            raise
        except (httpx.RequestError, TimeoutError) as error:
            # Not before: each would keep the other, and with it the connection, until they are
            # collected as garbage.
            self._exchange.head = self  # the one whose bytes are counted
            raise self._exchange.broken(error) from error

    def iter_raw(self, chunk_size: Optional[int] = None) -> Iterator[bytes]:
        with self._own_errors():
            yield from super().iter_raw(chunk_size)

    def iter_bytes(self, chunk_size: Optional[int] = None) -> Iterator[bytes]:
        with self._own_errors():
            yield from super().iter_bytes(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of a text, as :meth:`ResponseStream.iter_lines` does."""
        with self._readable():
            text = _TextLines(self.encoding)
            for piece in self.iter_bytes():
                yield from text.feed(piece)
            yield from text.end()

    async def aiter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of a text; see :meth:`iter_lines`."""
        with self._readable():
            text = _TextLines(self.encoding)
            async for piece in self.aiter_bytes():
                for line in text.feed(piece):
                    yield line
            for line in text.end():
                yield line

    @contextmanager
    def _readable(self) -> Iterator[None]:
        with readable(self, self._exchange.operation_id):
            yield

    async def aiter_raw(self, chunk_size: Optional[int] = None) -> AsyncIterator[bytes]:
        with self._own_errors():
            async for piece in super().aiter_raw(chunk_size):
                yield piece

    async def aiter_bytes(self, chunk_size: Optional[int] = None) -> AsyncIterator[bytes]:
        with self._own_errors():
            async for piece in super().aiter_bytes(chunk_size):
                yield piece


class IdleLimited(httpx.AsyncByteStream):
    """A body over a transport that may not know, or not look at, how long it may stand still."""

    def __init__(self, stream: object, timeouts: "deadline.Phases") -> None:
        assert isinstance(stream, httpx.AsyncByteStream)
        self._stream = stream
        self._timeouts = timeouts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import anyio

        pieces = self._stream.__aiter__()
        while True:
            try:
                with anyio.fail_after(self._timeouts.get("read")):
                    piece = await pieces.__anext__()
            except StopAsyncIteration:
                return
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class ResponseHead:
    """What is known of an answer before its body."""

    def __init__(self, http_response: httpx.Response, operation_id: str) -> None:
        self.http_response = http_response
        self._operation_id = operation_id

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

    @contextmanager
    def _readable(self) -> Iterator[None]:
        with readable(self.http_response, self._operation_id):
            yield

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code} to {self._operation_id}>"


@contextmanager
def readable(response: httpx.Response, operation_id: str) -> Iterator[None]:
    """Name what cannot be read of a stream as this package does."""
    try:
        yield
    except OutpostError:
        raise
    except DecodeError as problem:
        raise UnreadableResponseError(
            problem.reason,
            status_code=response.status_code,
            request_id=response.headers.get("X-Request-Id"),
            operation_id=operation_id,
        ) from None


class _TextLines:
    """Cuts the bytes of a text into lines, in whatever encoding; UTF-8 if that is not known."""

    def __init__(self, encoding: Optional[str]) -> None:
        self._lines = LineParser()
        self._encoding = encoding or "utf-8"
        self._decoder: Optional[codecs.IncrementalDecoder] = None
        try:
            if "\n".encode(self._encoding) != b"\n":  # lines cannot be seen in the bytes
                self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
                self._encoding = "utf-8"
        except (LookupError, UnicodeError):  # such as hex, which is no encoding of texts
            self._encoding = "utf-8"

    def feed(self, piece: bytes) -> Iterator[str]:
        """Return the lines that are complete with these bytes."""
        if self._decoder is not None:
            piece = self._decoder.decode(piece).encode("utf-8", "replace")
        return map(self._text, self._lines.feed(piece))

    def end(self) -> Iterator[str]:
        """Return what is left as a last line, if anything is."""
        rest = b"" if self._decoder is None else self._decoder.decode(b"", True).encode("utf-8")
        return map(self._text, [*self._lines.feed(rest), *self._lines.end()])

    def _text(self, line: bytes) -> str:
        return line.decode(self._encoding, "replace")


class _PlannedHead(ResponseHead, Generic[S, E]):
    """The same, of the answer to a plan."""

    def __init__(
        self,
        operation: "request.Operation[S, E]",
        http_response: httpx.Response,
        read: "Callable[[httpx.Response], response.Response[S, E]]",
    ) -> None:
        super().__init__(http_response, operation.id)
        self.operation = operation
        self._read = read


class ResponseStream(_PlannedHead[S, E]):
    """A successful answer whose body is still to be read. Leaving the ``with`` block closes it."""

    def iter_bytes(self, chunk_size: Optional[int] = None) -> Iterator[bytes]:
        """Yield the body, decompressed, as it arrives.

        Args:
            chunk_size: bytes of every piece but the last; None takes pieces as they come.

        Raises:
            OutpostTimeoutError: nothing arrived for the time that the read timeout allows.
            OutpostConnectionError: the connection broke before the body was complete.
        """
        return self.http_response.iter_bytes(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of a text, without their ends (LF, CR LF or CR), as they arrive.

        Raises:
            UnreadableResponseError: a line is longer than 64 MiB. Otherwise as above.
        """
        return self.http_response.iter_lines()

    def read(self) -> bytes:
        """Return the rest of the body; errors as of :meth:`iter_bytes`."""
        return self.http_response.read()

    def parse(self) -> "response.Response[S, E]":
        """Read the rest, and return the answer as the type that the API documents.

        Raises:
            UnreadableResponseError: the body is not what the API documents.
            OutpostConnectionError: it did not arrive as a whole.
        """
        self.read()
        return self._read(self.http_response)


class AsyncResponseStream(_PlannedHead[S, E]):
    """A successful answer whose body is still to be read; as :class:`ResponseStream`, awaited."""

    def iter_bytes(self, chunk_size: Optional[int] = None) -> AsyncIterator[bytes]:
        """Yield the body as it arrives; see :meth:`ResponseStream.iter_bytes`."""
        return self.http_response.aiter_bytes(chunk_size)

    def iter_lines(self) -> AsyncIterator[str]:
        """Yield the lines of a text as they arrive; see :meth:`ResponseStream.iter_lines`."""
        return self.http_response.aiter_lines()

    async def read(self) -> bytes:
        """Return the rest of the body; see :meth:`ResponseStream.read`."""
        return await self.http_response.aread()

    async def parse(self) -> "response.Response[S, E]":
        """Read the rest, and return the typed answer; see :meth:`ResponseStream.parse`."""
        await self.read()
        return self._read(self.http_response)
