"""A model that looks at a film."""

from __future__ import annotations

from pathlib import Path

import transformers

from tests.models.tiny.images import LABELLED, PATCHES, SQUARE
from tests.models.tiny.saving import save


def video_classification(folder: Path) -> str:
    config = transformers.VideoMAEConfig(**PATCHES, **LABELLED, num_frames=4, tubelet_size=2)
    processor = transformers.VideoMAEImageProcessor(size={"shortest_edge": 32}, crop_size=SQUARE)
    return save(folder, transformers.VideoMAEForVideoClassification(config), processor)


MODELS = {"video-classification": video_classification}
