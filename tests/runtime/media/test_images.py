"""Reading images of requests, within bounds."""

from __future__ import annotations

import contextlib
import io
import zlib

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given, strategies as st
from PIL import Image

from outpost_runtime.media import png, png_text, read_images
from outpost_runtime.media.images import MOST_PIXELS, read_image
from outpost_runtime.media.reading import Unreadable


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "RGB"])
def test_models_get_three_colours_whatever_was_sent(mode):
    """Palettes, transparency and grey become RGB."""
    read = read_image(encoded(Image.new(mode, (4, 3))))

    assert (read.mode, read.size) == ("RGB", (4, 3))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM"])
def test_the_usual_formats_are_read(kind):
    """By what the file begins with, not by a name or a content type."""
    assert read_image(encoded(Image.new("RGB", (4, 3)), kind)).size == (4, 3)


def test_a_photograph_is_turned_the_right_way_up():
    """Cameras write how they were held instead of turning the pixels."""
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn

    assert read_image(encoded(Image.new("RGB", (4, 3)), "JPEG", exif=exif)).size == (3, 4)


@pytest.mark.parametrize("size", [(MOST_PIXELS // 1000, 1001), (40_000, 40_000)])
def test_an_image_of_too_many_pixels_is_refused_unread(size):
    """Its size is in the first bytes, so that little memory is needed to find out."""
    header = encoded(Image.new("1", (8, 8)))
    width, height = (number.to_bytes(4, "big") for number in size)
    bomb = header[:16] + width + height + header[24:]
    checksum = zlib.crc32(bomb[12:29]).to_bytes(4, "big")

    with pytest.raises(Unreadable, match="scale it down"):
        read_image(bomb[:29] + checksum + bomb[33:])


def test_formats_that_start_other_programs_are_not_read():
    """Pillow gives PostScript to Ghostscript."""
    with pytest.raises(Unreadable, match="no image"):
        read_image(encoded(Image.new("RGB", (4, 3)), "EPS"))


@given(st.binary(max_size=200), st.integers(0, 80))
def test_whatever_is_sent_is_an_image_or_refused(noise, cut):
    """No file makes it raise anything else."""
    for file in (noise, encoded(Image.new("RGB", (4, 3)))[:cut] + noise):
        with contextlib.suppress(Unreadable):
            assert read_image(file).mode == "RGB"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("given", "place"), [(b"no", ("body", "picture")), ([b"no"], ("body", "picture", 0))]
)
async def test_the_field_of_a_file_that_cannot_be_read_is_named(given, place):
    """In a list, with its position."""
    with pytest.raises(RequestValidationError) as raised:
        await read_images(given, "picture")

    assert [problem["loc"] for problem in raised.value.errors()] == [place]


def test_an_array_is_written_as_an_image():
    """Masks are arrays of bool."""
    import numpy

    mask = numpy.array([[True, False], [False, True]])

    assert read_image(png(mask)).getpixel((0, 0)) == (255, 255, 255)
    assert png_text(mask).startswith("iVBOR")
