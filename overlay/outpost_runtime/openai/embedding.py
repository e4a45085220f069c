"""Vectors as OpenAI's API has them."""

from __future__ import annotations

import array
import base64
import math
import sys
from typing import Any, Literal

from pydantic import BaseModel, Field

from outpost_runtime.errors import bad_input
from outpost_runtime.openai.shapes import Usage, known_tokens


class EmbeddingsRequest(BaseModel):
    """The body of ``POST /v1/embeddings``; an input is text or tokens."""

    input: str | list[str] | list[int] | list[list[int]]
    model: str | None = Field(default=None, description="any: the endpoint serves one")
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = Field(default=None, ge=1, description="the first so many, normalized")

    def texts(self, tokenizer: Any) -> list[str]:
        """Return each input as text.

        Raises:
            RequestValidationError: there is none, or it is of tokens that there are not.
        """
        given = self.input
        if isinstance(given, str):
            return [given]
        if not given:
            raise bad_input("input", "should be at least one text")
        tokens = [item for item in given if isinstance(item, int)]
        items = [tokens] if tokens else [item for item in given if not isinstance(item, int)]
        return [
            item
            if isinstance(item, str)
            else tokenizer.decode(known_tokens(item, tokenizer, "input"))
            for item in items
        ]


class Embedding(BaseModel):
    """One vector: its numbers, or the base64 of them as 32-bit floats, little-endian."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingsUsage(BaseModel):
    """Numbers of tokens."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    """The answer of ``POST /v1/embeddings``."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingsUsage

    @classmethod
    def of(
        cls, model: str, vectors: list[list[float]], tokens: int, request: EmbeddingsRequest
    ) -> Embeddings:
        """Return vectors, of as many tokens together, in the form that is asked for."""
        if request.dimensions is not None:
            vectors = [_shortened(vector, request.dimensions) for vector in vectors]
        is_text = request.encoding_format == "base64"
        data = [
            Embedding(index=index, embedding=_base64(vector) if is_text else vector)
            for index, vector in enumerate(vectors)
        ]
        usage = Usage.of(tokens)
        return cls(
            data=data,
            model=model,
            usage=EmbeddingsUsage(prompt_tokens=tokens, total_tokens=usage.total_tokens),
        )


def _shortened(vector: list[float], size: int) -> list[float]:
    if size > len(vector):
        raise bad_input("dimensions", f"should be at most {len(vector)}, as the model has")
    kept = vector[:size]
    length = math.sqrt(sum(value * value for value in kept)) or 1.0
    return [value / length for value in kept]


def _base64(vector: list[float]) -> str:
    numbers = array.array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()
