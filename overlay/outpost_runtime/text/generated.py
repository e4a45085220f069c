"""Answers of text generation, as text-generation-inference and its clients have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from outpost_runtime.errors import bad_input
from outpost_runtime.streaming import EventStream
from outpost_runtime.text.parameters import WritingParameters
from outpost_runtime.text.pieces import Writing

if TYPE_CHECKING:
    from outpost_runtime.text.writing import Stream, TextWriter

#: Why an answer ended, in their words.
REASONS = {"stop": "eos_token", "length": "length"}


class Details(TypedDict):
    """How an answer came about."""

    finish_reason: str
    generated_tokens: int
    seed: int | None
    prefill: list[Any]
    tokens: list[Any]


class GeneratedText(TypedDict):
    """How a text goes on; ``details`` if they are asked for."""

    generated_text: str
    details: NotRequired[Details]


async def generate(
    writer: TextWriter,
    prompts: Sequence[Sequence[int]],
    parameters: WritingParameters,
    *,
    stream: bool = False,
) -> list[GeneratedText] | EventStream:
    """Return how each prompt goes on, or the stream of one.

    Raises:
        RequestValidationError: a prompt is too long; a stream is asked for several.
    """
    if stream:
        if len(prompts) != 1:
            raise bad_input("stream", "should be false where there are several inputs")
        return EventStream(_events(writer.stream(prompts[0], parameters), parameters))
    writings = await asyncio.gather(*(writer.write(prompt, parameters) for prompt in prompts))
    return [_answer(writer, writing, parameters) for writing in writings]


def _answer(writer: TextWriter, writing: Writing, parameters: WritingParameters) -> GeneratedText:
    text = writing.text()
    if parameters.return_full_text:
        text = writer.tokenizer.decode(writing.prompt, skip_special_tokens=True) + text
    answer = GeneratedText(generated_text=text)
    if parameters.details:
        answer["details"] = Details(
            finish_reason=REASONS[writing.finish or "stop"],
            generated_tokens=len(writing.ids),
            seed=parameters.seed,
            prefill=[],
            tokens=[],
        )
    return answer


async def _events(stream: Stream, parameters: WritingParameters) -> AsyncIterator[dict[str, Any]]:
    """Yield a token at a time, the last one with the whole text."""
    index = 0
    text, token = "", 0
    pieces = aiter(stream)
    try:
        async for piece, token in pieces:
            index += 1
            text += piece
            yield _event(index, token, piece)
    finally:
        await pieces.aclose()  # type: ignore[attr-defined]  # a generator
    writing = stream.writing
    details = {
        "finish_reason": REASONS[writing.finish or "stop"],
        "generated_tokens": len(writing.ids),
        "input_length": len(writing.prompt),
        "seed": parameters.seed,
    }
    last = writing.ids[-1] if writing.ids else token
    yield {**_event(index + 1, last, "", special=True), "generated_text": text, "details": details}


def _event(index: int, token: int, text: str, *, special: bool = False) -> dict[str, Any]:
    told = {"id": token, "text": text, "logprob": 0.0, "special": special}
    return {"index": index, "token": told, "generated_text": None, "details": None}
