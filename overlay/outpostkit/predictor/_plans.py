"""Where an endpoint answers, how its requests are built and its errors read. Performs nothing."""

import copy
import os
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Tuple, TypeVar, Union
from urllib.parse import urlsplit

from outpost_api.later import later
from outpostkit._calls.calls import can_be_sent_again
from outpostkit._calls.settings import API_TIMEOUT, CallSettings, flag, phases
from outpostkit._calls.signatures import shown_as
from outpostkit.exceptions import (
    ConfigurationError,
    PredictionHTTPException,
    UnreadableResponseError,
)
from outpostkit.predictor._waking import attempts_unrepeated, attempts_until_awake
from outpostkit.retry import RetryPolicy, limit_s

if TYPE_CHECKING:
    import httpx

    from outpost_api import types
    from outpostkit._calls import calls, exchange
    from outpostkit._calls.calls import PlannedCalls
    from outpostkit._calls.settings import options, timeouts
else:
    httpx = later("httpx")
    types = later("outpost_api.types")
    calls = later("outpostkit._calls.calls")
    exchange = later("outpostkit._calls.exchange")
    options = later("outpostkit._calls.settings.options")
    timeouts = later("outpostkit._calls.settings.timeouts")

Content = Union[str, bytes, PurePath, IO[bytes]]


#: Mapping or pairs of a name and a path, image, array, bytes, text, open file, or a tuple of
#: filename, one of these and media type.
Files = Union[Mapping[str, Any], Sequence[Tuple[str, Any]]]

QueryValue = Union[str, int, float, bool, None]


Query = Union[
    str, Mapping[str, Union[QueryValue, Sequence[QueryValue]]], Sequence[Tuple[str, QueryValue]]
]

PREDICTION_TIMEOUT: Dict[str, Optional[float]] = {
    **API_TIMEOUT,
    "read": 300.0,
    "write": 60.0,
    "pool": 60.0,
}
PREDICTION_DEADLINE_S = 600.0

K = TypeVar("K", bound="PlannedCalls[Any]")
Self = TypeVar("Self", bound="Domain")

_ADVICE_WHEN_BROKEN = (
    'Its template raised, or its replica ended: endpoint.get_logs(log_type="runtime") has the '
    "reason{request}."
)

KEY_HEADER = "Idempotency-Key"
#: In place of a key: it is not sent again, also where the caller's headers have one.
UNREPEATED = ""

#: A health check is asked once: its failure is an answer too.
ONE_ATTEMPT = RetryPolicy(max_attempts=1)


def for_predictions(calls: K, timeout: "timeouts.Timeout") -> K:
    """Return calls with the patience of predictions, where the user did not say otherwise."""
    patience: Optional[Dict[str, Optional[float]]] = None
    if timeout is not None:
        patience = phases(timeout)
    elif not calls.settings.has_own_timeout:
        patience = PREDICTION_TIMEOUT
    policy = None if calls.settings.has_own_retry else RetryPolicy(deadline=PREDICTION_DEADLINE_S)
    return calls.derive(timeout=patience, retry=policy)


def within(calls: K, timeout: "timeouts.Timeout", deadline: Optional[float] = None) -> K:
    """Return calls with the timeout and the deadline of one of them, if it has its own.

    Raises:
        ConfigurationError: the deadline is no time.
    """
    if timeout is not None:
        calls = calls.derive(timeout=phases(timeout))
    if deadline is not None:
        seconds = limit_s("deadline", deadline)
        calls = calls.derive(retry=calls.settings.retry.replace(deadline=seconds))
    return calls


def key_for(calls: "calls.PlannedCalls[Any]", repeatable: Optional[bool]) -> Optional[str]:
    """Return a fresh idempotency key for a prediction that may be sent again, else None.

    Or :data:`UNREPEATED`, where the caller has said that it may not.
    """
    if repeatable is False:
        return UNREPEATED
    if calls.settings.repeatable if repeatable is None else flag("repeatable", repeatable):
        return os.urandom(16).hex()
    return None


