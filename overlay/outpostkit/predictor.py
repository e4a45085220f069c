"""Predictions: requests to an endpoint's own domain, with the client's token and connections.

What is special about them, compared with calls of the API:

* They may take long: 5 seconds to connect, but 300 until bytes come, and 600 for the whole call
  with its retries. A timeout or a retry policy that was given to the client goes before these.
* A prediction is a POST that the SDK knows nothing about, so it is not repeated when it may have
  been executed. It is repeated when no connection was made, and after a 503 with ``Retry-After``
  whose body is an Error object of the API (``{"message": ..., "code": ...}``): with that, the
  router in front of the replicas says that no replica has seen the request, because the endpoint
  is waking up or its queue is full. A 503 of the prediction template itself looks different (it
  has the template's own body) and is returned as an error at once.
* The token goes to the address the endpoint names, and to no other: redirects are not followed.
"""

from typing import TYPE_CHECKING, Dict, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from outpostkit.client import (
    API_TIMEOUT,
    AsyncClient,
    Client,
    _phases,
    _Settings,
    can_be_sent_again,
)
from outpostkit.exceptions import ConfigurationError, PredictionHTTPException
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from typing import Any, AsyncIterable, Iterable, Mapping, Sequence, Union

    import httpx
    from httpx._types import RequestFiles

    from outpostkit._exchange import Exchange

    QueryValue = Union[str, int, float, bool, None]
    Query = Union[
        str, Mapping[str, Union[QueryValue, Sequence[QueryValue]]], Sequence[Tuple[str, QueryValue]]
    ]
    Timeout = Union[float, httpx.Timeout, None]

__all__ = ["AsyncPredictor", "Predictor"]

PREDICTION_TIMEOUT: Dict[str, Optional[float]] = {
    **API_TIMEOUT,
    "read": 300.0,
    "write": 60.0,
    "pool": 60.0,
}
PREDICTION_DEADLINE_S = 600.0

K = TypeVar("K", bound=_Settings)


def _for_predictions(client: K, timeout: "Timeout") -> K:
    """Return the client with the patience of predictions, where its user did not say otherwise."""
    phases: Optional[Dict[str, Optional[float]]] = None
    if timeout is not None:
        phases = _phases(timeout)
    elif not client._has_own_timeout:
        phases = PREDICTION_TIMEOUT
    policy = None if client._has_own_retry else RetryPolicy(deadline=PREDICTION_DEADLINE_S)
    return client._derive(timeout=phases, retry=policy)


class _Domain:
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
    def prediction_url(self) -> str:
        """The address that predictions are sent to."""
        return f"{self.domain}/{self.predictionPath.lstrip('/')}"

    @property
    def healthcheck_url(self) -> str:
        """The address that tells whether a replica is ready."""
        return f"{self.domain}/{self.healthcheckPath.lstrip('/')}"

    def exchange(
        self,
        client: _Settings,
        http: "Union[httpx.Client, httpx.AsyncClient]",
        method: str,
        url: str,
        options: "Mapping[str, Any]",
        *,
        is_authenticated: bool = True,
    ) -> "Exchange":
        """Return the exchange of one request to the prediction domain."""
        given = {name: value for name, value in options.items() if value is not None}
        if isinstance(given.get("data"), (str, bytes)):
            given["content"] = given.pop("data")
        request = http.build_request(method, url, **given)
        if is_authenticated and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {client._api_token}"
        return client._exchange(
            request,
            is_replayable=can_be_sent_again(request, given),
            is_refused_unexecuted=_is_refused_by_router,
        )

    def checked(self, response: "httpx.Response", attempts: int) -> "httpx.Response":
        """Return the answer of a prediction; raise PredictionHTTPException for 300 and above."""
        if response.status_code < 300:
            return response
        from outpostkit._answers import http_error

        error = http_error(PredictionHTTPException, response, attempts=attempts)
        error.data = _json(response)
        raise error

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.prediction_url!r})"


