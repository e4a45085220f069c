"""What libraries answer as what JSON and PNG can hold; written apart from Outpost's own."""

from __future__ import annotations

import base64
import io
from typing import Any


def png(image: Any) -> bytes:
    """Return a PIL image or an array of one as PNG."""
    from PIL import Image

    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, "PNG")
    return file.getvalue()


def png_text(image: Any) -> str:
    return base64.b64encode(png(image)).decode()


def values(given: Any) -> Any:
    """Return numbers, texts, lists and dicts only; images become PNG in base64."""
    if isinstance(given, dict):
        return {key: values(part) for key, part in given.items()}
    if isinstance(given, list | tuple):
        return [values(part) for part in given]
    if hasattr(given, "save"):
        return png_text(given)
    return given.tolist() if hasattr(given, "tolist") else given
