"""Answering OpenAI's requests with a :class:`TextWriter`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from outpost_runtime.errors import bad_input
from outpost_runtime.openai.shapes import (
    AssistantMessage,
    ChatChoice,
    ChatCompletion,
    ChatRequest,
    Completion,
    CompletionChoice,
    CompletionRequest,
    Usage,
    known_tokens,
)
from outpost_runtime.streaming import EventStream

if TYPE_CHECKING:
    from outpost_runtime.text.writing import Stream, TextWriter

DONE = "[DONE]"
#: Where a completion does not say how long it may be.
COMPLETION_TOKENS = 16
CHAT_TOKENS = 1024


async def chat(
    writer: TextWriter, model: str, request: ChatRequest
) -> ChatCompletion | EventStream:
    """Return the next message of a chat, or the stream of it."""
    prompt = writer.read_messages([message.plain() for message in request.messages])
    length = request.max_completion_tokens or request.max_tokens or CHAT_TOKENS
    parameters = request.writing_parameters(length)
    name = f"chatcmpl-{uuid4().hex}"
    if request.stream:
        stream = writer.stream(prompt, parameters, "messages")
        head = {"id": name, "object": "chat.completion.chunk", "model": model}
        events = _events(stream, head, _delta, request.wants_usage)
        return EventStream(events, DONE)
    writing = await writer.write(prompt, parameters, "messages")
    message = AssistantMessage(content=writing.text())
    choice = ChatChoice(message=message, finish_reason=writing.finish or "stop")
    usage = Usage.of(len(writing.prompt), len(writing.ids))
    return ChatCompletion(id=name, model=model, choices=[choice], usage=usage)


async def complete(
    writer: TextWriter, model: str, request: CompletionRequest
) -> Completion | EventStream:
    """Return how each prompt goes on, or the stream of one."""
    prompts = [
        known_tokens(item, writer.tokenizer, "prompt")
        if isinstance(item, list)
        else writer.read_text(item, "prompt")
        for item in request.prompts()
    ]
    if not prompts or not all(prompts):
        raise bad_input("prompt", "should hold at least one token")
    parameters = request.writing_parameters(request.max_tokens or COMPLETION_TOKENS)
    name = f"cmpl-{uuid4().hex}"
    if request.stream:
        if len(prompts) > 1:
            raise bad_input("prompt", "should be one prompt where the answer is a stream")
        stream = writer.stream(prompts[0], parameters, "prompt")
        head = {"id": name, "object": "text_completion", "model": model}
        return EventStream(_events(stream, head, _text, request.wants_usage), DONE)
    writings = await asyncio.gather(
        *(writer.write(prompt, parameters, "prompt") for prompt in prompts)
    )
    choices = [
        CompletionChoice(
            index=index,
            text=_echo(writer, writing.prompt, request) + writing.text(),
            finish_reason=writing.finish or "stop",
        )
        for index, writing in enumerate(writings)
    ]
    usage = Usage.of(sum(map(len, prompts)), sum(len(writing.ids) for writing in writings))
    return Completion(id=name, model=model, choices=choices, usage=usage)


def _echo(writer: TextWriter, prompt: list[int], request: CompletionRequest) -> str:
    return str(writer.tokenizer.decode(prompt, skip_special_tokens=True)) if request.echo else ""


def _delta(text: str | None) -> dict[str, Any]:
    return {"delta": {} if text is None else {"role": "assistant", "content": text}}


def _text(text: str | None) -> dict[str, Any]:
    return {"text": text or ""}


async def _events(
    stream: Stream,
    head: dict[str, Any],
    piece_of: Callable[[str | None], dict[str, Any]],
    wants_usage: bool,
) -> AsyncIterator[dict[str, Any]]:
    """Yield the chunks of an answer: its pieces, why it ended, and the usage if it is wanted."""
    head = {**head, "created": int(time.time())}
    usage: dict[str, Any] = {"usage": None} if wants_usage else {}

    def chunk(text: str | None, finish: str | None) -> dict[str, Any]:
        choice = {"index": 0, **piece_of(text), "finish_reason": finish, "logprobs": None}
        return {**head, "choices": [choice], **usage}

    yield chunk("", None)
    pieces = aiter(stream)
    try:
        async for text, _ in pieces:
            yield chunk(text, None)
    finally:
        await pieces.aclose()  # type: ignore[attr-defined]  # a generator
    writing = stream.writing
    yield chunk(None, writing.finish or "stop")
    if wants_usage:
        total = Usage.of(len(writing.prompt), len(writing.ids)).model_dump()
        yield {**head, "choices": [], "usage": total}
