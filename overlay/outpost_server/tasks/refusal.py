"""A model that cannot be served as it is asked."""

from __future__ import annotations

from collections.abc import Iterable


class TaskRefused(Exception):
    """``reason`` says what is wrong and what to do; ``candidates`` are tasks that would do."""

    def __init__(self, reason: str, candidates: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.candidates = tuple(candidates)
