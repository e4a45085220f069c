"""Choosing the media type of an answer."""

from __future__ import annotations

from collections.abc import Sequence


def choose_media_type(accept: str, offered: Sequence[str]) -> str:
    """Return the one of ``offered`` that a client with this ``Accept`` header likes best.

    The first of those that it likes equally, and the first of all if it names none of them.
    """
    return max(offered, key=lambda media_type: _quality(accept, media_type))


def _quality(accept: str, media_type: str) -> float:
    """Return the weight of the most specific range of ``accept`` that fits."""
    kind = media_type.partition("/")[0]
    weights = {}
    for part in accept.lower().split(","):
        name, *arguments = (piece.strip() for piece in part.split(";"))
        weights[name] = next((_number(a[2:]) for a in arguments if a.startswith("q=")), 1.0)
    for name in (media_type, f"{kind}/*", "*/*"):
        if name in weights:
            return weights[name]
    return 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
