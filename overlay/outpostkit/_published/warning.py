"""Old spellings warn once."""

import warnings
from typing import Set

_seen: Set[str] = set()


def warn_once(old: str, better: str, *, stacklevel: int = 3) -> None:
    """Warn that ``old`` has a better spelling; the second time, and later, do nothing."""
    if old in _seen:
        return
    _seen.add(old)
    warnings.warn(f"{old}: use {better}", DeprecationWarning, stacklevel=stacklevel)
