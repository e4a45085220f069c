"""Bytes in a request: as they are, or as base64 where the request is JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema


def _decode(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    start = value[:100].lstrip().lower()
    if start.startswith(("http://", "https://", "file://")):
        raise ValueError("addresses are not fetched: send the bytes, or their base64")
    if start.startswith("data:"):
        head, _, value = value.partition(",")
        if not head.endswith(";base64"):
            raise ValueError("a data URL has to be in base64")
    try:
        # Line breaks are common in base64; other characters are a sign of something else.
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is not base64; send the bytes, or their base64") from None


#: Bytes: the body itself, a file of a form, base64 or a ``data:`` URL in JSON.
Binary = Annotated[
    bytes,
    BeforeValidator(_decode),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
