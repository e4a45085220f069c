"""When a request is sent again, how long to wait before that, and when to give up.

Everything here decides and performs nothing: :func:`attempts` yields what to do next, and the
sending half of the client does it, blocking or not.
"""

import enum
import re
import time
from contextlib import suppress
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Generator,
    Generic,
    Iterable,
    NamedTuple,
    Optional,
    SupportsFloat,
    Tuple,
    TypeVar,
    Union,
)

from outpostkit.exceptions import ConfigurationError

__all__ = ["RetryEvent", "RetryPolicy", "retry_after_seconds"]

T = TypeVar("T")

#: The server has turned a request away, and not executed it, as its caller sends too many.
TOO_MANY_REQUESTS = 429

#: Timed out, too many requests, and the five hundreds that a moment can cure.
DEFAULT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


class RetryEvent(NamedTuple):
    """One failed attempt that will be followed by another; what ``on_retry`` receives."""

    #: The attempt that failed, counted from 1.
    attempt: int
    #: Attempts allowed in all.
    max_attempts: int
    #: Seconds until the next attempt.
    delay_s: float
    #: Seconds since the call began.
    elapsed_s: float
    #: The status that was answered, or None when there was no answer.
    status_code: Optional[int]
    #: What went wrong, in words; it never holds the token.
    reason: str
    #: The method and the path (without query) of the request.
    request: str


