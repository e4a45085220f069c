# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/values/bodies.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Request bodies that are more than bytes: files and multipart forms."""

from __future__ import annotations

import mimetypes
import os
from typing import IO, Iterator, List, Mapping, Optional, Sequence, Tuple, Union, cast
from urllib.parse import urlencode

from outpost_api.encoding import deep_object, query_json, query_value, scalar_text
from outpost_api.errors import InvalidArgument
from outpost_api.file import File

_CHUNK_BYTES = 64 * 1024
_PART_ESCAPES = {ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A", ord("\\"): "\\\\"}


class FileBody:
    """A request body read from a binary file, from where the file stood when the body was made.

    Attributes:
        file: the open file.
        replayable: whether the body can be sent again.
        content_length: number of bytes, or ``None`` when the file cannot tell.
    """

    __slots__ = ("_start", "content_length", "file", "replayable")

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._start, self.content_length = _extent(file)
        self.replayable = self._start is not None

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, from the beginning each time the body is replayable."""
        if self._start is not None:
            self.file.seek(self._start)
        while True:
            chunk = self.file.read(_CHUNK_BYTES)
            if not chunk:
                return
            yield chunk


class Part:
    """One part of a multipart body: bytes or an open binary file."""

    __slots__ = ("content", "content_type", "filename", "headers", "name")

    def __init__(
        self,
        name: str,
        content: Union[bytes, IO[bytes]],
        *,
        filename: Optional[str] = None,
        content_type: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> None:
        self.name = name
        self.content = content
        self.filename = filename
        self.content_type = content_type
        self.headers = dict(headers or {})

    def __repr__(self) -> str:
        return (
            f"Part({self.name!r}, filename={self.filename!r}, content_type={self.content_type!r})"
        )


class MultipartBody:
    """A multipart body, ``multipart/form-data`` where nothing else is said.

    Attributes:
        media_type: what the body is announced as, without the boundary.
        parts: the parts in the order they are sent.
        boundary: random text between the parts, chosen when the body is made.
        replayable: whether the body can be sent again.
        content_length: number of bytes, or ``None`` when one of the files cannot tell.
    """

    __slots__ = ("_pieces", "boundary", "content_length", "media_type", "parts", "replayable")

    def __init__(self, parts: Sequence[Part], media_type: str = "multipart/form-data") -> None:
        self.parts = tuple(parts)
        self.media_type = media_type
        # A boundary that a file's author could guess would let the file forge further parts.
        self.boundary = os.urandom(16).hex()
        self._pieces: List[Union[bytes, FileBody]] = []
        for part in self.parts:
            self._pieces.append(self._heading(part))
            self._pieces.append(
                part.content if isinstance(part.content, bytes) else FileBody(part.content)
            )
            self._pieces.append(b"\r\n")
        self._pieces.append(b"--" + self.boundary.encode("ascii") + b"--\r\n")
        self.replayable = all(
            isinstance(piece, bytes) or piece.replayable for piece in self._pieces
        )
        lengths = [
            len(piece) if isinstance(piece, bytes) else piece.content_length
            for piece in self._pieces
        ]
        known = [length for length in lengths if length is not None]
        self.content_length: Optional[int] = sum(known) if len(known) == len(lengths) else None

    @property
    def content_type(self) -> str:
        """The Content-Type header that announces this body."""
        return f"{self.media_type}; boundary={self.boundary}"

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, from the beginning each time the body is replayable."""
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from piece.chunks()

    def _heading(self, part: Part) -> bytes:
        disposition = f'form-data; name="{part.name.translate(_PART_ESCAPES)}"'
        if part.filename is not None:
            disposition += f'; filename="{part.filename.translate(_PART_ESCAPES)}"'
        lines = [f"--{self.boundary}", f"Content-Disposition: {disposition}"]
        headers = dict(part.headers)
        if part.content_type is not None:
            headers["Content-Type"] = part.content_type
        for name, value in headers.items():
            if "\r" in value or "\n" in value:
                raise InvalidArgument(part.name, f"its {name} holds a line break")
            lines.append(f"{name}: {value}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


Body = Union[None, bytes, FileBody, MultipartBody]


def form_body(body: object, styles: Optional[Mapping[str, Tuple[str, bool]]] = None) -> bytes:
    """Return an ``application/x-www-form-urlencoded`` body; lists repeat their name.

    Args:
        body: the model or mapping.
        styles: field name to (style, explode) where the document says how it is written.
    """
    from outpost_api.codec import to_builtins

    pairs: List[Tuple[str, str]] = []
    for name, value in _fields(to_builtins(body)).items():
        style, explode = (styles or {}).get(name, ("", False))
        if style == "json":
            query_json(pairs, name, value)
        elif style:
            query_value(pairs, name, value, style, explode)
        elif isinstance(value, (list, tuple)):
            pairs.extend((name, scalar_text(item)) for item in value)
        elif isinstance(value, Mapping):
            deep_object(pairs, name, value)
        else:
            pairs.append((name, scalar_text(value)))
    return urlencode(pairs).encode("ascii")


def multipart_body(
    body: object,
    media_types: Optional[Mapping[str, str]] = None,
    *,
    media_type: str = "multipart/form-data",
) -> MultipartBody:
    """Return a multipart body with one part per field of a model or mapping.

    Files become file parts, objects become JSON parts, lists become one part per item. A form
    has no null: a field that is ``None`` is left out.

    Args:
        body: the model or mapping.
        media_types: field name to the media type its part is announced as.
        media_type: of the whole body, without a boundary.
    """
    from outpost_api.codec import wire_fields

    parts: List[Part] = []
    for name, value in _fields(wire_fields(body)).items():
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is not None:
                parts.append(_part(name, item, (media_types or {}).get(name)))
    return MultipartBody(parts, media_type)


def raw_body(body: object) -> Union[bytes, FileBody]:
    """Return bytes, text, a file or an open binary file as a body of its own."""
    if isinstance(body, File):
        body = body.content
    if isinstance(body, str):
        return _utf8("body", body)
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if hasattr(body, "read"):
        return FileBody(cast(IO[bytes], body))
    raise InvalidArgument(
        "body", f"must be bytes, text or a binary file, not {type(body).__name__}"
    )


def _part(name: str, value: object, media_type: Optional[str]) -> Part:
    from outpost_api.codec import encode_json

    if isinstance(value, File):
        media_type = value.content_type or media_type or _guessed(value.filename)
        return Part(name, value.content, filename=value.filename or name, content_type=media_type)
    if isinstance(value, (bytes, bytearray)) or hasattr(value, "read"):
        return _part(name, File(cast(IO[bytes], value)), media_type)
    if isinstance(value, (Mapping, list, tuple)) or hasattr(value, "to_dict"):
        return Part(name, encode_json(value), content_type=media_type or "application/json")
    return Part(name, _utf8(name, scalar_text(value)), content_type=media_type)


def _utf8(name: str, text: str) -> bytes:
    from outpost_api.codec import NO_UTF8

    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        pass  # it holds the text, which may be a secret
    raise InvalidArgument(name, NO_UTF8)


def _guessed(filename: Optional[str]) -> str:
    return mimetypes.guess_type(filename or "")[0] or "application/octet-stream"


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidArgument("body", f"must be a model or a mapping, not {type(value).__name__}")
    return value


def _extent(file: IO[bytes]) -> Tuple[Optional[int], Optional[int]]:
    """Return where the file stands and how many bytes follow; ``None`` twice for a stream."""
    try:
        if not file.seekable():
            return None, None
        start = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(start)
    except (AttributeError, OSError, ValueError):
        return None, None
    return start, max(end - start, 0)
