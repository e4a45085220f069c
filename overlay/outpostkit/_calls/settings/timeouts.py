"""How long the phases of a request may take, in every form in which a caller may say so.

Importing this module does not import httpx: most programs name a number, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Optional, Tuple, Union

from outpostkit.exceptions import ConfigurationError
from outpostkit.retry import limit_s

if TYPE_CHECKING:
    import httpx

    #: Seconds for every phase; (connect, all else); (connect, read, write, pool); or httpx's own.
    Timeout = Union[
        float,
        Tuple[Optional[float], Optional[float]],
        Tuple[Optional[float], Optional[float], Optional[float], Optional[float]],
        httpx.Timeout,
        None,
    ]
else:

    def __getattr__(name):  # for who reads annotations; httpx would have to be loaded before
        if name != "Timeout":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import httpx

        four = Tuple[Optional[float], Optional[float], Optional[float], Optional[float]]
        return Union[float, Tuple[Optional[float], Optional[float]], four, httpx.Timeout, None]


PHASES = ("connect", "read", "write", "pool")

#: No more than the two weeks of milliseconds that poll() can count.
LONGEST_PHASE_S = 1e6


def seconds_by_phase(timeout: object) -> Dict[str, Optional[float]]:
    """Return the seconds of each phase; None is no limit, and so is infinity.

    Raises:
        ConfigurationError: it says no time, or one that nothing can be done in.
    """
    if isinstance(timeout, (tuple, list)):
        if len(timeout) == 2:
            connect, other = timeout
            timeout = (connect, other, other, other)
        if len(timeout) != 4:
            raise ConfigurationError(
                f"timeout has {len(timeout)} parts; it must be a number of seconds, (connect, "
                "read), (connect, read, write, pool) or an httpx.Timeout"
            )
        return {phase: _phase(f"timeout ({phase})", s) for phase, s in zip(PHASES, timeout)}
    as_dict = getattr(timeout, "as_dict", None)  # of httpx.Timeout
    if as_dict is not None:
        return {
            phase: _phase(f"timeout ({phase})", seconds) for phase, seconds in as_dict().items()
        }
    return dict.fromkeys(PHASES, _phase("timeout", timeout))


def _phase(name: str, seconds: object) -> Optional[float]:
    limit = limit_s(name, seconds)
    return None if limit is None else min(limit, LONGEST_PHASE_S)