class RetryPolicy:
    """Which failures are tried again, how often, how long apart, and until when.

    A request is repeated when that is safe: one that is idempotent (GET, HEAD, PUT and DELETE,
    unless the API says otherwise) after any failure named here; another, such as POST, only when
    it cannot have been executed (no connection was made, or the answer was 429: too many requests,
    this one not taken) or when it carries an ``Idempotency-Key``, which the client adds to every
    call that creates something, and on request to predictions. A request whose body can be read
    only once is never repeated.

    ``RetryPolicy(max_attempts=1)`` never retries. A policy does not change; :meth:`replace` makes
    another.
    """

    # By hand and not a dataclass, which would take a tenth of the time that a program needs to
    # start and get its first answer from this package.

    __slots__ = (
        "deadline",
        "initial_delay",
        "jitter",
        "max_attempts",
        "max_delay",
        "multiplier",
        "on_retry",
        "retry_after_ceiling",
        "statuses",
    )

    max_attempts: int
    statuses: FrozenSet[int]
    initial_delay: float
    multiplier: float
    max_delay: float
    jitter: float
    retry_after_ceiling: float
    deadline: Optional[float]
    on_retry: Optional[Callable[[RetryEvent], None]]

    def __init__(
        self,
        max_attempts: int = 4,
        statuses: Iterable[int] = DEFAULT_STATUSES,
        initial_delay: float = 0.5,
        multiplier: float = 2.0,
        max_delay: float = 8.0,
        jitter: float = 0.5,
        retry_after_ceiling: float = 60.0,
        deadline: Optional[float] = 120.0,
        on_retry: Optional[Callable[[RetryEvent], None]] = None,
    ) -> None:
        """Make a policy.

        Args:
            max_attempts: attempts in all, the first included; at least 1.
            statuses: those that are worth another attempt.
            initial_delay: seconds before the second attempt, before jitter.
            multiplier: each further delay is this many times longer.
            max_delay: seconds no back-off exceeds.
            jitter: the share of every back-off that is random, 0 to 1, so that clients do not
                return in step.
            retry_after_ceiling: seconds that a server's ``Retry-After`` can ask for at most; more
                is cut to this.
            deadline: seconds allowed for the whole call, waits included; None means no limit of
                its own. No wait begins that would end later, and an attempt under way is cut off
                there.
            on_retry: called before every wait.

        Raises:
            ConfigurationError: a value is out of its bounds.
        """
        if not isinstance(max_attempts, int) or isinstance(max_attempts, bool) or max_attempts < 1:
            raise ConfigurationError(
                "RetryPolicy: max_attempts must be a whole number, at least 1 (1 means that "
                "nothing is retried)"
            )
        multiplier = number("RetryPolicy: multiplier", multiplier, "")
        if not multiplier >= 1:
            raise ConfigurationError("RetryPolicy: multiplier must be at least 1")
        jitter = number("RetryPolicy: jitter", jitter, "")
        if not 0 <= jitter <= 1:
            raise ConfigurationError("RetryPolicy: jitter must be between 0 and 1")
        if on_retry is not None and not callable(on_retry):
            raise ConfigurationError("RetryPolicy: on_retry must be a function, or None")
        for name, value in (
            ("max_attempts", max_attempts),
            ("statuses", _checked_statuses(statuses)),
            ("initial_delay", _pause_s("initial_delay", initial_delay)),
            ("multiplier", multiplier),
            ("max_delay", _pause_s("max_delay", max_delay)),
            ("jitter", jitter),
            ("retry_after_ceiling", _pause_s("retry_after_ceiling", retry_after_ceiling)),
            ("deadline", limit_s("RetryPolicy: deadline", deadline)),
            ("on_retry", on_retry),
        ):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a RetryPolicy does not change; use replace({name}=...)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a RetryPolicy does not change; {name} cannot be deleted")

    def replace(self, **changes: object) -> "RetryPolicy":
        """Return a policy that differs in the named fields only."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return type(self)(**{**fields, **changes})

    def __reduce__(self) -> "Tuple[object, ...]":
        return (_policy, ({name: getattr(self, name) for name in self.__slots__},))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RetryPolicy):
            return NotImplemented
        return self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def _settings(self) -> "Tuple[object, ...]":
        return tuple(getattr(self, name) for name in self.__slots__ if name != "on_retry")

    def __repr__(self) -> str:
        return (
            f"RetryPolicy(max_attempts={self.max_attempts}, statuses={sorted(self.statuses)}, "
            f"initial_delay={self.initial_delay}, multiplier={self.multiplier}, "
            f"max_delay={self.max_delay}, jitter={self.jitter}, "
            f"retry_after_ceiling={self.retry_after_ceiling}, deadline={self.deadline})"
        )

    def backoff(self, attempt: int, random: float) -> float:
        """Return the seconds to wait after failed attempt number ``attempt`` (from 1).

        ``random`` is a number in [0, 1).
        """
        try:
            delay = self.initial_delay * self.multiplier ** (attempt - 1)
        except OverflowError:
            delay = self.max_delay
        return min(delay, self.max_delay) * (1 - self.jitter * random)


def _policy(fields: Dict[str, Any]) -> RetryPolicy:
    return RetryPolicy(**fields)


#: Seconds that are no time any more, but a mistake such as milliseconds: thirty years.
_TOO_LONG_S = 1e9


def limit_s(name: str, seconds: object) -> Optional[float]:
    """Return how long something may take; None for no limit, which infinity means too.

    Raises:
        ConfigurationError: it is no number, not more than 0, or a billion seconds and more.
    """
    if seconds is None:
        return None
    given = number(name, seconds)
    if given == float("inf"):
        return None
    if not 0 < given < _TOO_LONG_S:
        raise ConfigurationError(
            f"{name} must be more than 0 seconds (and less than a billion), or None for no limit, "
            f"not {given:g}"
        )
    return given


def number(name: str, value: object, of_what: str = " of seconds") -> float:
    """Return a number as a float.

    Raises:
        ConfigurationError: it is none. A text is none either, whatever it says.
    """
    if type(value) is float or type(value) is int:  # as good as always, and the rest takes long
        return float(value)
    if isinstance(value, str):
        shown = value if len(value) <= 20 else f"{value[:20]}..."
        raise ConfigurationError(
            f"{name} must be a number{of_what}, not the text {shown!r}; what an environment "
            "variable or a file says becomes one with float()"
        )
    if isinstance(value, SupportsFloat) and not isinstance(value, bool):
        with suppress(TypeError, ValueError, OverflowError):
            return float(value)
    raise ConfigurationError(f"{name} must be a number{of_what}, not {type(value).__name__}")


def _pause_s(name: str, seconds: object) -> float:
    given = number(f"RetryPolicy: {name}", seconds)
    if not 0 <= given < _TOO_LONG_S:
        raise ConfigurationError(
            f"RetryPolicy: {name} must be 0 or more seconds, and less than a billion"
        )
    return given


def _checked_statuses(statuses: Iterable[int]) -> FrozenSet[int]:
    if statuses is DEFAULT_STATUSES:
        return DEFAULT_STATUSES
    found: object = statuses
    if not isinstance(found, (str, bytes)) and isinstance(found, Iterable):
        known = frozenset(found)
        if all(isinstance(status, int) for status in known):
            return known
    raise ConfigurationError("RetryPolicy: statuses must be whole numbers, such as {429, 503}")


class Failure(enum.Enum):
    """How an attempt ended without an answer."""

    #: No connection was made, so nothing can have been executed.
    NOT_SENT = "not sent"
    #: The connection broke or timed out afterwards; the server may have executed the request.
    IN_DOUBT = "in doubt"
    #: It would fail the same way again (a certificate that is not trusted, a malformed URL).
    PERMANENT = "permanent"


# Of these three one or more is made for every call, so they are plain: a frozen dataclass takes
# four times as long to make.


class Subject(NamedTuple):
    """What the decision needs to know of a request."""

    #: The method and the path (without query), for messages.
    label: str
    #: Executing it twice has the effect of once, by what it is or by the key that it carries.
    is_idempotent: bool
    #: Its body can be sent again.
    is_replayable: bool = True


class Outcome(Generic[T]):
    """How one attempt ended.

    Attributes:
        elapsed_s: seconds between the beginning of the call and the end of this attempt.
        value: the response or the error, which the caller of :func:`attempts` gets back untouched.
        status_code: None when there was no answer.
        failure: None when there was an answer.
        retry_after_s: what ``Retry-After`` asks for, in seconds.
        was_refused_unexecuted: the answer itself says that the request was not executed.
        reason: what went wrong, in words.
    """

    __slots__ = (
        "elapsed_s",
        "failure",
        "reason",
        "retry_after_s",
        "status_code",
        "value",
        "was_refused_unexecuted",
    )

    def __init__(
        self,
        elapsed_s: float,
        value: T,
        status_code: Optional[int] = None,
        failure: Optional[Failure] = None,
        retry_after_s: Optional[float] = None,
        was_refused_unexecuted: bool = False,
        reason: str = "",
    ) -> None:
        self.elapsed_s = elapsed_s
        self.value = value
        self.status_code = status_code
        self.failure = failure
        self.retry_after_s = retry_after_s
        self.was_refused_unexecuted = was_refused_unexecuted
        self.reason = reason


class Send(NamedTuple):
    """Perform the request once."""

    attempt: int


class Sleep(NamedTuple):
    """Report ``event``, then wait for ``event.delay_s`` seconds."""

    event: RetryEvent


Action = Union[Send, Sleep]


def attempts(
    subject: Subject, policy: RetryPolicy, random: Callable[[], float]
) -> Generator[Action, Optional[Outcome[T]], Outcome[T]]:
    """Decide what to do next, until an outcome is final, and return that outcome.

    Send an :class:`Outcome` back for every :class:`Send` and None for every :class:`Sleep`.
    """
    attempt = 0
    while True:
        attempt += 1
        outcome = yield Send(attempt)
        assert outcome is not None, "a Send is answered with its Outcome"
        if attempt >= policy.max_attempts or not is_worth_repeating(subject, outcome, policy):
            return outcome
        if outcome.retry_after_s is None:
            delay_s = policy.backoff(attempt, random())
        else:
            delay_s = min(outcome.retry_after_s, policy.retry_after_ceiling)
        if policy.deadline is not None and outcome.elapsed_s + delay_s >= policy.deadline:
            return outcome
        yield Sleep(
            RetryEvent(
                attempt=attempt,
                max_attempts=policy.max_attempts,
                delay_s=delay_s,
                elapsed_s=outcome.elapsed_s,
                status_code=outcome.status_code,
                reason=outcome.reason,
                request=subject.label,
            )
        )


def is_worth_repeating(subject: Subject, outcome: "Outcome[T]", policy: RetryPolicy) -> bool:
    """Tell whether another attempt could help and cannot do harm."""
    if not subject.is_replayable:
        return False
    if outcome.failure is None:
        if outcome.status_code not in policy.statuses:
            return False
    elif outcome.failure is Failure.PERMANENT:
        return False
    return (
        subject.is_idempotent
        or outcome.failure is Failure.NOT_SENT
        or outcome.was_refused_unexecuted
        or outcome.status_code == TOO_MANY_REQUESTS
    )


def retry_after_seconds(value: Optional[str], now: Optional[float] = None) -> Optional[float]:
    """Return the seconds that a ``Retry-After`` header asks for, or None for an unusable one.

    It may be a number of seconds (``120``, ``0.5``; more than a billion is a billion), an HTTP date
    (``Fri, 31 Dec 1999 23:59:59 GMT``) or an ISO 8601 date (``1999-12-31T23:59:59Z``); a date in
    the past gives 0.

    Args:
        value: the header.
        now: seconds since the epoch that dates are compared with; best the server's own ``Date``.
    """
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?", text):
        return min(float(text), _TOO_LONG_S)  # infinity is no time that a program can wait
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, moment - (time.time() if now is None else now))


def http_date_seconds(value: Optional[str]) -> Optional[float]:
    """Return an HTTP date in seconds since the epoch, or None when it is not one."""
    if not value:
        return None
    # With datetime, a tenth of the time that importing the clients would take.
    import email.utils
    from datetime import timezone

    try:
        parsed = email.utils.parsedate_to_datetime(value)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _moment(text: str) -> Optional[float]:
    if not text[:4].isdigit():
        return http_date_seconds(text)
    from datetime import datetime

    # Before 3.11, fromisoformat knows neither "Z" nor fractions of other than 3 or 6 digits.
    iso = re.fullmatch(
        r"(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?", text
    )
    if iso is None:
        return None
    try:
        zone = (iso.group(3) or "Z").upper().replace("Z", "+00:00")
        parsed = datetime.fromisoformat(iso.group(1).upper().replace(" ", "T") + zone)
        return parsed.timestamp() + float(iso.group(2) or 0)
    except (ValueError, OverflowError):
        return None
