"""What a client knows: who is calling, where to, and how patiently."""

from __future__ import annotations

import copy
import enum
import os
from typing import TYPE_CHECKING, Dict, Optional, Sequence, Tuple, Union

from outpostkit._calls.driving import Clock
from outpostkit._version import __version__
from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._resolving import resolve
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from typing import Any, Mapping

    import httpx
    from typing_extensions import TypedDict

    ExtraHeaders = Optional[Mapping[str, str]]
    ExtraQuery = Union[Mapping[str, str], Sequence[Tuple[str, str]], None]

    class CallOptions(TypedDict, total=False):
        """The arguments of :meth:`CallSettings.with_options`."""

        timeout: Union[float, httpx.Timeout, None]
        retry: Optional[RetryPolicy]
        retries: Optional[int]
        deadline: Union[float, Unchanged, None]
        headers: ExtraHeaders
        query: ExtraQuery


#: Seconds for each phase of a request to the API.
API_TIMEOUT: Dict[str, Optional[float]] = {
    "connect": 5.0,
    "read": 30.0,
    "write": 30.0,
    "pool": 10.0,
}

#: Headers that may go into a request as options, but whose values nobody else may see.
_TELLING_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


class Unchanged(enum.Enum):
    """What an argument is when it is left out, where None means something."""

    UNCHANGED = "unchanged"


class CallSettings:
    """Who is calling, where to, and how patiently. It does not change.

    Attributes:
        api_token: the token.
        base_url: address of the API, without a slash at its end.
        prediction_hosts: hosts of other sites whose prediction domains get the token too.
        timeout: seconds for each phase of a request.
        retry: which failures are tried again.
        has_own_timeout: the user has set the timeout; predictions have another default.
        has_own_retry: the user has set the policy; as above.
        secrets: never appear in errors: the token, and what some calls send.
        extra_headers: sent with every request.
        extra_query: added to the query of every request.
        clock: what deadlines and pauses are measured with.
    """

    clock = Clock()

    def __init__(
        self,
        api_token: Optional[str],
        base_url: Optional[str],
        timeout: Union[float, httpx.Timeout, None],
        retry: Optional[RetryPolicy],
        profile: Optional[str],
        prediction_hosts: Optional[Sequence[str]] = None,
    ) -> None:
        account = resolve(api_token, base_url, profile, prediction_hosts)
        self.api_token, self.base_url, self.prediction_hosts = account
        self.timeout = phases(timeout)
        self.retry = retry if retry is not None else _DEFAULT_POLICY
        self.has_own_timeout = timeout is not None
        self.has_own_retry = retry is not None
        self.secrets: Tuple[str, ...] = (self.api_token,)
        self.extra_headers: Dict[str, str] = {}
        self.extra_query: Tuple[Tuple[str, str], ...] = ()
        if "OUTPOST_LOG" in os.environ:
            from outpostkit._calls.logs import follow_environment

            follow_environment()

    def with_options(
        self,
        *,
        timeout: Union[float, httpx.Timeout, None] = None,
        retry: Optional[RetryPolicy] = None,
        retries: Optional[int] = None,
        deadline: Union[float, Unchanged, None] = Unchanged.UNCHANGED,
        headers: ExtraHeaders = None,
        query: ExtraQuery = None,
    ) -> CallSettings:
        """Return settings that the user has changed; see :meth:`outpostkit.Client.with_options`."""
        policy = retry if retry is not None else self.retry
        if retries is not None:
            if retries < 0:
                raise ConfigurationError("retries must be 0 or more")
            policy = policy.replace(max_attempts=retries + 1)
        if not isinstance(deadline, Unchanged):
            policy = policy.replace(deadline=deadline)
        other = self.derive(retry=policy, timeout=None if timeout is None else phases(timeout))
        other.has_own_timeout = self.has_own_timeout or timeout is not None
        other.has_own_retry = self.has_own_retry or policy is not self.retry
        if headers:
            checked = _checked_headers(headers)
            replaced = {name.lower() for name in checked}
            kept = {
                name: value
                for name, value in self.extra_headers.items()
                if name.lower() not in replaced
            }
            other.extra_headers = {**kept, **checked}
            other.secrets = (*self.secrets, *_secrets_among(checked))
        if query:
            pairs = query if isinstance(query, Sequence) else query.items()
            added = tuple((str(name), str(value)) for name, value in pairs)
            other.extra_query = (*self.extra_query, *added)
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
        check_idle_timeout(idle_timeout)
        return self.derive(timeout={**self.timeout, "read": idle_timeout})


def check_idle_timeout(seconds: Optional[float]) -> None:
    """Make sure that a body can be given so many seconds; None is no limit.

    Raises:
        ConfigurationError: it cannot.
    """
    if seconds is not None and not 0 < seconds < 1e9:
        raise ConfigurationError(
            f"idle_timeout must be more than 0 seconds, or None for no limit, not {seconds}"
        )


_DEFAULT_POLICY = RetryPolicy()


def phases(timeout: Union[float, httpx.Timeout, None]) -> Dict[str, Optional[float]]:
    """Return the seconds of each phase, without loading httpx for a number."""
    if timeout is None:
        return API_TIMEOUT
    if isinstance(timeout, (int, float)):
        if not timeout > 0:
            raise ConfigurationError("timeout must be more than 0 seconds")
        return dict.fromkeys(API_TIMEOUT, float(timeout))
    return timeout.as_dict()


def checked_options(http_options: Dict[str, Any]) -> Dict[str, Any]:
    """Return the options for httpx with our User-Agent, which the caller's own replaces."""
    if http_options.get("follow_redirects"):
        raise ConfigurationError(
            "follow_redirects: redirects are not followed, because the next address could be "
            "another host, and it would see what was sent; set base_url to where the API is"
        )
    if http_options.get("auth") is not None:
        raise ConfigurationError("auth: the client sends the API token itself; pass api_token=")
    headers = {"User-Agent": f"outpost-python/{__version__}"}
    headers.update(http_options.get("headers") or {})
    return {**http_options, "headers": headers}


def _checked_headers(headers: Mapping[str, str]) -> Dict[str, str]:
    checked = dict(headers)
    for name, value in checked.items():
        if not isinstance(value, str) or "\r" in value or "\n" in value or "\0" in value:
            raise ConfigurationError(
                f"headers: the value of {name!r} must be text without line breaks"
            )
    return checked


def _secrets_among(headers: Dict[str, str]) -> Tuple[str, ...]:
    """Return the values that are secrets, without the word before them ("Bearer")."""
    return tuple(
        value.rpartition(" ")[2]
        for name, value in headers.items()
        if name.lower() in _TELLING_HEADERS and value
    )