class Domain:
    """Where an endpoint answers, and how its requests are built and its errors read."""

    _calls: "Any"
    #: Whether answers are returned whatever their status.
    _is_raw = False

    def __init__(self, endpoint: str, predictionPath: str, healthcheckPath: str) -> None:
        domain = endpoint.rstrip("/")
        parts = urlsplit(domain)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(
                f"endpoint {endpoint!r} is not the address of a prediction domain; "
                "endpoint.get_prediction_client() knows it"
            )
        self.domain = domain
        self.predictionPath = predictionPath
        self.healthcheckPath = healthcheckPath

    @property
    def base_url(self) -> str:
        """The address that all routes of the endpoint are below: what other clients take as theirs.

        Such as ``OpenAI(base_url=predictor.base_url + "/v1", api_key=token)``.
        """
        return self.prediction_url.rpartition("/")[0]

    @property
    def document_url(self) -> str:
        """The address of the OpenAPI document of the endpoint."""
        return f"{self.base_url}/openapi.json"

    @property
    def prediction_url(self) -> str:
        """The address that predictions are sent to."""
        return f"{self.domain}/{self.predictionPath.lstrip('/')}"

    @property
    def healthcheck_url(self) -> str:
        """The address that tells whether a replica is ready."""
        return f"{self.domain}/{self.healthcheckPath.lstrip('/')}"

    @shown_as(CallSettings.with_options)
    def with_options(self: Self, **options: "options.Unpack[options.CallOptions]") -> Self:
        """Return a predictor with other settings that shares the connections of this one.

        It costs microseconds. What is left out stays as it is::

            predictor.with_options(deadline=5, retries=1, headers={"X-Team": "blue"}).infer(json=1)

        Args:
            timeout: seconds for each phase of a request, or an ``httpx.Timeout``.
            retry: another policy as a whole.
            retries: further attempts after the first; 0 never tries again.
            deadline: seconds for a whole prediction, retries included; None for no limit.
            headers: sent with every request besides those of before.
            query: added to the query of every request.
            repeatable: as for :meth:`infer`, for all predictions that do not say so themselves.

        Raises:
            ConfigurationError: a value cannot be used.
        """
        other = copy.copy(self)
        other._calls = self._calls.using(self._calls.settings.with_options(**options))
        return other

    def exchange(
        self,
        calls: "calls.PlannedCalls[Any]",
        method: str,
        url: str,
        given: "Mapping[str, Any]",
        *,
        is_authenticated: bool = True,
        key: Optional[str] = None,
    ) -> "exchange.Exchange":
        """Return the exchange of one request; ``given`` is what ``prepared_options`` gives.

        It carries the idempotency key, unless the caller's headers have one; with
        :data:`UNREPEATED` it is not sent again after what may have executed it.
        """
        given = dict(given)
        file = given.pop("file", None)
        request = calls.connections.open().build_request(method, url, **given)
        if key and not request.headers.get(KEY_HEADER, "").strip():
            request.headers[KEY_HEADER] = key
        is_replayable = can_be_sent_again(request, given)
        if file is not None:
            is_replayable = _send_file(request, file)
        elif given.get("files"):
            from outpostkit._calls.bodies import read_beside_the_loop

            read_beside_the_loop(request, given["files"], is_at_hand=is_replayable)
        exchange = calls.exchange(
            request,
            is_replayable=is_replayable,
            is_refused_unexecuted=_is_refused_by_router,
            decide=attempts_unrepeated if key == UNREPEATED else attempts_until_awake,
        )
        exchange.advice_when_broken = _ADVICE_WHEN_BROKEN
        if is_authenticated and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {calls.settings.api_token}"
        return exchange

    def checked(self, response: "httpx.Response", attempts: int) -> "httpx.Response":
        """Return the answer of a prediction; raise PredictionHTTPException for 300 and above."""
        if response.status_code < 300 or self._is_raw:
            return response
        raise self.error(response, attempts)

    def error(self, response: "httpx.Response", attempts: int) -> PredictionHTTPException:
        """Return the error that an answer is."""
        from outpostkit._calls.answers import http_error

        error = http_error(PredictionHTTPException, response, attempts=attempts)
        error.data = _json(response)
        return error

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.prediction_url!r})"


def _send_file(request: "httpx.Request", file: "IO[bytes]") -> bool:
    """Make a file the body of a request; return whether it can be sent again."""
    from outpost_api.bodies import FileBody
    from outpostkit._calls.bodies import PlanStream
    from outpostkit._calls.building import framing

    body = FileBody(file)
    request.headers.pop("Content-Length", None)
    request.headers.update(framing(body.content_length))
    # Not as an argument of Request, which then leaves out the Host header.
    request.stream = PlanStream(body)
    return body.replayable


def _is_refused_by_router(response: "httpx.Response") -> bool:
    if response.status_code != 503 or "retry-after" not in response.headers:
        return False
    body = _json(response)
    return isinstance(body, dict) and all(
        isinstance(body.get(name), str) for name in ("message", "code")
    )


def read_document(response: "httpx.Response") -> "Dict[str, types.JsonValue]":
    """Return the OpenAPI document that an endpoint has answered with.

    Raises:
        UnreadableResponseError: it is no JSON object.
    """
    document = _json(response)
    if not isinstance(document, dict):
        raise UnreadableResponseError(
            "the endpoint's OpenAPI document is no JSON object",
            status_code=response.status_code,
            content=response.content,
        )
    return document


def _json(response: "httpx.Response") -> object:
    from outpost_api.codec import read_json
    from outpost_api.errors import DecodeError

    try:
        value: object = read_json(response.content)
    except DecodeError:
        return None
    return value
