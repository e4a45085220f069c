"""Decoding files of a request beside the event loop, and telling which of them cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from outpost_runtime.errors import bad_input

Decoded = TypeVar("Decoded")


class Unreadable(ValueError):
    """A file is not what it should be, or exceeds a bound; the message says what would do."""


async def read_files(
    given: bytes | list[bytes], field: str, decode: Callable[[bytes], Decoded]
) -> list[Decoded]:
    """Return what ``decode`` makes of one file or a list of them, always as a list.

    Raises:
        RequestValidationError: ``decode`` raised :class:`Unreadable`; FastAPI answers 422, naming
            ``field`` and, in a list, the position.
    """
    if not isinstance(given, list):
        return [await _read(given, (field,), decode)]
    return [await _read(file, (field, position), decode) for position, file in enumerate(given)]


async def _read(
    file: bytes, place: tuple[str | int, ...], decode: Callable[[bytes], Decoded]
) -> Decoded:
    try:
        return await asyncio.to_thread(decode, file)
    except Unreadable as error:
        raise bad_input(place, str(error)) from None
