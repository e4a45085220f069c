"""What the models are asked about: an image, a sound, a film, each a file that anybody may send."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

IMAGE, SOUND, FILM = "image.png", "sound.wav", "film.mp4"
SAMPLING_RATE = 16_000


def write_samples(folder: Path) -> None:
    """Write the three files; needs numpy, pillow and av."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_image(folder / IMAGE)
    _write_sound(folder / SOUND)
    _write_film(folder / FILM)


def _write_image(path: Path) -> None:
    """Colours that run into each other with something square in it, 64 x 48 pixels."""
    import numpy
    from PIL import Image

    across, down = numpy.meshgrid(numpy.arange(64) * 4, numpy.arange(48) * 5)
    pixels = numpy.stack([across, down, (across + down) // 2], axis=-1).astype("uint8")
    pixels[10:30, 20:50] = (200, 30, 30)
    Image.fromarray(pixels).save(path)


def _write_sound(path: Path) -> None:
    """One second of the note A, at 16 kHz in 16 bits."""
    import numpy

    time_s = numpy.arange(SAMPLING_RATE) / SAMPLING_RATE
    note = 0.5 * numpy.sin(2 * numpy.pi * 440 * time_s)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLING_RATE)
        file.writeframes((note * 32767).astype("<i2").tobytes())


def _write_film(path: Path) -> None:
    """Two seconds in which it dawns, 16 frames of 64 x 48 pixels."""
    import av
    import numpy

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for packet in _packets(
            stream, [numpy.full((48, 64, 3), 15 * i, "uint8") for i in range(16)]
        ):
            container.mux(packet)


def _packets(stream: Any, frames: list[Any]) -> Iterator[Any]:
    import av

    for frame in frames:
        yield from stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24"))
    yield from stream.encode()
