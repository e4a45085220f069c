"""What goes in and comes out of chats and completions."""

from __future__ import annotations

import time
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from outpost_runtime.errors import bad_input
from outpost_runtime.text.parameters import WritingParameters


class ResponseFormat(BaseModel):
    """The form of the answer: text, as no other can be promised."""

    type: Literal["text"] = "text"


class StreamOptions(BaseModel):
    """``include_usage`` adds a last event with the numbers of tokens."""

    include_usage: bool = False


class Generation(BaseModel):
    """What both kinds of completion may say.

    Fields that no answer depends on, such as ``user``, are ignored. Those that would change it and
    are not supported are taken with the value that changes nothing.
    """

    model: str | None = Field(default=None, description="any: the endpoint serves one")
    max_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    repetition_penalty: float | None = Field(default=None, gt=0, le=100)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: str | list[str] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    best_of: Literal[1] | None = None
    frequency_penalty: Literal[0] | None = None
    presence_penalty: Literal[0] | None = None
    logit_bias: dict[str, float] | None = Field(default=None, max_length=0)
    suffix: Literal[""] | None = None

    def writing_parameters(self, max_new_tokens: int | None) -> WritingParameters:
        """Return the same in the words of transformers."""
        return WritingParameters(
            max_new_tokens=max_new_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            repetition_penalty=self.repetition_penalty,
            seed=self.seed,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
        )

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with the numbers of tokens."""
        return self.stream_options is not None and self.stream_options.include_usage


class TextPart(BaseModel):
    """A part of a message."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """What somebody says."""

    role: str = Field(description="such as system, user or assistant")
    content: str | list[TextPart] | None = None

    def plain(self) -> dict[str, str]:
        """Return it as chat templates take it."""
        parts = self.content or ""
        text = parts if isinstance(parts, str) else "".join(part.text for part in parts)
        return {"role": self.role, "content": text}


class ChatRequest(Generation):
    """The body of ``POST /v1/chat/completions``."""

    messages: list[ChatMessage] = Field(min_length=1)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    logprobs: Literal[False] | None = None
    tools: list[Any] | None = None
    response_format: ResponseFormat | None = None

    @field_validator("tools")
    @classmethod
    def _no_tools(cls, tools: list[Any] | None) -> list[Any] | None:
        if tools:
            raise ValueError("tools are not supported; leave them out")
        return tools


def known_tokens(ids: list[int], tokenizer: Any, field: str) -> list[int]:
    """Return tokens that a client has sent as numbers.

    Raises:
        RequestValidationError: the tokenizer has no such token.
    """
    unknown = next((one for one in ids if not 0 <= one < len(tokenizer)), None)
    if unknown is not None:
        raise bad_input(field, f"{unknown} is no token: they are 0 to {len(tokenizer) - 1}")
    return ids


class CompletionRequest(Generation):
    """The body of ``POST /v1/completions``; a prompt is text or tokens."""

    prompt: str | list[str] | list[int] | list[list[int]]
    echo: bool | None = False
    logprobs: Literal[0] | None = None

    def prompts(self) -> list[str | list[int]]:
        """Return each prompt by itself."""
        prompt = self.prompt
        if isinstance(prompt, str):
            return [prompt]
        if prompt and isinstance(prompt[0], int):
            return [[token for token in prompt if isinstance(token, int)]]
        return [item for item in prompt if not isinstance(item, int)]


class Usage(BaseModel):
    """Numbers of tokens."""

    prompt_tokens: int
    completion_tokens: int = 0
    total_tokens: int = 0

    @classmethod
    def of(cls, prompt: int, completion: int = 0) -> Usage:
        """Return the two and their sum."""
        total = prompt + completion
        return cls(prompt_tokens=prompt, completion_tokens=completion, total_tokens=total)


class AssistantMessage(BaseModel):
    """What the model says."""

    role: Literal["assistant"] = "assistant"
    content: str


class ChatChoice(BaseModel):
    """One answer; ``finish_reason`` is ``stop`` or ``length``."""

    index: int = 0
    message: AssistantMessage
    finish_reason: str
    logprobs: None = None


class CompletionChoice(BaseModel):
    """One answer; ``finish_reason`` is ``stop`` or ``length``."""

    index: int = 0
    text: str
    finish_reason: str
    logprobs: None = None


def _now() -> int:
    return int(time.time())


class ChatCompletion(BaseModel):
    """The answer of ``POST /v1/chat/completions``."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(default_factory=_now)
    model: str
    choices: list[ChatChoice]
    usage: Usage


class Completion(BaseModel):
    """The answer of ``POST /v1/completions``."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int = Field(default_factory=_now)
    model: str
    choices: list[CompletionChoice]
    usage: Usage
