# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/streaming.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Answers that arrive piece by piece: server-sent events, JSON lines and bytes, as iterators."""

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
    get_type_hints,
)

from outpost_api.codec import decoder, from_builtins, read_json
from outpost_api.errors import DecodeError
from outpost_api.request import RequestPlan

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
S = TypeVar("S")
E = TypeVar("E")

#: A line or event longer than this is not read to its end: it would fill the memory.
_MOST_BYTES = 64 * 1024 * 1024


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
        self._rest = b""

    def feed(self, content: bytes) -> Iterator[T]:
        *lines, self._rest = (self._rest + content).split(b"\n")
        _check_length(self._rest)
        for line in map(_bare, lines):
            if line:
                yield self._read(line)

    def end(self) -> Iterator[T]:
        line = _bare(self._rest)
        if line:
            yield self._read(line)


class Events(Pieces[T]):
    """Server-sent events. An event that says only ``[DONE]`` ends the conversation and is no item.

    ``type`` is the type of an event's data. With ``whole`` it is a model of the event itself, with the
    fields ``event``, ``data``, ``id`` and ``retry``.
    """

    def __init__(self, type: Any, whole: bool = False) -> None:
        self._type = type
        self._whole = whole
        self._is_text = type is str or (whole and get_type_hints(type).get("data") is str)
        self._rest = b""
        self._fields: Dict[str, Any] = {}

    def feed(self, content: bytes) -> Iterator[T]:
        text = self._rest + content
        # A carriage return at the end may be the first half of a line end.
        held = b"\r" if text.endswith(b"\r") else b""
        lines = (
            text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        )
        self._rest = lines.pop() + held
        _check_length(self._rest)
        for line in lines:
            yield from self._line(line.decode("utf-8", "replace").lstrip("\ufeff"))

    def end(self) -> Iterator[T]:
        if self._rest or self._fields:
            yield from self.feed(b"\n")
            yield from self._line("")

    def _line(self, line: str) -> Iterator[T]:
        if not line:
            fields, self._fields = self._fields, {}
            data = "\n".join(fields.get("data", ()))
            if "data" in fields and data.strip() != "[DONE]":
                yield self._item({**fields, "data": data})
            return
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            self._fields.setdefault("data", []).append(value)
        elif name in ("event", "id"):
            self._fields[name] = value
        elif name == "retry" and value.isdigit():
            self._fields[name] = int(value)

    def _item(self, fields: Dict[str, Any]) -> T:
        if not self._is_text:
            try:
                fields["data"] = read_json(fields["data"].encode("utf-8"))
            except DecodeError:
                if not self._whole:
                    raise
        found: T = from_builtins(self._type, fields if self._whole else fields["data"])
        return found


class Stream(Generic[T]):
    """The items of an answer, each as soon as it is there. Iterate it; ``with`` closes it early too."""

    def __init__(self, response: "httpx.Response", pieces: Pieces[T]) -> None:
        self.response = response
        self._items = self._iterate(pieces)

    def _iterate(self, pieces: Pieces[T]) -> Iterator[T]:
        try:
            for content in self.response.iter_bytes():
                yield from pieces.feed(content)
            yield from pieces.end()
        finally:
            self.response.close()

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
        self._items = self._iterate(pieces)

    async def _iterate(self, pieces: Pieces[T]) -> AsyncIterator[T]:
        try:
            async for content in self.response.aiter_bytes():
                for item in pieces.feed(content):
                    yield item
            for item in pieces.end():
                yield item
        finally:
            await self.response.aclose()

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


def asking_for(plan: RequestPlan[S, E], media_type: str) -> RequestPlan[S, E]:
    """Return the same call with the media type of the stream in its Accept header."""
    other = plan.moved()
    other.headers = {**plan.headers, "Accept": media_type}
    return other


def _bare(line: bytes) -> bytes:
    return line.strip().lstrip(b"\x1e").strip()


def _check_length(rest: bytes) -> None:
    if len(rest) > _MOST_BYTES:
        raise DecodeError(f"one line of the stream is longer than {_MOST_BYTES} bytes")


__all__ = ["AsyncStream", "Chunks", "Events", "Lines", "Pieces", "Stream", "asking_for"]
