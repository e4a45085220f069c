"""Bodies on their way: those that are sent piece by piece, and those that are read whole."""

from __future__ import annotations

from typing import AsyncIterator, Iterator, Union

import httpx

from outpost_api.bodies import FileBody, MultipartBody

#: A compressed answer that is read whole may not become larger than this: a few hundred KiB can
#: be made to unfold to whatever fills the memory.
MAX_DECODED_BYTES = 256 * 1024 * 1024


class PlanStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of the generated layer as httpx sends it, from its beginning for every attempt."""

    def __init__(self, body: Union[FileBody, MultipartBody]) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return self._body.chunks()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._body.chunks():
            yield piece


def read_body(response: httpx.Response) -> None:
    """Read the whole body, within reason.

    Raises:
        httpx.DecodingError: it is compressed wrongly, or unfolds to more than 256 MiB.
    """
    if "content-encoding" not in response.headers:
        response.read()
        return
    counted = _Counted(response)
    pieces = response.iter_bytes
    # read() goes through it; there is no other way to look at a body while it is unpacked.
    response.iter_bytes = lambda: counted.of(pieces())  # type: ignore[method-assign,assignment,misc]
    try:
        response.read()
    finally:
        del response.iter_bytes


async def read_body_async(response: httpx.Response) -> None:
    """Read the whole body; see :func:`read_body`."""
    if "content-encoding" not in response.headers:
        await response.aread()
        return
    counted = _Counted(response)
    pieces = response.aiter_bytes
    response.aiter_bytes = lambda: counted.of_async(pieces())  # type: ignore[method-assign,assignment,misc]  # as above
    try:
        await response.aread()
    finally:
        del response.aiter_bytes


class _Counted:
    """Counts the bytes of a body, up to what is allowed."""

    def __init__(self, response: httpx.Response) -> None:
        self._request = response.request
        self._left = MAX_DECODED_BYTES

    def of(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._take(piece)
            yield piece

    async def of_async(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in pieces:
            self._take(piece)
            yield piece

    def _take(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise httpx.DecodingError(
                f"it unfolds to more than {MAX_DECODED_BYTES // 2**20} MiB; "
                "read it in pieces with stream()",
                request=self._request,
            )
