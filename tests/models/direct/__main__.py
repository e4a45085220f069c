"""Build models and answer, within the environment of a container.

    python -m tests.models.direct FOLDER NAME ...

Below ``FOLDER`` it writes the samples, ``tiny/NAME``, the model of each case, and ``direct.json``:
for each case the class of its model, its size, the answer and how long it took.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

# Read when the libraries are imported. What they print is not what this is about.
os.environ.update(
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_PROGRESS_BARS="1",
    TQDM_DISABLE="1",
    TRANSFORMERS_VERBOSITY="error",
)


def main() -> None:
    warnings.simplefilter("ignore")
    from tests.models.samples import write_samples

    folder, names = Path(sys.argv[1]), sys.argv[2:]
    if importlib.util.find_spec("torch"):  # else it is about tables, which are no files
        _use_as_many_threads_as_a_replica()
        write_samples(folder / "samples")
    told = {}
    for name in names:
        try:
            told[name] = _told(name, folder)
        except Exception:
            told[name] = {"error": traceback.format_exc()}
    (folder / "direct.json").write_text(json.dumps(told), encoding="utf-8")


def _told(name: str, folder: Path) -> dict[str, Any]:
    from tests.models.cases import CASES
    from tests.models.direct import answer
    from tests.models.tiny import build

    case = CASES[name]
    model = folder / "tiny" / case.folder
    model_class = build(name, model)
    began = time.monotonic()
    given = answer(name, model, case.local(folder / "samples"))
    took_s = time.monotonic() - began
    if isinstance(given, bytes):
        given = {"base64": base64.b64encode(given).decode()}
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    return {"class": model_class, "bytes": size, "answer": given, "seconds": took_s}


def _use_as_many_threads_as_a_replica() -> None:
    """Sums of many threads differ in their last digits from those of few."""
    import torch

    torch.set_num_threads(int(os.environ["REPLICA_CPUS"]))


main()
