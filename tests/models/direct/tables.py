"""Rows and columns, by scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import pandas


def tabular(folder: Path, request: dict[str, Any]) -> Any:
    model = joblib.load(folder / "sklearn_model.joblib")
    return model.predict(pandas.DataFrame(request["inputs"]["data"])).tolist()


ANSWERS = {"tabular": tabular, "tabular (regression)": tabular}
