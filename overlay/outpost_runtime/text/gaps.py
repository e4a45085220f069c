"""Words for the gaps of a text, from what a masked language model sees there."""

from __future__ import annotations

from typing import Any


def words_for_gaps(tokenizer: Any, ids: Any, logits: Any, top_k: int) -> list[list[dict[str, Any]]]:
    """Return for each gap of a text its ``top_k`` likeliest words, the best first.

    Args:
        ids: the tokens of the text, a tensor of one dimension.
        logits: the scores of all tokens at each of its places.

    Returns:
        For each word ``score`` between 0 and 1, ``token``, ``token_str``, and ``sequence``, the
        text with it. Other gaps stay to be seen in that, as their masks.
    """
    places = (ids == tokenizer.mask_token_id).nonzero().flatten().tolist()
    gaps = []
    for place in places:
        found = logits[place].float().softmax(-1).topk(min(top_k, logits.shape[-1]))
        words = []
        for score, token in zip(found.values.tolist(), found.indices.tolist(), strict=True):
            filled = ids.clone()
            filled[place] = token
            filled = filled[filled != tokenizer.pad_token_id]
            text = tokenizer.decode(filled, skip_special_tokens=len(places) == 1)
            name = tokenizer.decode([token])
            words.append({"score": score, "token": token, "token_str": name, "sequence": text})
        gaps.append(words)
    return gaps
