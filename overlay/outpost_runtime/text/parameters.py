"""Parameters that the templates of language models have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, Field, model_validator

from outpost_runtime.requests import Parameters


class GenerationParameters(Parameters):
    """How a language model chooses its words. What is not given is as the model says, or greedy."""

    max_new_tokens: int | None = Field(default=None, ge=1, le=1_000_000)
    do_sample: bool | None = Field(default=None, description="draw instead of taking the likeliest")
    temperature: float | None = Field(default=None, ge=0, le=100)
    top_k: int | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    typical_p: float | None = Field(default=None, gt=0, le=1)
    repetition_penalty: float | None = Field(default=None, gt=0, le=100)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)


class WritingParameters(GenerationParameters):
    """Of a text that goes on: also where it ends, and what is told of it."""

    stop: tuple[str, ...] = Field(
        default=(),
        max_length=16,
        validation_alias=AliasChoices("stop", "stop_sequences"),
        description="texts that end the answer, which they are not part of",
    )
    truncate: int | None = Field(default=None, ge=1, description="last tokens of the input to read")
    return_full_text: bool = Field(default=False, description="begin the answer with the input")
    details: bool = Field(default=False, description="also tell why it ended, and how long it is")


class SequenceParameters(GenerationParameters):
    """Of a text that is made of another."""

    min_new_tokens: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=1, description="of the answer, in tokens")
    min_length: int | None = Field(default=None, ge=0, description="of the answer, in tokens")
    num_beams: int | None = Field(default=None, ge=1, le=64)
    length_penalty: float | None = None
    no_repeat_ngram_size: int | None = Field(default=None, ge=0)
    early_stopping: bool | None = None
    clean_up_tokenization_spaces: bool | None = None
    truncation: str | None = Field(default=None, description="inputs are always cut where needed")

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, data: Any) -> Any:
        """Take ``generate_parameters``, an object within these, as if it were these."""
        if not isinstance(data, Mapping) or not isinstance(data.get("generate_parameters"), dict):
            return data
        rest = {name: value for name, value in data.items() if name != "generate_parameters"}
        return {**data["generate_parameters"], **rest}


class TranslationParameters(SequenceParameters):
    """Also the languages, for models that know several, in the codes of their tokenizers."""

    src_lang: str | None = Field(default=None, description="such as eng_Latn, en_XX or en")
    tgt_lang: str | None = Field(default=None, description="such as fra_Latn, fr_XX or fr")
