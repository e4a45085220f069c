"""Models of rows and columns, as scikit-learn keeps them: a pickle by joblib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import pandas
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

#: Which flower it is, by its leaves; how much a house costs, by its rooms.
FLOWERS = pandas.DataFrame(
    {"length_cm": [1.4, 1.3, 4.7, 4.5, 6.0, 5.9], "width_cm": [0.2, 0.3, 1.4, 1.5, 2.5, 2.1]}
)
KINDS = ["setosa", "setosa", "versicolor", "versicolor", "virginica", "virginica"]
HOUSES = pandas.DataFrame({"rooms": [1, 2, 3, 4], "age": [30, 10, 20, 5]})
PRICES = [100.0, 190.0, 260.0, 370.0]


def classification(folder: Path) -> str:
    return _save(folder, RandomForestClassifier(5, random_state=0).fit(FLOWERS, KINDS))


def regression(folder: Path) -> str:
    return _save(folder, LinearRegression().fit(HOUSES, PRICES))


def _save(folder: Path, model: Any) -> str:
    joblib.dump(model, folder / "sklearn_model.joblib")
    return type(model).__name__


MODELS = {"tabular": classification, "tabular (regression)": regression}
