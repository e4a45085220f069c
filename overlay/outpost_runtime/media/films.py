"""Films: the frames that a model looks at."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from outpost_runtime.media.containers import open_container
from outpost_runtime.media.reading import Unreadable, read_files

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

    Frame = NDArray[uint8]

#: Of all frames that are decoded for one answer.
MOST_PIXELS = 1_000_000_000


async def read_films(
    given: bytes | list[bytes], frames: int, every: int = 1, field: str = "inputs"
) -> list[list[Frame]]:
    """Return of each film, one or a list of them, the frames to look at.

    Args:
        given: files, such as MP4, WebM or AVI.
        frames: how many frames of each; of a film with fewer, some are taken twice.
        every: how far they are apart: 1 takes frame after frame.
        field: where they are in the request.

    Returns:
        For each film a list of arrays of shape (height, width, 3), in RGB.

    Raises:
        RequestValidationError: one is no film, or its frames have too many pixels.
    """
    return await read_files(given, field, partial(read_film, frames=frames, every=every))


def read_film(file: bytes, frames: int, every: int = 1) -> list[Frame]:
    """Return the frames of one film. See :func:`read_films`.

    Raises:
        Unreadable: the reason.
    """
    import numpy

    with open_container(file, "film") as container:
        if not container.streams.video:
            raise Unreadable("there are no frames in this file")
        shown = _decoded(container, frames * every)
        positions = numpy.linspace(0, frames * every - 1, frames, dtype=int)
        if len(shown) < frames * every:
            positions = numpy.linspace(0, len(shown) - 1, frames, dtype=int)
        return [shown[position].to_ndarray(format="rgb24") for position in positions]


def _decoded(container: Any, count: int) -> list[Any]:
    """Return the first frames, as small as they come out of the file."""
    shown: list[Any] = []
    pixels = 0
    for frame in islice(container.decode(video=0), count):
        shown.append(frame)
        pixels += frame.width * frame.height
        if pixels > MOST_PIXELS:
            raise Unreadable(
                f"the frames have more than {MOST_PIXELS // 1_000_000} million pixels together:"
                " scale the film down, or ask for fewer frames"
            )
    if not shown:
        raise Unreadable("the film has no frames")
    return shown
