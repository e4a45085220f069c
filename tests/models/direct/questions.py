"""Questions about an image or a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers
from PIL import Image

from tests.models.direct.plain import values

Request = dict[str, Any]


def visual_question_answering(folder: Path, request: Request) -> Any:
    processor = transformers.AutoProcessor.from_pretrained(folder)
    model = transformers.AutoModelForVisualQuestionAnswering.from_pretrained(folder, dtype="auto")
    asked = request["inputs"]
    given = processor(Image.open(asked["image"]), asked["question"], return_tensors="pt")
    with torch.inference_mode():
        scores = model.eval()(**given).logits[0].sigmoid()
    best = scores.argsort(descending=True).tolist()
    return [{"answer": model.config.id2label[i], "score": float(scores[i])} for i in best]


def blip(folder: Path, request: Request) -> Any:
    processor = transformers.AutoProcessor.from_pretrained(folder)
    model = transformers.AutoModelForVisualQuestionAnswering.from_pretrained(folder, dtype="auto")
    asked = request["inputs"]
    given = processor(Image.open(asked["image"]), asked["question"], return_tensors="pt")
    made = model.eval().generate(**given, max_new_tokens=20)
    [text] = processor.batch_decode(made, skip_special_tokens=True)
    return [{"answer": text.strip(), "score": 1.0}]


def document_question_answering(folder: Path, request: Request) -> Any:
    run = transformers.pipeline("document-question-answering", model=str(folder), device="cpu")
    asked = request["inputs"]
    return values(
        run(
            image=Image.open(asked["image"]),
            question=asked["question"],
            **request.get("parameters", {}),
        )
    )


ANSWERS = {
    "visual-question-answering": visual_question_answering,
    "visual-question-answering (blip)": blip,
    "document-question-answering": document_question_answering,
    "document-question-answering (donut)": document_question_answering,
}
