"""Predictions: requests to an endpoint's own domain, with the client's token and connections.

What is special about them, compared with calls of the API:

* They may take long: 5 seconds to connect, but 300 until bytes come, and 600 for the whole call
  with its retries. A timeout or a retry policy that was given to the client goes before these.
* A prediction is a POST that the SDK knows nothing about, so it is not repeated when it may have
  been executed. It is repeated when no connection was made, as often as the retry policy says.
* A 503 with ``Retry-After`` whose body is an Error object of the API (``{"message": ..., "code":
  ...}``) says that no replica has seen the request, because the endpoint is waking up or its queue
  is full. It is no failed attempt: the endpoint is asked again until the deadline of the call. A
  503 of the prediction template itself looks different (it has the template's own body) and is an
  error at once.
* The token goes to the address the endpoint names, and to no other: redirects are not followed.
"""

import random
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, AsyncIterator, Dict, Iterator, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from outpostkit._prediction.inputs import prepared_options
from outpostkit._prediction.waking import attempts_until_awake
from outpostkit.client import (
    API_TIMEOUT,
    AsyncClient,
    Client,
    _phases,
    _Settings,
    can_be_sent_again,
)
from outpostkit.exceptions import ConfigurationError, PredictionHTTPException
from outpostkit.retry import RetryPolicy, Subject

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import PurePath
    from typing import (
        IO,
        Any,
        AsyncGenerator,
        AsyncIterable,
        Generator,
        Iterable,
        Mapping,
        Sequence,
        Union,
    )

    import httpx

    from outpostkit._calls.exchange import Exchange
    from outpostkit._prediction.batch import OnError, PredictionResult
    from outpostkit._prediction.results_file import BatchSummary
    from outpostkit._prediction.stream import AsyncPredictionStream, PredictionStream
    from outpostkit._progress.events import BatchCallback

    Content = Union[str, bytes, PurePath, IO[bytes]]
    #: Mapping or pairs of a name and a path, image, array, bytes, text, open file, or a tuple of
    #: filename, one of these and media type.
    Files = Union[Mapping[str, Any], Sequence[Tuple[str, Any]]]

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
        given: "Mapping[str, Any]",
        *,
        is_authenticated: bool = True,
    ) -> "Exchange":
        """Return the exchange of one request; ``given`` is what ``prepared_options`` gives."""
        given = dict(given)
        file = given.pop("file", None)
        request = http.build_request(method, url, **given)
        is_replayable = can_be_sent_again(request, given)
        if file is not None:
            is_replayable = _send_file(request, file)
        exchange = client._exchange(
            request,
            is_replayable=is_replayable,
            is_refused_unexecuted=_is_refused_by_router,
        )
        if is_authenticated and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {client._api_token}"
        subject = Subject(method, f"{method} {request.url.path}", is_replayable=is_replayable)
        exchange.steps = attempts_until_awake(subject, client._retry, random.random)
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
        files: "Optional[Files]" = None,
        content: "Union[Content, Iterable[bytes], None]" = None,
        params: "Optional[Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "Timeout" = None,
    ) -> "httpx.Response":
        """Return the answer to one prediction, its body read; ``.json()`` gives the value.

        Args:
            json: sent as JSON; what it must look like is up to the prediction template. Arrays
                become lists; bytes, paths, open files and images (as PNG) become base64 text.
            data: form fields, or a body as it is.
            files: sent as multipart/form-data together with ``data``: by name a path, an image (as
                PNG), a numpy array (as ``.npy``), or what httpx takes; a list is several files.
            content: a body as it is: bytes, text, a path, an open file or an iterable of bytes.
                One that can be read only once is never sent again.
            params: query parameters.
            headers: more headers; an ``Authorization`` here replaces the token.
            timeout: seconds for each phase of this request.

        Raises:
            PredictionHTTPException: the status is 400 or above, or a redirect; ``.data`` has the
                JSON of the body.
            OutpostConnectionError: no answer came.
            ConfigurationError: something cannot be sent; nothing was.

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
        with prepared_options(options) as given:
            exchange = self.exchange(
                client, client._connections.open(), "POST", self.prediction_url, given
            )
            response = client._perform(exchange)
        return self.checked(response, exchange.attempts)

    @contextmanager
    def infer_stream(
        self,
        *,
        json: "Any" = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[Files]" = None,
        content: "Union[Content, Iterable[bytes], None]" = None,
        params: "Optional[Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "Timeout" = None,
        idle_timeout: Optional[float] = 60.0,
    ) -> "Iterator[PredictionStream]":
        """Send one prediction, and read its answer while it is made.

        ::

            with predictor.infer_stream(json={"prompt": "Once"}) as answer:
                for event in answer.events(): ...

        ``answer`` has ``bytes()``, ``lines()``, ``json_lines()`` and ``events()`` (server-sent
        ones), of which one is used, once. It is closed at the end of the block, wherever it is.

        Args:
            json, data, files, content, params, headers: as for :meth:`infer`.
            timeout: seconds for each phase until the answer begins.
            idle_timeout: seconds that the body may stand still; None for ever. As long as it
                moves it may take any time: the deadline of the call ends when the answer begins.

        Raises:
            PredictionHTTPException: the status is 400 or above, or a redirect.
            OutpostConnectionError: no answer came or, while it is read, it broke off
                (``OutpostTimeoutError`` when it stood still).

        Source: operation ``infer``.
        """
        from outpostkit._prediction.stream import PredictionStream

        client = self._client if timeout is None else self._client._derive(timeout=_phases(timeout))
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        with prepared_options(options) as given:
            exchange = self.exchange(
                client, client._connections.open(), "POST", self.prediction_url, given
            )
            response = client._perform(exchange, is_streamed=True)
        self.checked(response, exchange.attempts)
        exchange.lift_deadline()
        exchange.timeout["read"] = idle_timeout
        try:
            yield PredictionStream(response, exchange)
        finally:
            response.close()

    def infer_many(
        self,
        inputs: "Iterable[Any]",
        *,
        concurrency: int = 8,
        ordered: bool = True,
        on_error: "OnError" = "raise",
        progress: "Optional[BatchCallback]" = None,
    ) -> "Generator[PredictionResult, None, None]":
        """Yield the results of many predictions, of which some run at the same time.

        ::

            for result in predictor.infer_many(documents, concurrency=16):
                print(result.index, result.value)

        Memory is bounded: inputs are taken when there is room for them, and answers that are
        ready wait for at most 3 times ``concurrency`` others.

        Args:
            inputs: any iterable. Each input is sent as JSON, as by ``infer(json=...)``; a
                :class:`outpostkit.PredictionInput` may be anything that ``infer`` takes.
            concurrency: how many predictions run at the same time, 1 to 10000.
            ordered: yield the results in the order of the inputs; if not, as they are ready.
            on_error: ``raise`` ends everything with the first error; ``collect`` yields it as
                ``result.error``; ``skip`` leaves it out.
            progress: called with an :class:`outpostkit.BatchProgress` after each prediction;
                :func:`outpostkit.progress.progress_bar` makes one that shows it.

        Raises:
            OutpostError: what :meth:`infer` raises, for ``on_error="raise"``.
            ConfigurationError: an argument cannot be used; nothing was sent.

        Source: operation ``infer``.
        """
        from outpostkit._prediction.batch import Batch, length
        from outpostkit._prediction.batch_running import indexed, run

        batch = Batch(concurrency, ordered, on_error, length(inputs))
        return run(self.infer, indexed(inputs), batch, progress)

    def infer_many_to_file(
        self,
        inputs: "Iterable[Any]",
        path: "Union[str, PathLike[str]]",
        *,
        concurrency: int = 8,
        ordered: bool = False,
        on_error: "OnError" = "collect",
        progress: "Optional[BatchCallback]" = None,
    ) -> "BatchSummary":
        """Write the results of many predictions to a file, and go on where an earlier run ended.

        Each result is one line of JSON: ``index`` of the input, ``input`` (a digest of it) and
        ``value``, or ``text`` or ``base64`` of an answer that is no JSON. A line is written when
        its prediction is answered, so that a run may be killed at any moment: the next one, with
        the same inputs and the same file, neither loses nor repeats a result. Inputs that failed
        are tried again by the next run; ``on_error="collect"`` also writes them to a file beside
        it, ``<name>.errors<suffix>``, which begins anew with each run.

        Args:
            inputs: any iterable, giving the same inputs in the same order in each run.
            path: the file; made if it is missing, refused if it holds something else.
            concurrency: how many predictions run at the same time.
            ordered: write in the order of the inputs; if not, as the results are ready.
            on_error: ``collect``, ``skip`` or ``raise``.
            progress: as for :meth:`infer_many`; what earlier runs did does not count.

        Raises:
            ConfigurationError: the file cannot be used, or holds results of other inputs.

        Source: operation ``infer``.
        """
        from outpostkit._prediction.batch import Batch, length
        from outpostkit._prediction.batch_running import indexed, run
        from outpostkit._prediction.results_file import ResultsFile

        with ResultsFile(path) as results:
            total = length(inputs)
            left = None if total is None else max(0, total - results.already_done)
            batch = Batch(concurrency, ordered, on_error, left)
            pending = results.pending(indexed(inputs))
            finished = run(self.infer, pending, batch, progress)
            try:
                for result in finished:
                    results.add(result)
            finally:
                finished.close()
            return results.summary()

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
        files: "Optional[Files]" = None,
        content: "Union[Content, AsyncIterable[bytes], None]" = None,
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
        with prepared_options(options) as given:
            exchange = self.exchange(
                client, client._connections.open(), "POST", self.prediction_url, given
            )
            response = await client._perform(exchange)
        return self.checked(response, exchange.attempts)

    @asynccontextmanager
    async def infer_stream(
        self,
        *,
        json: "Any" = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[Files]" = None,
        content: "Union[Content, AsyncIterable[bytes], None]" = None,
        params: "Optional[Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "Timeout" = None,
        idle_timeout: Optional[float] = 60.0,
    ) -> "AsyncIterator[AsyncPredictionStream]":
        """Send one prediction, and read its answer while it is made; for ``async with``.

        See :meth:`Predictor.infer_stream`.
        """
        from outpostkit._prediction.stream import AsyncPredictionStream

        client = self._client if timeout is None else self._client._derive(timeout=_phases(timeout))
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        with prepared_options(options) as given:
            exchange = self.exchange(
                client, client._connections.open(), "POST", self.prediction_url, given
            )
            response = await client._perform(exchange, is_streamed=True)
        self.checked(response, exchange.attempts)
        exchange.lift_deadline()
        exchange.timeout["read"] = idle_timeout
        try:
            yield AsyncPredictionStream(response, exchange)
        finally:
            await response.aclose()

    def infer_many(
        self,
        inputs: "Union[Iterable[Any], AsyncIterable[Any]]",
        *,
        concurrency: int = 8,
        ordered: bool = True,
        on_error: "OnError" = "raise",
        progress: "Optional[BatchCallback]" = None,
    ) -> "AsyncGenerator[PredictionResult, None]":
        """Yield the results of many predictions; see :meth:`Predictor.infer_many`.

        Inputs may come from an async iterable, too. Needs asyncio.
        """
        from outpostkit._prediction.batch import Batch, length
        from outpostkit._prediction.batch_running import indexed_async, run_async

        batch = Batch(concurrency, ordered, on_error, length(inputs))
        return run_async(self.infer, indexed_async(inputs), batch, progress)

    async def infer_many_to_file(
        self,
        inputs: "Union[Iterable[Any], AsyncIterable[Any]]",
        path: "Union[str, PathLike[str]]",
        *,
        concurrency: int = 8,
        ordered: bool = False,
        on_error: "OnError" = "collect",
        progress: "Optional[BatchCallback]" = None,
    ) -> "BatchSummary":
        """Write the results to a file; see :meth:`Predictor.infer_many_to_file`.

        ``progress`` is a plain function here too.
        """
        from outpostkit._prediction.batch import Batch, length
        from outpostkit._prediction.batch_running import indexed_async, run_async
        from outpostkit._prediction.results_file import ResultsFile

        with ResultsFile(path) as results:
            total = length(inputs)
            left = None if total is None else max(0, total - results.already_done)
            batch = Batch(concurrency, ordered, on_error, left)
            source = indexed_async(inputs)
            if isinstance(source, AsyncIterator):
                pending: Any = results.pending_async(source)
            else:
                pending = results.pending(source)
            finished = run_async(self.infer, pending, batch, progress)
            try:
                async for result in finished:
                    results.add(result)
            finally:
                await finished.aclose()
            return results.summary()

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


def _send_file(request: "httpx.Request", file: "IO[bytes]") -> bool:
    """Make a file the body of a request; return whether it can be sent again."""
    from outpost_api.bodies import FileBody
    from outpostkit._calls.bodies import PlanStream

    body = FileBody(file)
    if body.content_length is None:
        request.headers.pop("Content-Length", None)
        request.headers["Transfer-Encoding"] = "chunked"
    else:
        request.headers["Content-Length"] = str(body.content_length)
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


def _json(response: "httpx.Response") -> object:
    from outpost_api.codec import read_json
    from outpost_api.errors import DecodeError

    try:
        value: object = read_json(response.content)
    except DecodeError:
        return None
    return value
