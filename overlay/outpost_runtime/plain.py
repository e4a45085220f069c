"""Values of numpy and torch as those that JSON has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Return ``value`` as plain dicts, lists, strings, numbers, booleans and None.

    Scalars, arrays and tensors are converted wherever they are within it. JSON has no NaN and no
    infinity: they become None. Objects that are none of these are returned as they are.
    """
    if value is None or isinstance(value, (bool, int, str)):
        # Also of their subclasses, such as enumerations, which JSON would take otherwise.
        return value
    if isinstance(value, float):
        # numpy.float64 is one, and JSON is to have the number only.
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "detach"):  # a tensor, perhaps on a GPU, perhaps of a dtype numpy lacks
        return plain(value.detach().cpu().tolist())
    if hasattr(value, "tolist"):  # an array or a scalar of numpy
        return plain(value.tolist())
    return value
