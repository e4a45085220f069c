"""What is asked of which tiny model; needs no packages, so that the side of the SDK can read it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.models.samples import FILM, IMAGE, SOUND


@dataclass(frozen=True)
class Sample:
    """Stands in a request for a file of :mod:`tests.models.samples`, in base64."""

    name: str


@dataclass(frozen=True)
class Case:
    """One model and one request.

    ``kind`` names the modules that know it, in :mod:`tests.models.tiny` and ``direct``.
    ``config`` goes to the container. With ``accept``, a media type, the answer is a file.
    """

    name: str
    kind: str
    request: Mapping[str, Any]
    config: Mapping[str, Any] = field(default_factory=dict)
    accept: str | None = None

    @property
    def task(self) -> str:
        """The name of the task; a case that is not its task's first has more after a space."""
        return self.name.split(" ")[0]

    @property
    def folder(self) -> str:
        """A name for the model's folder."""
        return self.name.replace(" (", "-").replace(")", "")

    @property
    def shown(self) -> str:
        """The request in one line, with the names of its files."""
        return json.dumps(_filled(self.request, lambda name: name))

    def sent(self, samples: Path) -> Any:
        """Return the request as JSON, with the files in base64."""
        return _filled(
            self.request, lambda name: base64.b64encode((samples / name).read_bytes()).decode()
        )

    def local(self, samples: Path) -> Any:
        """Return the request with the paths of the files."""
        return _filled(self.request, lambda name: samples / name)


def _filled(value: Any, fill: Any) -> Any:
    if isinstance(value, Sample):
        return fill(value.name)
    if isinstance(value, Mapping):
        return {name: _filled(part, fill) for name, part in value.items()}
    return value


_SENTENCE = "The light from the flashlight moves in a straight line."
_WORDS = [
    ["Total", [100, 100, 300, 200]],
    ["42", [400, 100, 500, 200]],
    ["Euro", [550, 100, 700, 200]],
]
_FLOWERS = {"length_cm": [1.5, 5.8], "width_cm": [0.2, 2.4]}
_HOUSES = {"rooms": [3, 5], "age": [15, 1]}

TEXT = [
    Case("text-classification", "text", {"inputs": _SENTENCE}),
    Case("token-classification", "text", {"inputs": "My name is Ada"}),
    Case("fill-mask", "text", {"inputs": "My name is <mask>."}),
    Case("feature-extraction", "text", {"inputs": _SENTENCE}),
    Case(
        "sentence-similarity",
        "text",
        {"inputs": {"source_sentence": "light", "sentences": ["lamp", "name"]}},
    ),
    Case(
        "zero-shot-classification",
        "text",
        {"inputs": "light moves", "parameters": {"candidate_labels": ["physics", "food"]}},
    ),
    Case(
        "question-answering",
        "text",
        {
            "inputs": {
                "question": "What is the name?",
                "context": "My name is Ada and I live in London.",
            }
        },
    ),
    Case(
        "table-question-answering",
        "text",
        {
            "inputs": {
                "query": "how many people",
                "table": {"city": ["London", "Paris"], "people": ["9", "2"]},
            }
        },
    ),
    Case("summarization", "text", {"inputs": _SENTENCE, "parameters": {"max_new_tokens": 8}}),
    Case("translation", "text", {"inputs": _SENTENCE, "parameters": {"max_new_tokens": 8}}),
    Case(
        "text2text-generation", "text", {"inputs": _SENTENCE, "parameters": {"max_new_tokens": 8}}
    ),
    Case("text-generation", "text", {"inputs": "The light", "parameters": {"max_new_tokens": 8}}),
    Case(
        "conversational",
        "text",
        {"messages": [{"role": "user", "content": "hi"}], "parameters": {"max_new_tokens": 8}},
    ),
]

MEDIA = [
    Case("audio-classification", "audio", {"inputs": Sample(SOUND)}),
    Case(
        "zero-shot-audio-classification",
        "audio",
        {"inputs": Sample(SOUND), "parameters": {"candidate_labels": ["dog", "cat"]}},
    ),
    Case("automatic-speech-recognition", "audio", {"inputs": Sample(SOUND)}),
    Case(
        "automatic-speech-recognition (whisper)",
        "audio",
        {"inputs": Sample(SOUND), "parameters": {"return_timestamps": True, "max_new_tokens": 12}},
    ),
    Case(
        "text-to-audio",
        "audio",
        {"inputs": "hello world", "parameters": {"seed": 7}},
        accept="audio/wav",
    ),
    Case("image-classification", "images", {"inputs": Sample(IMAGE)}),
    Case(
        "zero-shot-image-classification",
        "images",
        {"inputs": Sample(IMAGE), "parameters": {"candidate_labels": ["dog", "cat"]}},
    ),
    Case("image-segmentation", "images", {"inputs": Sample(IMAGE)}),
    Case("object-detection", "images", {"inputs": Sample(IMAGE), "parameters": {"threshold": 0.0}}),
    Case(
        "zero-shot-object-detection",
        "images",
        {
            "inputs": Sample(IMAGE),
            "parameters": {"candidate_labels": ["dog", "cat"], "threshold": 0.0},
        },
    ),
    Case("depth-estimation", "images", {"inputs": Sample(IMAGE)}),
    Case(
        "mask-generation",
        "images",
        {
            "inputs": Sample(IMAGE),
            "parameters": {
                "points_per_batch": 16,
                "pred_iou_thresh": -100.0,
                "stability_score_thresh": -1.0,
            },
        },
    ),
    Case("image-to-image", "images", {"inputs": Sample(IMAGE)}, accept="image/png"),
    Case("image-to-text", "images", {"inputs": Sample(IMAGE), "parameters": {"max_new_tokens": 5}}),
    Case(
        "image-to-text (encoder-decoder)",
        "images",
        {"inputs": Sample(IMAGE), "parameters": {"max_new_tokens": 5}},
    ),
    Case(
        "visual-question-answering",
        "questions",
        {"inputs": {"image": Sample(IMAGE), "question": "is it red?"}},
    ),
    Case(
        "visual-question-answering (blip)",
        "questions",
        {"inputs": {"image": Sample(IMAGE), "question": "is it red?"}},
    ),
    Case(
        "document-question-answering",
        "questions",
        {
            "inputs": {"image": Sample(IMAGE), "question": "what?"},
            "parameters": {"word_boxes": _WORDS},
        },
    ),
    Case(
        "document-question-answering (donut)",
        "questions",
        {"inputs": {"image": Sample(IMAGE), "question": "what?"}},
    ),
    Case("video-classification", "video", {"inputs": Sample(FILM)}),
    Case(
        "text-to-image",
        "pictures",
        {
            "inputs": "a red square",
            "parameters": {"seed": 7, "num_inference_steps": 2, "width": 16, "height": 16},
        },
        accept="image/png",
    ),
    Case("tabular", "tables", {"inputs": {"data": _FLOWERS}}, config={"allow_pickle": True}),
    Case(
        "tabular (regression)",
        "tables",
        {"inputs": {"data": _HOUSES}},
        config={"allow_pickle": True},
    ),
]

CASES = {case.name: case for case in TEXT + MEDIA}
