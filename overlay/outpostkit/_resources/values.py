"""Values that methods of several resources take and give: moments, secrets, what is left out."""

import os
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal, Optional, TypeVar, Union

from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from outpost_api.types import Unset

LogType = Literal["dep", "runtime", "event"]


LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

Moment = Union[int, str, datetime]

#: A path of this machine, as text or an object.
if TYPE_CHECKING:
    FilePath = Union[str, "os.PathLike[str]"]
else:
    FilePath = Union[str, os.PathLike]  # 3.8 has no os.PathLike[str]

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def given(value: "Optional[T]") -> "Union[T, Unset]":
    """Return UNSET for None: what a caller does not give is not sent."""
    from outpost_api.types import UNSET

    return UNSET if value is None else value


def name_in_api(argument: str) -> str:
    """Return ``taskType`` for ``task_type``."""
    first, *others = argument.split("_")
    return first + "".join(word.capitalize() for word in others)


def moment_text(moment: "Optional[Moment]") -> Optional[str]:
    """Return a moment as the API takes it: nanoseconds since the epoch in digits, or ISO 8601 text.

    A datetime without a time zone is local time, as everywhere in Python.
    """
    if moment is None or isinstance(moment, str):
        return moment
    if isinstance(moment, datetime):
        # Whole microseconds: a float cannot hold nanoseconds of this century.
        return str((moment.astimezone(timezone.utc) - _EPOCH) // timedelta(microseconds=1) * 1000)
    return str(moment)


def moment_ns(moment: "Optional[Moment]", field: str) -> Optional[int]:
    """Return a moment in nanoseconds since the epoch; text without a time zone is UTC.

    Raises:
        ConfigurationError: it is text that is neither digits nor a time in ISO 8601.
    """
    text = moment_text(moment)
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    # Before 3.11, fromisoformat knows neither "Z" nor fractions of other than 3 or 6 digits.
    fraction = re.sub(r"\.(\d+)", lambda found: f".{found.group(1)[:6]:0<6}", text)
    try:
        read = datetime.fromisoformat(re.sub("[Zz]$", "+00:00", fraction.strip()))
    except ValueError:
        raise ConfigurationError(
            f"{field} {text[:80]!r} is no moment: pass a datetime, text such as "
            "'2024-03-25T10:05:00Z', or nanoseconds since the epoch"
        ) from None
    aware = read if read.tzinfo is not None else read.replace(tzinfo=timezone.utc)
    return (aware - _EPOCH) // timedelta(microseconds=1) * 1000


def time_of(timestamp: str) -> Optional[datetime]:
    """Return the moment of a log line, or None when its timestamp is no number."""
    try:
        return _EPOCH + timedelta(microseconds=int(timestamp) // 1000)
    except (TypeError, ValueError, OverflowError):
        return None
