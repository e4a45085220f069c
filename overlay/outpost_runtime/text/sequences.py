"""Options of ``generate`` for models that make a text of another. Needs transformers."""

from __future__ import annotations

from typing import Any

from transformers import LogitsProcessorList

from outpost_runtime.errors import bad_input
from outpost_runtime.text.parameters import SequenceParameters, TranslationParameters
from outpost_runtime.text.sampling import sampler

#: Read by the sampler, by the tokenizer, or not at all.
OTHERS = frozenset(
    "do_sample temperature top_k top_p typical_p seed clean_up_tokenization_spaces truncation "
    "src_lang tgt_lang".split()
)


def generation_options(
    model: Any, tokenizer: Any, parameters: SequenceParameters, rows: int
) -> dict[str, Any]:
    """Return what to call ``model.generate`` with, beside the inputs of ``rows`` texts.

    Sets the tokenizer's source language where the parameters say one.

    Raises:
        RequestValidationError: the model knows no such language.
    """
    options = parameters.model_dump(exclude_none=True, exclude=set(OTHERS))
    # One of the two bounds: what the request says goes before what the template says.
    if {"max_length", "max_new_tokens"} <= options.keys():
        loser = (
            "max_length" if "max_new_tokens" in parameters.model_fields_set else "max_new_tokens"
        )
        del options[loser]
    draw = sampler(model, parameters, rows)
    options["do_sample"] = False
    if draw is not None:
        # A number of beams that is only the model's usual one gives way to the wish to draw.
        if "num_beams" in parameters.model_fields_set and options.get("num_beams", 1) > 1:
            raise bad_input(("parameters", "num_beams"), "should be 1 where tokens are drawn")
        options.pop("early_stopping", None)
        options["num_beams"] = 1
        options["logits_processor"] = LogitsProcessorList([draw])
    if isinstance(parameters, TranslationParameters):
        if parameters.src_lang is not None:
            _language(tokenizer, parameters.src_lang, "src_lang")
            tokenizer.src_lang = parameters.src_lang
        if parameters.tgt_lang is not None:
            options["forced_bos_token_id"] = _language(tokenizer, parameters.tgt_lang, "tgt_lang")
    return options


def _language(tokenizer: Any, code: str, field: str) -> int:
    """Return the token that stands for a language."""
    codes = [code, f"__{code}__"]  # the second as M2M100 writes them
    tokens = [tokenizer.convert_tokens_to_ids(text) for text in codes]
    known = [token for token in tokens if token is not None and token != tokenizer.unk_token_id]
    if not known or not hasattr(tokenizer, "src_lang"):
        raise bad_input(("parameters", field), f"{code!r} is no language code of this model")
    return int(known[0])
