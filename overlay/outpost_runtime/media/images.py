"""Images: PNG, JPEG and their like to Pillow's images, and these to PNG."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from outpost_runtime.media.reading import Unreadable, read_files

if TYPE_CHECKING:
    from PIL.Image import Image

#: Of one image. In memory a pixel takes 3 bytes, and models copy it some times.
MOST_PIXELS = 80_000_000
# Pillow reads more; some of that starts other programs.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")


async def read_images(given: bytes | list[bytes], field: str = "inputs") -> list[Image]:
    """Return one image or a list of them as Pillow's images, in RGB and the right way up.

    Args:
        given: files in PNG, JPEG, WebP, GIF, BMP, TIFF or PPM.
        field: where they are in the request.

    Raises:
        RequestValidationError: one is no image, is cut off, or has more than 80 million pixels.
    """
    return await read_files(given, field, read_image)


def read_image(file: bytes) -> Image:
    """Return one image. See :func:`read_images`.

    Raises:
        Unreadable: the reason.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
            # Opening reads the size only: a small file may hold an image that fills the memory.
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_large(f"{opened.width} x {opened.height}")
            return ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError:
        raise Unreadable(f"this is no image; send one of {', '.join(FORMATS)}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large("over 89 million") from None
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"the image cannot be read to its end: {error}") from None


def png(image: Any) -> bytes:
    """Return an image as PNG: one of Pillow's, or an array of uint8 or bool.

    An array has the shape (height, width) or, with colours, (height, width, 3).
    """
    from PIL import Image

    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, "PNG")
    return file.getvalue()


def png_text(image: Any) -> str:
    """Return an image as PNG in base64, as JSON can hold it. See :func:`png`."""
    return base64_text(png(image))


def base64_text(file: bytes) -> str:
    """Return a file as JSON can hold it."""
    return base64.b64encode(file).decode()


def _too_large(size: str) -> Unreadable:
    bound = f"at most {MOST_PIXELS // 1_000_000} million are read"
    return Unreadable(f"the image has {size} pixels, and {bound}: scale it down")
