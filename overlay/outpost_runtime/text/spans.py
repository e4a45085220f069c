"""The part of a text that answers a question, from where a model sees its start and end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from outpost_runtime.errors import bad_input


def windows(
    tokenizer: Any, question: str, context: str, *, size: int, shared: int
) -> tuple[Any, list[list[tuple[int, int]]]]:
    """Return a question with each window of a text as inputs of a model, and their offsets.

    Args:
        size: tokens of a window, with the question.
        shared: tokens that a window has in common with the one before.

    Raises:
        RequestValidationError: the question leaves no room for the text, or that is empty.
    """
    room = size - len(tokenizer(question, "")["input_ids"])
    if room < 1:
        raise bad_input(
            ("inputs", "question"), f"should leave room for a text within {size} tokens"
        )
    if not context.strip():
        raise bad_input(("inputs", "context"), "should not be empty")
    inputs = tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=size,
        stride=min(shared, room // 2),
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding=True,
        return_tensors="pt",
    )
    inputs.pop("overflow_to_sample_mapping")
    return inputs, inputs.pop("offset_mapping").tolist()


def best_spans(
    start: Any,
    end: Any,
    offsets: Sequence[tuple[int, int]],
    is_context: Sequence[bool],
    context: str,
    *,
    top_k: int,
    max_tokens: int,
) -> list[dict[str, Any]]:
    """Return the likeliest answers within one window of the text, the best first.

    Args:
        start: scores of each token for being the first of the answer, a tensor of one dimension.
        end: the same for the last.
        offsets: the characters of the text that each token is.
        is_context: whether a token is of the text, and not of the question.
        max_tokens: tokens of an answer, at most.

    Returns:
        ``score`` between 0 and 1, ``start`` and ``end`` in characters, ``answer``.
    """
    import torch

    outside = ~torch.tensor(is_context, device=start.device)
    first = start.float().masked_fill(outside, -1e9).softmax(-1)
    last = end.float().masked_fill(outside, -1e9).softmax(-1)
    # An answer ends where it begins or later, and within max_tokens.
    scores = (first[:, None] * last[None, :]).triu().tril(max_tokens - 1)
    found = scores.flatten().topk(min(top_k, scores.numel()))
    spans = []
    for score, at in zip(found.values.tolist(), found.indices.tolist(), strict=True):
        begin, finish = offsets[at // len(first)][0], offsets[at % len(first)][1]
        answer = context[begin:finish]
        if is_context[at // len(first)] and is_context[at % len(first)]:
            spans.append({"score": score, "start": begin, "end": finish, "answer": answer})
    return spans
