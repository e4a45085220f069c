"""Sounds: any file that FFmpeg reads to samples, and samples to WAV."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from outpost_runtime.media.containers import open_container
from outpost_runtime.media.reading import Unreadable, read_files

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Samples = NDArray[float32]

#: Of one sound. At 16,000 samples a second that is 230 MB.
MOST_SECONDS = 3600


async def read_sounds(
    given: bytes | list[bytes], sampling_rate: int, field: str = "inputs"
) -> list[Samples]:
    """Return one sound or a list of them as samples from -1 to 1, of shape (samples,).

    Args:
        given: files, such as WAV, MP3, FLAC, Ogg, M4A or WebM; channels are mixed into one.
        sampling_rate: samples a second that the model hears; others are resampled to it.
        field: where they are in the request.

    Raises:
        RequestValidationError: one is no sound, is empty, or is longer than an hour.
    """
    return await read_files(given, field, partial(read_sound, sampling_rate=sampling_rate))


def read_sound(file: bytes, sampling_rate: int) -> Samples:
    """Return one sound. See :func:`read_sounds`.

    Raises:
        Unreadable: the reason.
    """
    import numpy

    with open_container(file, "sound") as container:
        if not container.streams.audio:
            raise Unreadable("there is no sound in this file")
        pieces: list[Samples] = []
        count = 0
        for piece in _pieces(container, sampling_rate):
            pieces.append(piece)
            count += len(piece)
            if count > MOST_SECONDS * sampling_rate:
                raise Unreadable(f"the sound is longer than {MOST_SECONDS} s: send it in parts")
    if not count:
        raise Unreadable("the sound is empty")
    return numpy.concatenate(pieces)


def _pieces(container: Any, sampling_rate: int) -> Iterator[Samples]:
    """Yield the sound in one channel at one rate, as it is decoded."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=sampling_rate)
    for frame in container.decode(audio=0):
        for part in resampler.resample(frame):
            yield part.to_ndarray().reshape(-1)
    for part in resampler.resample(None):  # what it still holds back
        yield part.to_ndarray().reshape(-1)


def wav(samples: Any, sampling_rate: int) -> bytes:
    """Return samples from -1 to 1 as a WAV file of 16 bits.

    Args:
        samples: an array or tensor with a number a sample; shape (samples,) or (1, samples).
        sampling_rate: samples a second.
    """
    import numpy

    flat = numpy.asarray(samples, dtype="float32").reshape(-1)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(sampling_rate)
        sound.writeframes((flat.clip(-1, 1) * 32767).round().astype("<i2").tobytes())
    return file.getvalue()
