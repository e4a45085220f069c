"""Films, by the pipeline, which reads the file itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import transformers

from tests.models.direct.plain import values


def video_classification(folder: Path, request: dict[str, Any]) -> Any:
    run = transformers.pipeline("video-classification", model=str(folder), device="cpu")
    return values(run(str(request["inputs"])))


ANSWERS = {"video-classification": video_classification}
