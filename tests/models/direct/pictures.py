"""Images of what a text says: the same seed gives the same pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tests.models.direct.plain import png


def text_to_image(folder: Path, request: dict[str, Any]) -> Any:
    from diffusers import DiffusionPipeline

    pipeline = DiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    parameters = dict(request["parameters"])
    generator = torch.Generator("cpu").manual_seed(parameters.pop("seed"))
    return png(pipeline(request["inputs"], generator=generator, **parameters).images[0])


ANSWERS = {"text-to-image": text_to_image}
