"""What a client knows: who is calling, where to, and how patiently."""

from __future__ import annotations

import copy
import enum
import os
from typing import (
    TYPE_CHECKING,
    Dict,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
    cast,
)

from outpostkit._calls.driving import Clock
from outpostkit._version import __version__
from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._resolving import resolve
from outpostkit.retry import RetryPolicy, limit_s

if TYPE_CHECKING:
    from typing import Any

    from outpostkit._calls.settings.timeouts import Timeout
    from outpostkit._calls.settings.tokens import AsyncToken, TokenSource

ExtraHeaders = Optional[Mapping[str, str]]
ExtraQuery = Union[Mapping[str, str], Sequence[Tuple[str, str]], None]

T = TypeVar("T")
Self = TypeVar("Self", bound="CallSettings")

#: Seconds for each phase of a request to the API.
API_TIMEOUT: Dict[str, Optional[float]] = {
    "connect": 5.0,
    "read": 30.0,
    "write": 30.0,
    "pool": 10.0,
}


def same(one: T) -> T:
    """Return another object with the same attributes: ``copy.copy``, and not by way of a pickle."""
    other = object.__new__(type(one))
    other.__dict__.update(one.__dict__)
    return other


class Unchanged(enum.Enum):
    """What an argument is when it is left out, where None means something."""

    UNCHANGED = "unchanged"


class CallSettings:
    """Who is calling, where to, and how patiently. It does not change.

    Attributes:
        api_token: the token, or what stands for it until it is asked for.
        token_source: who is asked for it, if it was not given as text.
        base_url: address of the API, without a slash at its end.
        prediction_hosts: hosts of other sites whose prediction domains get the token too.
        timeout: seconds for each phase of a request.
        retry: which failures are tried again.
        has_own_timeout: the user has set the timeout; predictions have another default.
        has_own_retry: the user has set the policy; as above.
        profile: the name of the account that was asked for.
        secrets: never appear in errors: the token, and what some calls send.
        extra_headers: sent with every request.
        extra_query: added to the query of every request.
        repeatable: predictions get an idempotency key each, so that they can be sent again.
        strict: whether a success has to be what the document says, in all of it.
        max_response_bytes: how large an answer may be that is read whole, or None.
        clock: what deadlines and pauses are measured with.
    """

    clock = Clock()

    def __init__(
        self,
        api_token: Optional[AsyncToken],
        base_url: Optional[str],
        timeout: Timeout,
        retry: Optional[RetryPolicy],
        profile: Optional[str],
        prediction_hosts: Optional[Sequence[str]] = None,
        repeatable: bool = False,
        strict: bool = False,
        max_response_bytes: Optional[int] = None,
    ) -> None:
        self.token_source: Optional[TokenSource] = None
        if callable(api_token):
            from outpostkit._calls.settings.tokens import PLACEHOLDER, TokenSource

            self.token_source = TokenSource(api_token)
            api_token = PLACEHOLDER
        account = resolve(api_token, base_url, profile, prediction_hosts)
        self.api_token, self.base_url, self.prediction_hosts = account
        self.timeout = phases(timeout)
        self.retry = retry if retry is not None else _DEFAULT_POLICY
        self.has_own_timeout = timeout is not None
        self.has_own_retry = retry is not None
        self.profile = profile
        self.strict = flag("strict", strict)
        self.max_response_bytes = max_response_bytes
        if max_response_bytes is not None:
            _check_size(max_response_bytes)
        self.secrets: Tuple[str, ...] = (self.api_token,)
        if self.token_source is not None:
            # It says at any time which tokens there were; see redaction.
            self.secrets = cast("Tuple[str, ...]", (self.token_source,))
        self.extra_headers: Dict[str, str] = {}
        self.extra_query: Tuple[Tuple[str, str], ...] = ()
        self.repeatable = flag("repeatable", repeatable)
        if "OUTPOST_LOG" in os.environ:
            from outpostkit._calls.logs import follow_environment

            follow_environment()

    def __copy__(self: Self) -> Self:
        return same(self)

    def __deepcopy__(self: Self, memo: object) -> Self:
        return self

    def __getstate__(self) -> Dict[str, Any]:
        from outpostkit._calls.settings.pickling import settings_state

        return settings_state(self)

    def __setstate__(self, state: Dict[str, Any]) -> None:
        from outpostkit._calls.settings.pickling import restore_settings

        restore_settings(self, state)

    def with_options(
        self,
        *,
        timeout: Timeout = None,
        retry: Optional[RetryPolicy] = None,
        retries: Optional[int] = None,
        deadline: Union[float, Unchanged, None] = Unchanged.UNCHANGED,
        headers: ExtraHeaders = None,
        query: ExtraQuery = None,
        repeatable: Optional[bool] = None,
        strict: Optional[bool] = None,
        max_response_bytes: Optional[int] = None,
    ) -> CallSettings:
        """Return settings that the user has changed; see :meth:`outpostkit.Client.with_options`."""
        policy = retry if retry is not None else self.retry
        if retries is not None:
            if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
                raise ConfigurationError("retries must be a whole number, 0 or more")
            policy = policy.replace(max_attempts=retries + 1)
        if not isinstance(deadline, Unchanged):
            policy = policy.replace(deadline=limit_s("deadline", deadline))
        other = self.derive(retry=policy, timeout=None if timeout is None else phases(timeout))
        other.has_own_timeout = self.has_own_timeout or timeout is not None
        other.has_own_retry = self.has_own_retry or policy is not self.retry
        if strict is not None:
            other.strict = flag("strict", strict)
        if max_response_bytes is not None:
            _check_size(max_response_bytes)
            other.max_response_bytes = max_response_bytes
        if headers:
            from outpostkit._calls.settings.headers import checked_headers, secrets_among

            checked = dict(checked_headers(headers))
            replaced = {name.lower() for name in checked}
            kept = {
                name: value
                for name, value in self.extra_headers.items()
                if name.lower() not in replaced
            }
            other.extra_headers = {**kept, **checked}
            other.secrets = (*self.secrets, *secrets_among(checked.items()))
        if query:
            from outpostkit._calls.settings.headers import check_query

            check_query(query, "query")
            pairs = query if isinstance(query, Sequence) else query.items()
            added = tuple((str(name), str(value)) for name, value in pairs)
            other.extra_query = (*self.extra_query, *added)
        if repeatable is not None:
            other.repeatable = flag("repeatable", repeatable)
        return other

    def derive(
        self,
        *,
        retry: Optional[RetryPolicy] = None,
        timeout: Optional[Dict[str, Optional[float]]] = None,
        secrets: Tuple[str, ...] = (),
    ) -> CallSettings:
        """Return settings for some calls of this package: what is left out stays as it is.

        ``secrets`` are taken out of the errors of these calls, as the token is.
        """
        other = copy.copy(self)
        if retry is not None:
            other.retry = retry
        if timeout is not None:
            other.timeout = timeout
        if secrets:
            other.secrets = (*self.secrets, *secrets)
        return other

    def for_stream(self, idle_timeout: Optional[float]) -> CallSettings:
        """Return settings in which a body may stand still for ``idle_timeout`` seconds.

        Raises:
            ConfigurationError: that is no time.
        """
        if idle_timeout is None:
            return self
        limit = limit_s("idle_timeout", idle_timeout)
        return self.derive(timeout={**self.timeout, "read": limit})


