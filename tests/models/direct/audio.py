"""Sound, by pipelines on decoded samples, so that no ffmpeg is needed."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import numpy
import transformers

from tests.models.direct.plain import values
from tests.models.samples import SAMPLING_RATE

Request = dict[str, Any]


def audio_classification(folder: Path, request: Request) -> Any:
    return values(_pipeline("audio-classification", folder)(_sound(request)))


def speech_recognition(folder: Path, request: Request) -> Any:
    run = _pipeline("automatic-speech-recognition", folder)
    given = dict(request.get("parameters", {}))
    if not given:
        return values(run(_sound(request)))
    timestamps = given.pop("return_timestamps")
    return values(run(_sound(request), return_timestamps=timestamps, generate_kwargs=given))


def zero_shot_audio_classification(folder: Path, request: Request) -> Any:
    # This model hears at 48 kHz: the sound takes three times as many samples.
    run = _pipeline("zero-shot-audio-classification", folder)
    samples = _resampled(request["inputs"], run.feature_extractor.sampling_rate)
    return values(run(samples, **request["parameters"]))


def text_to_audio(folder: Path, request: Request) -> Any:
    run = _pipeline("text-to-audio", folder)
    transformers.set_seed(request["parameters"]["seed"])
    spoken = run(request["inputs"])
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(spoken["sampling_rate"])
        samples = numpy.clip(spoken["audio"].reshape(-1), -1, 1)
        sound.writeframes((samples * 32767).round().astype("<i2").tobytes())
    return file.getvalue()


def _sound(request: Request) -> dict[str, Any]:
    with wave.open(str(request["inputs"])) as sound:
        samples = numpy.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    return {"raw": samples.astype("float32") / 32768, "sampling_rate": SAMPLING_RATE}


def _resampled(path: Path, rate: int) -> Any:
    import av

    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
    return numpy.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])


def _pipeline(task: str, folder: Path) -> Any:
    return transformers.pipeline(task, model=str(folder), device="cpu")


ANSWERS = {
    "audio-classification": audio_classification,
    "automatic-speech-recognition": speech_recognition,
    "automatic-speech-recognition (whisper)": speech_recognition,
    "zero-shot-audio-classification": zero_shot_audio_classification,
    "text-to-audio": text_to_audio,
}
