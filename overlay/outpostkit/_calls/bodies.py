"""Bodies on their way: those that are sent piece by piece, and those that are read whole."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, AsyncIterator, Iterator, List, Union

import httpx

from outpost_api.bodies import FileBody, MultipartBody
from outpostkit.exceptions import ResponseTooLargeError

if TYPE_CHECKING:
    from outpostkit._calls.exchange import Exchange

#: An answer that is read whole may not be larger than this, unless the client says otherwise.
MAX_BODY_BYTES = 1024 * 1024 * 1024
#: Nor one that is compressed unfold to more than this: a few hundred KiB can be made to unfold to
#: whatever fills the memory.
MAX_DECODED_BYTES = 256 * 1024 * 1024
#: What is read of an answer that is an error. Its beginning says what went wrong.
MAX_ERROR_BYTES = 8 * 1024 * 1024


class PlanStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of the generated layer as httpx sends it, from its beginning for every attempt."""

    def __init__(self, body: Union[FileBody, MultipartBody]) -> None:
        self._body = body

    @property
    def replayable(self) -> bool:
        """Whether it comes out the same a second time."""
        return self._body.replayable

    def __iter__(self) -> Iterator[bytes]:
        return self._body.chunks()

    def __aiter__(self) -> AsyncIterator[bytes]:
        body = self._body
        if isinstance(body, MultipartBody):
            may_block = any(_may_block(part.content) for part in body.parts)
        else:
            may_block = _may_block(body.file)
        return _pieces(body.chunks(), may_block, body.replayable)


class FormStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A form of httpx with open files in it, which are read beside the event loop."""

    def __init__(self, form: httpx.SyncByteStream, *, is_at_hand: bool) -> None:
        self._form = form
        self._is_at_hand = is_at_hand

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._form)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _pieces(iter(self._form), True, self._is_at_hand)


def read_beside_the_loop(request: httpx.Request, files: object, *, is_at_hand: bool) -> None:
    """Let the open files among ``files``, of which httpx has made a form, block no event loop."""
    if isinstance(request.stream, httpx.SyncByteStream) and any(map(_may_block, contents(files))):
        request.stream = FormStream(request.stream, is_at_hand=is_at_hand)


def contents(files: Any) -> List[object]:
    """Return what is sent in the parts of ``files``, as httpx takes them."""
    parts = files.values() if hasattr(files, "values") else [part for _, part in files]
    return [part[1] if isinstance(part, tuple) else part for part in parts]


def _may_block(content: object) -> bool:
    return hasattr(content, "read") and not isinstance(content, io.BytesIO)


async def _pieces(
    pieces: Iterator[bytes], may_block: bool, is_at_hand: bool
) -> AsyncIterator[bytes]:
    if not may_block:
        for piece in pieces:
            yield piece
        return
    from outpostkit.transport._threads import pieces_of

    async for piece in pieces_of(pieces, is_at_hand=is_at_hand):
        yield piece


def read_body(response: httpx.Response, exchange: Exchange) -> None:
    """Read the whole body, within reason; of an error, its beginning.

    Raises:
        httpx.DecodingError: it is compressed wrongly.
        ResponseTooLargeError: it is larger than the client allows, or unfolds to more.
    """
    if _is_small(response):
        response.read()
        return
    bounded = _Bounded(response, exchange)
    pieces = response.iter_bytes
    # read() goes through it; there is no other way to look at a body while it is unpacked.
    response.iter_bytes = lambda: bounded.of(pieces())  # type: ignore[method-assign,assignment,misc]
    try:
        response.read()
    finally:
        del response.iter_bytes


async def read_body_async(response: httpx.Response, exchange: Exchange) -> None:
    """Read the whole body; see :func:`read_body`."""
    if _is_small(response):
        await response.aread()
        return
    bounded = _Bounded(response, exchange)
    pieces = response.aiter_bytes
    response.aiter_bytes = lambda: bounded.of_async(pieces())  # type: ignore[method-assign,assignment,misc]  # as above
    try:
        await response.aread()
    finally:
        del response.aiter_bytes


def _is_small(response: httpx.Response) -> bool:
    """Tell whether a body has arrived with its head, and is what it is."""
    return "content-encoding" not in response.headers and isinstance(
        response.stream, httpx.ByteStream
    )


class _Bounded:
    """Counts the bytes of a body, up to what is allowed."""

    def __init__(self, response: httpx.Response, exchange: Exchange) -> None:
        self._exchange = exchange
        self._response = response
        self._is_error = not response.is_success
        self._is_coded = "content-encoding" in response.headers
        limit = MAX_DECODED_BYTES if self._is_coded else MAX_BODY_BYTES
        if exchange.max_bytes is not None:
            limit = exchange.max_bytes
        self._limit = min(limit, MAX_ERROR_BYTES) if self._is_error else limit
        self._left = self._limit
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit and not self._is_error:
            raise self._too_large()

    def of(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield self._taken(piece)
            if self._left <= 0 and self._is_error:
                return

    async def of_async(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in pieces:
            yield self._taken(piece)
            if self._left <= 0 and self._is_error:
                return

    def _taken(self, piece: bytes) -> bytes:
        """Return a piece, of an error no more of it than is read."""
        left = self._left
        self._left = left - len(piece)
        if self._left >= 0:
            return piece
        if self._is_error:
            return piece[:left]
        raise self._too_large()

    def _too_large(self) -> ResponseTooLargeError:
        response = self._response
        does = "unfolds to" if self._is_coded else "is"
        return ResponseTooLargeError(
            f"the body {does} more than {_size(self._limit)}",
            status_code=response.status_code,
            request_id=response.headers.get("x-request-id"),
            operation_id=self._exchange.operation_id,
        )


def _size(count: int) -> str:
    """Return a number of bytes in the largest unit that it is a whole number of."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def is_rereadable(content: object) -> bool:
    """Tell whether the content of a part of a form comes out the same a second time."""
    if isinstance(content, (str, bytes)):
        return True
    seekable = getattr(content, "seekable", None)
    return callable(seekable) and bool(seekable())