_DEFAULT_POLICY = RetryPolicy()

#: Options of clients of httpx that say all they do in their type, or are looked at elsewhere.
_PLAIN_OPTIONS = frozenset(
    {
        "cert",
        "cookies",
        "headers",
        "http1",
        "http2",
        "params",
        "proxy",
        "socket_options",
        "trust_env",
        "verify",
    }
)


def phases(timeout: Timeout) -> Dict[str, Optional[float]]:
    """Return the seconds of each phase; None is what the API is given.

    Raises:
        ConfigurationError: it says no time.
    """
    if timeout is None:
        return API_TIMEOUT
    from outpostkit._calls.settings.timeouts import seconds_by_phase

    return seconds_by_phase(timeout)


def flag(name: str, value: object) -> bool:
    """Return a switch.

    Raises:
        ConfigurationError: it is neither True nor False. A text would be on, whatever it says.
    """
    if value is True or value is False:
        return value is True
    raise ConfigurationError(f"{name} must be True or False, not {value!r:.40}")


def _check_size(max_response_bytes: int) -> None:
    # Less would refuse what the API answers; bodies that arrive with their head are not counted.
    if not isinstance(max_response_bytes, int) or max_response_bytes < 1_000_000:
        raise ConfigurationError(
            "max_response_bytes must be a whole number of bytes, 1,000,000 or more, not "
            f"{max_response_bytes!r}"
        )


def checked_options(http_options: Dict[str, Any], *, is_async: bool = False) -> Dict[str, Any]:
    """Return the options for httpx with our User-Agent, which the caller's own replaces."""
    if not _PLAIN_OPTIONS.issuperset(http_options):
        from outpostkit._calls.settings.http_options import check_http_options

        check_http_options(http_options, is_async)
    if http_options.get("follow_redirects"):
        raise ConfigurationError(
            "follow_redirects: redirects are not followed, because the next address could be "
            "another host, and it would see what was sent; set base_url to where the API is"
        )
    if http_options.get("auth") is not None:
        raise ConfigurationError("auth: the client sends the API token itself; pass api_token=")
    if http_options.get("socket_options") is not None:
        if http_options.get("transport") is not None:
            raise ConfigurationError("socket_options: the transport that is given has its own")
        from outpostkit.transport._settings.socket_options import (
            checked_options as checked_socket_options,
        )

        checked_socket_options(http_options["socket_options"])
    else:
        http_options = {k: v for k, v in http_options.items() if k != "socket_options"}
    headers = [("User-Agent", f"outpost-python/{__version__}")]
    if any(http_options.get(name) is not None for name in ("headers", "cookies", "params")):
        from outpostkit._calls.settings.headers import check_cookies, check_query, checked_headers

        given = checked_headers(http_options.get("headers") or {})
        headers = [
            (name, value)
            for name, value in headers
            if name.lower() not in {other.lower() for other, _ in given}
        ]
        headers.extend(given)
        check_cookies(http_options.get("cookies"))
        check_query(http_options.get("params"), "params")
    return {**http_options, "headers": headers}
