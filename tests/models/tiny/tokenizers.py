"""Tokenizers trained on a few sentences: every byte is a token, so that they can read anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

#: No tokenizer here has more tokens than that.
VOCABULARY = 330
PAD, END, UNKNOWN, START = 0, 1, 2, 3
#: Tokens above it are words.
MARKS_END = 6

_SPECIAL = ["<pad>", "</s>", "<unk>", "<s>", "<mask>", "[CLS]", "[SEP]"]
_SENTENCES = [
    "The light from the flashlight moves in a straight line.",
    "Outpost serves machine learning models for everyone.",
    "What is the name? My name is Ada and I live in London.",
]


def tokenizer(marks: Literal["bert", "end", "none"] = "none") -> PreTrainedTokenizerFast:
    """Return a tokenizer that puts around a text what its model expects there."""
    trained = _train()
    kept = {}
    if marks == "bert":
        kept = {"cls_token": "[CLS]", "sep_token": "[SEP]"}
        trained.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[(mark, trained.token_to_id(mark)) for mark in ("[CLS]", "[SEP]")],
        )
    elif marks == "end":
        trained.post_processor = processors.TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", END)]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=trained,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        bos_token="<s>",
        mask_token="<mask>",
        model_max_length=128,
        **kept,
    )


def byte_pairs() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return vocabulary and merges, for tokenizers of a class of their own."""
    model = json.loads(_train().to_str())["model"]
    merges = [
        tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge)
        for merge in model["merges"]
    ]
    return dict(model["vocab"]), merges


def character_vocabulary(folder: Path, tokens: list[str]) -> int:
    """Write ``vocab.json`` with these tokens and return how many there are."""
    vocabulary = {token: position for position, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    return len(vocabulary)


def _train() -> Tokenizer:
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    trained.train_from_iterator(_SENTENCES * 3, trainer)
    return trained
