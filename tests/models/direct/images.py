"""Images, by pipelines where transformers has one, by Auto classes where it has none."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import torch
import transformers
from PIL import Image

from tests.models.direct.plain import png, values

Request = dict[str, Any]


def by_pipeline(task: str) -> Any:
    """Return who answers with the pipeline of the task, given the parameters of the request."""

    def answer(folder: Path, request: Request) -> Any:
        run = transformers.pipeline(task, model=str(folder), device="cpu")
        image = Image.open(request["inputs"])
        return values(run(image, **request.get("parameters", {})))

    return answer


def mask_generation(folder: Path, request: Request) -> Any:
    """The pipeline wants one function of torchvision, which is gigabytes: a plain one stands in."""
    boxes = ModuleType("torchvision.ops.boxes")
    boxes.batched_nms = _not_hidden_by_better_ones  # type: ignore[attr-defined]  # a module made here
    there = {"torchvision": ModuleType("torchvision"), "torchvision.ops.boxes": boxes}
    backends = "transformers.utils.import_utils.requires_backends"
    with mock.patch(backends), mock.patch.dict(sys.modules, there):
        run = transformers.pipeline("mask-generation", model=str(folder), device="cpu")
        found = run(Image.open(request["inputs"]), **request["parameters"])
    return values(
        {"masks": [Image.fromarray(mask) for mask in found["masks"]], "scores": found["scores"]}
    )


def _not_hidden_by_better_ones(boxes: Any, scores: Any, idxs: Any, iou_threshold: float) -> Any:
    kept: list[int] = []
    for candidate in scores.argsort(descending=True, stable=True).tolist():
        if not any(_overlap(boxes[candidate], boxes[better]) > iou_threshold for better in kept):
            kept.append(candidate)
    return torch.tensor(kept, dtype=torch.long)


def _overlap(one: Any, other: Any) -> float:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    shared = max(right - left, 0) * max(bottom - top, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return float(shared / (areas - shared))


def image_to_image(folder: Path, request: Request) -> Any:
    """The model gets the image padded to whole windows; what it makes of that is cut off."""
    image = Image.open(request["inputs"])
    processor = transformers.AutoImageProcessor.from_pretrained(folder)
    model = transformers.AutoModelForImageToImage.from_pretrained(folder, dtype="auto").eval()
    with torch.inference_mode():
        made = model(**processor(image, return_tensors="pt"))
    pixels = made.reconstruction[0].clamp(0, 1).permute(1, 2, 0)
    larger = Image.fromarray((pixels.numpy() * 255).round().astype("uint8"))
    scale = model.config.upscale
    return png(larger.crop((0, 0, image.width * scale, image.height * scale)))


def image_to_text(folder: Path, request: Request) -> Any:
    processor = transformers.AutoProcessor.from_pretrained(folder)
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype="auto").eval()
    given = processor(images=Image.open(request["inputs"]), return_tensors="pt")
    made = model.generate(**given, **request["parameters"])
    return [
        {"generated_text": text} for text in processor.batch_decode(made, skip_special_tokens=True)
    ]


def image_to_text_by_two_models(folder: Path, request: Request) -> Any:
    images = transformers.AutoImageProcessor.from_pretrained(folder)
    words = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype="auto").eval()
    pixels = images(Image.open(request["inputs"]), return_tensors="pt").pixel_values
    made = model.generate(pixel_values=pixels, **request["parameters"])
    return [{"generated_text": text} for text in words.batch_decode(made, skip_special_tokens=True)]


ANSWERS = {
    "image-classification": by_pipeline("image-classification"),
    "zero-shot-image-classification": by_pipeline("zero-shot-image-classification"),
    "image-segmentation": by_pipeline("image-segmentation"),
    "object-detection": by_pipeline("object-detection"),
    "zero-shot-object-detection": by_pipeline("zero-shot-object-detection"),
    "depth-estimation": by_pipeline("depth-estimation"),
    "mask-generation": mask_generation,
    "image-to-image": image_to_image,
    "image-to-text": image_to_text,
    "image-to-text (encoder-decoder)": image_to_text_by_two_models,
}
