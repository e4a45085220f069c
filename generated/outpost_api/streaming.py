# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/streaming.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Answers that arrive piece by piece: server-sent events, JSON lines and bytes, as iterators."""

from contextlib import suppress
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncIterator,
    Callable,
    Dict,
    Generic,
    Iterator,
    Optional,
    Type,
    TypeVar,
    get_args,
    get_type_hints,
)

from outpost_api.codec import decoder, from_builtins
from outpost_api.errors import DecodeError
from outpost_api.later import later
from outpost_api.request import RequestPlan
from outpost_api.stream_parsing import EventParser, JsonLineParser, ServerSentEvent
from outpost_api.types import Unset

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

T = TypeVar("T")
S = TypeVar("S")
E = TypeVar("E")


class Pieces(Generic[T]):
    """Turns bytes as they arrive into items. Performs nothing."""

    def feed(self, content: bytes) -> Iterator[T]:
        """Yield the items that are complete with these bytes."""
        raise NotImplementedError

    def end(self) -> Iterator[T]:
        """Yield the items that the end of the answer completes."""
        return iter(())


class Chunks(Pieces[bytes]):
    """Bytes as they arrive."""

    def feed(self, content: bytes) -> Iterator[bytes]:
        if content:
            yield content


class Lines(Pieces[T]):
    """One JSON value per line: NDJSON, JSON lines, JSON text sequences."""

    def __init__(self, type: Any) -> None:
        self._read: Callable[[bytes], T] = decoder(type)
        self._texts = JsonLineParser()

    def feed(self, content: bytes) -> Iterator[T]:
        return map(self._read, self._texts.feed(content))

    def end(self) -> Iterator[T]:
        return map(self._read, self._texts.end())


class Events(Pieces[T]):
    """Server-sent events. An event that the end of the answer cuts off is no item.

    ``type`` is the type of an event's data. With ``whole`` it is a model of the event itself, with the
    fields ``event``, ``data``, ``id`` and ``retry``; the last two only when the stream has given them.
    Where the data is JSON, an event that says only ``[DONE]`` ends the conversation and is no item.
    """

    def __init__(self, type: Any, whole: bool = False) -> None:
        self._type = type
        self._whole = whole
        data = get_type_hints(type).get("data") if whole else type
        self._is_text = data is str or {str, Unset} == set(get_args(data))
        self._read: Callable[[bytes], T] = decoder(type)
        self._parser = EventParser()

    def feed(self, content: bytes) -> Iterator[T]:
        for event in self._parser.feed(content):
            if self._is_text or event.data.strip() != "[DONE]":
                yield self._item(event)

    def _item(self, event: ServerSentEvent) -> T:
        if not self._whole:
            data = event.data
            return (
                from_builtins(self._type, data)
                if self._is_text
                else self._read(data.encode("utf-8"))
            )
        fields: Dict[str, Any] = {"data": event.data, "event": event.event}
        if event.id:
            fields["id"] = event.id
        if event.retry is not None:
            fields["retry"] = event.retry
        if not self._is_text:
            with suppress(DecodeError):
                fields["data"] = event.json()
        found: T = from_builtins(self._type, fields)
        return found


class Stream(Generic[T]):
    """The items of an answer, each as soon as it is there. Iterate it; ``with`` closes it early too."""

    def __init__(self, response: "httpx.Response", pieces: Pieces[T]) -> None:
        self.response = response
        # Not of this object, which would then not be gone, and its connection not free, when dropped.
        self._items = _iterate(response, pieces)

    def __iter__(self) -> Iterator[T]:
        return self._items

    def __next__(self) -> T:
        return next(self._items)

    def close(self) -> None:
        """Close the connection; what has not arrived will not."""
        self.response.close()

    def __enter__(self) -> "Stream[T]":
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


class AsyncStream(Generic[T]):
    """What :class:`Stream` is, for ``async for`` and ``async with``."""

    def __init__(self, response: "httpx.Response", pieces: Pieces[T]) -> None:
        self.response = response
        self._items = _aiterate(response, pieces)

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items

    async def __anext__(self) -> T:
        return await self._items.__anext__()

    async def aclose(self) -> None:
        """Close the connection; what has not arrived will not."""
        await self.response.aclose()

    async def __aenter__(self) -> "AsyncStream[T]":
        return self

    async def __aexit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()


def _iterate(response: "httpx.Response", pieces: Pieces[T]) -> Iterator[T]:
    try:
        for content in response.iter_bytes():
            yield from pieces.feed(content)
        yield from pieces.end()
    finally:
        response.close()


async def _aiterate(response: "httpx.Response", pieces: Pieces[T]) -> AsyncIterator[T]:
    try:
        async for content in response.aiter_bytes():
            for item in pieces.feed(content):
                yield item
        for item in pieces.end():
            yield item
    finally:
        await response.aclose()


def asking_for(plan: RequestPlan[S, E], media_type: str) -> RequestPlan[S, E]:
    """Return the same call with the media type of the stream in its Accept header."""
    other = plan.moved()
    other.headers = {**plan.headers, "Accept": media_type}
    return other


__all__ = ["AsyncStream", "Chunks", "Events", "Lines", "Pieces", "Stream", "asking_for"]
