"""Drawing tokens so that a seed gives the same text, whatever else runs. Needs transformers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import (
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from outpost_runtime.text.parameters import GenerationParameters


class Sampler:
    """A logits processor that leaves one token a row: the drawn one.

    Each row has a generator of its own. Those of torch are shared by all threads, so that a seed
    would mean nothing while two requests run; and a row would depend on its neighbours.
    """

    def __init__(self, seeds: Sequence[int | None], warpers: Sequence[Any], device: Any) -> None:
        self._warpers = warpers
        self._generators = [torch.Generator(device) for _ in seeds]
        for generator, seed in zip(self._generators, seeds, strict=True):
            if seed is None:
                generator.seed()
            else:
                generator.manual_seed(seed)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        for warper in self._warpers:
            scores = warper(input_ids, scores)
        chances = scores.float().softmax(dim=-1)
        drawn = [
            torch.multinomial(chances[i : i + 1], 1, generator=generator)
            for i, generator in enumerate(self._generators)
        ]
        left = torch.full_like(scores, -torch.inf)
        return left.scatter_(1, torch.cat(drawn), 0.0)


def sampler(model: Any, parameters: GenerationParameters, rows: int) -> Sampler | None:
    """Return what draws the tokens as the parameters and the model's own configuration say.

    None if the likeliest token is taken: that is so unless sampling, or a temperature above 0, is
    asked for by either.
    """
    own = model.generation_config
    temperature = parameters.temperature
    wanted = parameters.do_sample
    if wanted is None:
        wanted = bool(temperature) if temperature is not None else bool(own.do_sample)
    if not wanted or temperature == 0:
        return None
    # 50 is what transformers takes when neither says anything.
    top_k = _first(parameters.top_k, own.top_k, 50)
    top_p = _first(parameters.top_p, own.top_p, 1.0)
    typical_p = _first(parameters.typical_p, own.typical_p, 1.0)
    temperature = _first(temperature, own.temperature, 1.0)
    warpers: list[Any] = []
    if temperature != 1.0:
        warpers.append(TemperatureLogitsWarper(float(temperature)))
    if top_k:
        warpers.append(TopKLogitsWarper(top_k))
    if top_p < 1.0:
        warpers.append(TopPLogitsWarper(top_p))
    if typical_p < 1.0:
        warpers.append(TypicalLogitsWarper(typical_p))
    return Sampler([parameters.seed] * rows, warpers, model.device)


def _first(*values: Any) -> Any:
    return next(value for value in values if value is not None)
