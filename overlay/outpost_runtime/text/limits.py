"""How long a text a model reads."""

from __future__ import annotations

from typing import Any

#: Families whose positions begin behind that of the padding.
SHIFTED = frozenset(
    "camembert ibert luke mpnet roberta roberta-prelayernorm xlm-roberta xlm-roberta-xl".split()
)


def token_limit(tokenizer: Any, config: Any, default: int = 100_000) -> int:
    """Return how many tokens a model reads, by its tokenizer and by its configuration.

    Tokenizers cut what is longer where ``model_max_length`` is set to this; many come without it.
    """
    limits = [tokenizer.model_max_length, default]
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        shift = (config.pad_token_id or 0) + 1 if config.model_type in SHIFTED else 0
        limits.append(positions - shift)
    return int(min(limits))
