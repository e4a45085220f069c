"""What a client knows, and how it turns a call into an exchange. Performs nothing."""

from __future__ import annotations

import copy
import enum
import os
from typing import TYPE_CHECKING, Dict, Optional, Sequence, Tuple, TypeVar, Union

from outpostkit._version import __version__
from outpostkit.exceptions import ConfigurationError, exception_for_status
from outpostkit.profiles._resolving import resolve
from outpostkit.profiles._values import origin
from outpostkit.retry import RetryPolicy, Subject

if TYPE_CHECKING:
    from typing import Any, Callable, List, Mapping

    import httpx

    from outpost_api.request import RequestPlan
    from outpost_api.response import Response
    from outpostkit._calls.building import Prepared
    from outpostkit._calls.connections import Connections
    from outpostkit._calls.exchange import Exchange

    Http = Union[httpx.Client, httpx.AsyncClient]
    ExtraQuery = Union[Mapping[str, str], Sequence[Tuple[str, str]]]

__all__ = ["API_TIMEOUT", "CallSettings", "can_be_sent_again", "checked_options", "phases"]

S = TypeVar("S")
E = TypeVar("E")
Self = TypeVar("Self", bound="CallSettings")

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
    """Who is calling, where to, and how patiently; the common half of both clients."""

    _connections: Connections[Any]

    def __init__(
        self,
        api_token: Optional[str],
        base_url: Optional[str],
        timeout: Union[float, httpx.Timeout, None],
        retry: Optional[RetryPolicy],
        profile: Optional[str],
    ) -> None:
        self._api_token, self._base_url = resolve(api_token, base_url, profile)
        self._timeout = phases(timeout)
        self._retry = retry if retry is not None else _DEFAULT_POLICY
        # Predictions have other defaults, which what the user said goes before.
        self._has_own_timeout = timeout is not None
        self._has_own_retry = retry is not None
        self._secrets: Tuple[str, ...] = (self._api_token,)
        self._extra_headers: Dict[str, str] = {}
        self._extra_query: Tuple[Tuple[str, str], ...] = ()
        self._answers: Optional[List[Response[Any, Any]]] = None
        self._prepared: Optional[Prepared] = None
        if "OUTPOST_LOG" in os.environ:
            from outpostkit._calls.logs import follow_environment

            follow_environment()

    @property
    def base_url(self) -> str:
        """Address of the API, without a slash at its end."""
        return self._base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"

    def with_options(
        self: Self,
        *,
        timeout: Union[float, httpx.Timeout, None] = None,
        retry: Optional[RetryPolicy] = None,
        retries: Optional[int] = None,
        deadline: Union[float, Unchanged, None] = Unchanged.UNCHANGED,
        headers: Optional[Mapping[str, str]] = None,
        query: Optional[ExtraQuery] = None,
    ) -> Self:
        """Return a client with other settings that shares the connections of this one.

        It costs microseconds, so it serves for single calls too. Closing either closes both. What
        is left out stays as it is::

            client.with_options(deadline=5, headers={"X-Team": "blue"}).call(plan)

        Args:
            timeout: seconds for each phase of a request, or an ``httpx.Timeout``.
            retry: another policy as a whole.
            retries: further attempts after the first; 0 never tries again.
            deadline: seconds for a whole call, retries included; None for no limit.
            headers: sent with every request besides those of before, and instead of those that the
                client sends by itself.
            query: added to the query of every request.

        Raises:
            ConfigurationError: a value cannot be used.
        """
        policy = retry if retry is not None else self._retry
        if retries is not None:
            if retries < 0:
                raise ConfigurationError("retries must be 0 or more")
            policy = policy.replace(max_attempts=retries + 1)
        if not isinstance(deadline, Unchanged):
            policy = policy.replace(deadline=deadline)
        derived = self._derive(
            retry=None if policy is self._retry else policy,
            timeout=None if timeout is None else phases(timeout),
        )
        derived._has_own_timeout = self._has_own_timeout or timeout is not None
        derived._has_own_retry = self._has_own_retry or policy is not self._retry
        if headers:
            checked = _checked_headers(headers)
            kept = {
                name: value
                for name, value in self._extra_headers.items()
                if name.lower() not in {other.lower() for other in checked}
            }
            derived._extra_headers = {**kept, **checked}
            derived._secrets = (*derived._secrets, *_secrets_among(checked))
            derived._prepared = None
        if query:
            pairs = query if isinstance(query, Sequence) else query.items()
            added = tuple((str(name), str(value)) for name, value in pairs)
            derived._extra_query = (*self._extra_query, *added)
        return derived

    def _derive(
        self: Self,
        *,
        retry: Optional[RetryPolicy] = None,
        timeout: Optional[Dict[str, Optional[float]]] = None,
        secrets: Tuple[str, ...] = (),
        answers: Optional[List[Response[Any, Any]]] = None,
    ) -> Self:
        """Return a client with other settings that shares the connections of this one.

        ``secrets`` are taken out of the errors of its calls, as the token is; ``answers`` receives
        the answers that it reads.
        """
        derived = copy.copy(self)
        if retry is not None:
            derived._retry = retry
        if timeout is not None:
            derived._timeout = timeout
        if secrets:
            derived._secrets = (*self._secrets, *secrets)
        if answers is not None:
            derived._answers = answers
        return derived

    def _for_stream(
        self: Self,
        idle_timeout: Optional[float],
        headers: Optional[Mapping[str, str]],
        query: Optional[ExtraQuery],
    ) -> Self:
        settings = self.with_options(headers=headers, query=query) if headers or query else self
        if idle_timeout is None:
            return settings
        if not idle_timeout > 0:
            raise ConfigurationError("idle_timeout must be more than 0 seconds")
        return settings._derive(timeout={**self._timeout, "read": idle_timeout})

    def _exchange_for_plan(self, http: Http, plan: RequestPlan[S, E]) -> Exchange:
        from outpostkit._calls.building import Prepared, exchange_for_plan

        prepared = self._prepared
        if prepared is None or prepared.http is not http:
            prepared = self._prepared = Prepared(http, self)
        return exchange_for_plan(self, http, prepared, plan)

    def _exchange_for_path(
        self, http: Http, method: str, path: str, options: Dict[str, Any]
    ) -> Exchange:
        timeout = options.pop("timeout", None)
        url = path if "://" in path else f"{self._base_url}/{path.lstrip('/')}"
        request = http.build_request(method, url, **options)
        settings = self if timeout is None else self._derive(timeout=phases(timeout))
        exchange = settings._exchange(request, is_replayable=can_be_sent_again(request, options))
        # The token belongs to the API alone, not to whatever address a caller passes.
        if origin(url) == origin(self._base_url) and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {self._api_token}"
        return exchange

    def _exchange(
        self,
        request: httpx.Request,
        *,
        is_replayable: bool,
        is_refused_unexecuted: Optional[Callable[[httpx.Response], bool]] = None,
        http: Optional[Http] = None,
        operation_id: str = "",
    ) -> Exchange:
        from outpostkit._calls.building import add_extras, is_idempotent
        from outpostkit._calls.exchange import Exchange

        if self._extra_headers or self._extra_query:
            add_extras(self, self._connections.open() if http is None else http, request)
        return Exchange(
            request,
            subject=Subject(
                f"{request.method} {request.url.path}", is_idempotent(request), is_replayable
            ),
            policy=self._retry,
            timeout=self._timeout,
            secrets=self._secrets,
            is_refused_unexecuted=is_refused_unexecuted,
            operation_id=operation_id,
        )

    def _read(self, plan: RequestPlan[S, E], response: httpx.Response) -> Response[S, E]:
        from outpost_api.errors import DecodeError
        from outpost_api.response import read_response

        try:
            read = read_response(plan, response)
        except DecodeError as problem:
            from outpostkit._calls.answers import unreadable

            raise unreadable(problem, self._secrets) from None
        if self._answers is not None:
            self._answers.append(read)
        return read

    def _successful(self, response: Response[S, E], attempts: int) -> Response[S, E]:
        if response.is_success:
            return response
        from outpostkit._calls.answers import http_error

        raise http_error(
            exception_for_status(response.status_code),
            response.http_response,
            attempts=attempts,
            operation_id=response.operation.id,
            parsed=response.parsed,
        )

    def _checked(self, response: httpx.Response, attempts: int) -> httpx.Response:
        if response.is_success:
            return response
        from outpostkit._calls.answers import http_error

        raise http_error(exception_for_status(response.status_code), response, attempts=attempts)


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


def can_be_sent_again(request: httpx.Request, options: Dict[str, Any]) -> bool:
    """Tell whether the body of a request comes out the same a second time."""
    import httpx

    if isinstance(request.stream, httpx.ByteStream):
        return True
    files = options.get("files")
    if not files:
        return False
    parts = files.values() if hasattr(files, "values") else [part for _, part in files]
    return all(_is_rereadable(part[1] if isinstance(part, tuple) else part) for part in parts)


def _is_rereadable(content: object) -> bool:
    if isinstance(content, (str, bytes)):
        return True
    seekable = getattr(content, "seekable", None)
    return callable(seekable) and bool(seekable())


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
