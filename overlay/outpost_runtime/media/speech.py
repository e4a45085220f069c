"""The words of a recording, as transformers and as OpenAI's clients know them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse

from outpost_runtime.binary import Binary
from outpost_runtime.requests import NoParameters, OneOrMore, TaskRequest


class Chunk(BaseModel):
    """A part of what was said, and when, in seconds; the end is None where it was cut off."""

    text: str
    timestamp: tuple[float, float | None]


class Recognized(BaseModel):
    """What was said; its parts if timestamps were asked for."""

    text: str
    chunks: list[Chunk] | None = None


class BriefTranscription(BaseModel):
    """What was said, as OpenAI's ``json`` has it."""

    text: str


class Word(BaseModel):
    """A word and when it was said, in seconds."""

    word: str
    start: float
    end: float


class Segment(BaseModel):
    """A part of what was said, and when, in seconds."""

    id: int
    start: float
    end: float
    text: str


class VerboseTranscription(BaseModel):
    """What was said and when, as OpenAI's ``verbose_json`` has it."""

    task: Literal["transcribe"] = "transcribe"
    language: str
    duration: float = Field(description="In seconds.")
    text: str
    words: list[Word] | None = None
    segments: list[Segment] | None = None


Transcription = VerboseTranscription | BriefTranscription


class SpeechForm(TaskRequest[NoParameters]):
    """The form of ``POST /v1/audio/transcriptions``, as OpenAI's clients send it."""

    raw_field: ClassVar[str] = "file"

    file: Binary
    model: str = Field(default="", description="Not looked at: the endpoint has one model.")
    language: str | None = None
    prompt: str | None = Field(default=None, description="Not looked at.")
    response_format: Literal["json", "text", "verbose_json"] = "json"
    temperature: float | None = Field(default=None, ge=0, le=1)
    timestamp_granularities: OneOrMore[Literal["word", "segment"]] = "segment"
    stream: Literal[False] = False

    @property
    def granularity(self) -> Literal[True, "word"] | None:
        """The timestamps that the answer needs, as transformers wants to be asked for them."""
        if self.response_format != "verbose_json":
            return None
        return "word" if "word" in self.timestamp_granularities else True

    @property
    def options(self) -> dict[str, Any]:
        """What was asked for, as parameters of Whisper are called."""
        return {
            "return_timestamps": self.granularity or False,
            "language": self.language,
            "temperature": self.temperature,
        }

    def answer(self, found: Recognized, duration_s: float) -> Any:
        """Return what was recognized in the format that was asked for."""
        if self.response_format == "text":
            return PlainTextResponse(found.text)
        if self.response_format == "json":
            return BriefTranscription(text=found.text)
        told = VerboseTranscription(
            language=self.language or "unknown", duration=duration_s, text=found.text
        )
        parts = [(*_times(chunk, duration_s), chunk.text) for chunk in found.chunks or []]
        if self.granularity == "word":
            told.words = [Word(word=text, start=start, end=end) for start, end, text in parts]
        else:
            told.segments = [
                Segment(id=position, start=start, end=end, text=text)
                for position, (start, end, text) in enumerate(parts)
            ]
        return told


def _times(chunk: Chunk, duration_s: float) -> tuple[float, float]:
    start, end = chunk.timestamp
    return start, duration_s if end is None else end
