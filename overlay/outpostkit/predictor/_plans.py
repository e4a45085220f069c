"""Where an endpoint answers, how its requests are built and its errors read. Performs nothing."""

from typing import TYPE_CHECKING, Dict, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from outpostkit._calls.calls import can_be_sent_again
from outpostkit._calls.settings import API_TIMEOUT, phases
from outpostkit.exceptions import (
    ConfigurationError,
    PredictionHTTPException,
    UnreadableResponseError,
)
from outpostkit.predictor._waking import attempts_until_awake
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from pathlib import PurePath
    from typing import IO, Any, Mapping, Sequence, Union

    import httpx

    from outpost_api.types import JsonValue
    from outpostkit._calls.calls import PlannedCalls
    from outpostkit._calls.exchange import Exchange
    from outpostkit._calls.settings.timeouts import Timeout

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

_ADVICE_WHEN_BROKEN = (
    'Its template raised, or its replica ended: endpoint.get_logs(log_type="runtime") has the '
    "reason{request}."
)

#: A health check is asked once: its failure is an answer too.
ONE_ATTEMPT = RetryPolicy(max_attempts=1)


def for_predictions(calls: K, timeout: "Timeout") -> K:
    """Return calls with the patience of predictions, where the user did not say otherwise."""
    patience: Optional[Dict[str, Optional[float]]] = None
    if timeout is not None:
        patience = phases(timeout)
    elif not calls.settings.has_own_timeout:
        patience = PREDICTION_TIMEOUT
    policy = None if calls.settings.has_own_retry else RetryPolicy(deadline=PREDICTION_DEADLINE_S)
    return calls.derive(timeout=patience, retry=policy)


def within(calls: K, timeout: "Timeout") -> K:
    """Return calls with the timeout of one of them, if it has its own."""
    return calls if timeout is None else calls.derive(timeout=phases(timeout))


class Domain:
    """Where an endpoint answers, and how its requests are built and its errors read."""

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

    def exchange(
        self,
        calls: "PlannedCalls[Any]",
        method: str,
        url: str,
        given: "Mapping[str, Any]",
        *,
        is_authenticated: bool = True,
    ) -> "Exchange":
        """Return the exchange of one request; ``given`` is what ``prepared_options`` gives."""
        given = dict(given)
        file = given.pop("file", None)
        request = calls.connections.open().build_request(method, url, **given)
        is_replayable = can_be_sent_again(request, given)
        if file is not None:
            is_replayable = _send_file(request, file)
        exchange = calls.exchange(
            request,
            is_replayable=is_replayable,
            is_refused_unexecuted=_is_refused_by_router,
            decide=attempts_until_awake,
        )
        exchange.advice_when_broken = _ADVICE_WHEN_BROKEN
        if is_authenticated and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {calls.settings.api_token}"
        return exchange

    def checked(self, response: "httpx.Response", attempts: int) -> "httpx.Response":
        """Return the answer of a prediction; raise PredictionHTTPException for 300 and above."""
        if response.status_code < 300:
            return response
        from outpostkit._calls.answers import http_error

        error = http_error(PredictionHTTPException, response, attempts=attempts)
        error.data = _json(response)
        raise error

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


def read_document(response: "httpx.Response") -> "Dict[str, JsonValue]":
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
