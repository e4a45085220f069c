"""Comparing an endpoint's answer with that of the library."""

from __future__ import annotations

from typing import Any


def comparable(answer: Any) -> Any:
    """Return an answer without what is null: it says the same as what is not there."""
    if isinstance(answer, dict):
        return {key: comparable(value) for key, value in answer.items() if value is not None}
    if isinstance(answer, list | tuple):
        return [comparable(value) for value in answer]
    return answer
