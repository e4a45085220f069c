"""How long a token holds: for ever, or from a minute to ten years."""

from __future__ import annotations

import re
from datetime import timedelta

from outpost_server.keeping.store.records import now

MIN_LIFE = timedelta(minutes=1)
MAX_LIFE = timedelta(days=3650)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class LifeRefused(ValueError):
    """No token can hold that long; the message says how long one can."""


def read_life(text: str) -> timedelta:
    """Return a time such as ``90m``, ``12h`` or ``30d``.

    Raises:
        LifeRefused: it is none, or out of bounds.
    """
    found = re.fullmatch("([0-9]{1,9})([mhd])", text)
    if found is None:
        raise LifeRefused(
            f"{text!r} is not a number of minutes, hours or days such as 90m, 12h, 30d"
        )
    return checked_life(timedelta(**{UNITS[found[2]]: int(found[1])}))


def checked_life(life: timedelta) -> timedelta:
    """Raises:
    LifeRefused: it is out of bounds.
    """
    if not MIN_LIFE <= life <= MAX_LIFE:
        raise LifeRefused("expected from 1 minute to 3650 days")
    return life


def end_of(life: timedelta) -> str:
    """Return when a token ends that is made now, as the API writes times."""
    return now(life)
