"""What a classifier says, as numbers between 0 and 1: to the digit as transformers has them."""

from __future__ import annotations

from typing import Any, Literal

Function = Literal["softmax", "sigmoid", "none"]


def scores(logits: Any, function: Function) -> list[list[float]]:
    """Return the scores of each row: all together 1, each by itself, or as they are."""
    import numpy as np

    values = np.asarray(logits)
    if function == "softmax":
        values = np.exp(values - values.max(axis=-1, keepdims=True))
        values = values / values.sum(axis=-1, keepdims=True)
    elif function == "sigmoid":
        values = 1.0 / (1.0 + np.exp(-values))
    found: list[list[float]] = values.tolist()
    return found


def usual_function(config: Any) -> Function:
    """Return what the model was trained for: one label of several, any of them, or a number."""
    if config.problem_type == "regression":
        return "none"
    is_multi_label = config.problem_type == "multi_label_classification"
    return "sigmoid" if is_multi_label or config.num_labels == 1 else "softmax"