class Predictor(_Domain):
    """Sends predictions to one endpoint; ``endpoint.get_prediction_client()`` makes one."""

    def __init__(
        self,
        client: Client,
        endpoint: str,
        predictionPath: str,
        healthcheckPath: str,
        *,
        timeout: "Timeout" = None,
    ) -> None:
        """Address a prediction domain directly.

        Args:
            client: its token, connections and settings are used.
            endpoint: scheme and host of the prediction domain, such as ``https://echo.outpost.run``.
            predictionPath: path that predictions are sent to.
            healthcheckPath: path that tells whether a replica is ready.
            timeout: seconds for each phase of a request; see the module for what holds without it.
        """
        super().__init__(endpoint, predictionPath, healthcheckPath)
        self._client = _for_predictions(client, timeout)

    def infer(
        self,
        *,
        json: "Any" = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[RequestFiles]" = None,
        content: "Union[str, bytes, Iterable[bytes], None]" = None,
        params: "Optional[Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "Timeout" = None,
    ) -> "httpx.Response":
        """Return the answer to one prediction, its body read; ``.json()`` gives the value.

        Args:
            json: sent as JSON; what it must look like is up to the prediction template.
            data: form fields, or a body as it is.
            files: sent as multipart/form-data together with ``data``; as httpx takes them.
            content: a body as it is. One that can be read only once is never sent again.
            params: query parameters.
            headers: more headers; an ``Authorization`` here replaces the token.
            timeout: seconds for each phase of this request.

        Raises:
            PredictionHTTPException: the status is 400 or above, or a redirect; ``.data`` has the
                JSON of the body.
            OutpostConnectionError: no answer came.

        Source: operation ``infer``.
        """
        client = self._client if timeout is None else self._client._derive(timeout=_phases(timeout))
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        exchange = self.exchange(
            client, client._connections.open(), "POST", self.prediction_url, options
        )
        return self.checked(client._perform(exchange), exchange.attempts)

    def wake(self) -> "httpx.Response":
        """Wake the endpoint if it sleeps, and return the answer, whatever its status.

        A GET of the prediction path: a template need not answer it with a success for the
        endpoint to wake up.

        Source: operation ``wake``.
        """
        http = self._client._connections.open()
        return self._client._perform(
            self.exchange(self._client, http, "GET", self.prediction_url, {})
        )

    def healthcheck(self) -> "httpx.Response":
        """Return the answer of the health check, whatever its status; 200 means ready.

        It is asked without a token, and once: its failure is an answer too.

        Source: operation ``healthcheck``.
        """
        client = self._client._derive(retry=ONE_ATTEMPT)
        http = client._connections.open()
        return client._perform(
            self.exchange(client, http, "GET", self.healthcheck_url, {}, is_authenticated=False)
        )


class AsyncPredictor(_Domain):
    """Sends predictions to one endpoint from ``async`` code; as :class:`Predictor`, awaited."""

    def __init__(
        self,
        client: AsyncClient,
        endpoint: str,
        predictionPath: str,
        healthcheckPath: str,
        *,
        timeout: "Timeout" = None,
    ) -> None:
        """Address a prediction domain directly; see :class:`Predictor`."""
        super().__init__(endpoint, predictionPath, healthcheckPath)
        self._client = _for_predictions(client, timeout)

    async def infer(
        self,
        *,
        json: "Any" = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[RequestFiles]" = None,
        content: "Union[str, bytes, AsyncIterable[bytes], None]" = None,
        params: "Optional[Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "Timeout" = None,
    ) -> "httpx.Response":
        """Return the answer to one prediction, its body read; see :meth:`Predictor.infer`."""
        client = self._client if timeout is None else self._client._derive(timeout=_phases(timeout))
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        exchange = self.exchange(
            client, client._connections.open(), "POST", self.prediction_url, options
        )
        return self.checked(await client._perform(exchange), exchange.attempts)

    async def wake(self) -> "httpx.Response":
        """Wake the endpoint if it sleeps, and return the answer; see :meth:`Predictor.wake`."""
        http = self._client._connections.open()
        return await self._client._perform(
            self.exchange(self._client, http, "GET", self.prediction_url, {})
        )

    async def healthcheck(self) -> "httpx.Response":
        """Return the answer of the health check; see :meth:`Predictor.healthcheck`."""
        client = self._client._derive(retry=ONE_ATTEMPT)
        http = client._connections.open()
        return await client._perform(
            self.exchange(client, http, "GET", self.healthcheck_url, {}, is_authenticated=False)
        )


ONE_ATTEMPT = RetryPolicy(max_attempts=1)


def _is_refused_by_router(response: "httpx.Response") -> bool:
    if response.status_code != 503 or "retry-after" not in response.headers:
        return False
    body = _json(response)
    return isinstance(body, dict) and all(
        isinstance(body.get(name), str) for name in ("message", "code")
    )


def _json(response: "httpx.Response") -> object:
    from outpost_api.codec import read_json
    from outpost_api.errors import DecodeError

    try:
        value: object = read_json(response.content)
    except DecodeError:
        return None
    return value
