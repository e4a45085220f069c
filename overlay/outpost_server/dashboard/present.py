"""Values as the pages show them."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum


def moment(text: str) -> str:
    """Return a time of the API as the clock of this machine shows it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def log_moment(timestamp: str) -> str:
    """Return the time of a log line, given in nanoseconds; with its day unless that is today."""
    at = datetime.fromtimestamp(int(timestamp) / 1e9, UTC).astimezone()
    day = "" if at.date() == datetime.now().astimezone().date() else at.strftime("%Y-%m-%d ")
    return day + at.strftime("%H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def duration(seconds: float | None) -> str:
    """Return three digits at most: ``0.42 ms``, ``12 ms``, ``3.1 s``, ``2 min 5 s``, ``3 h``."""
    if seconds is None:
        return "–"
    if seconds >= 3600:
        hours, minutes = divmod(int(seconds) // 60, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if seconds >= 60:
        minutes, rest = divmod(int(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    value, unit = (seconds, "s") if seconds >= 1 else (seconds * 1000, "ms")
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"


def size(count: int) -> str:
    """Return a number of bytes."""
    if count < 1024:
        return f"{count} bytes"
    value, units = count / 1024, ["KiB", "MiB", "GiB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.0f} {units[0]}" if value >= 100 else f"{value:.3g} {units[0]}"


def word(value: Enum | str | float) -> str:
    """Return a value of the API for people: ``scaled_to_zero`` is ``scaled to zero``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.value if isinstance(value, Enum) else value
    return str(text).replace("_", " ")


def code(value: Enum | str) -> str:
    """Return a value of the API as part of a CSS class."""
    text = str(value.value if isinstance(value, Enum) else value)
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())


# What page templates use by name.
FILTERS = {each.__name__: each for each in (moment, log_moment, duration, size, word, code)}
