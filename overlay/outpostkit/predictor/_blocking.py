"""Predictions for code that blocks; :mod:`outpostkit.predictor` says what is special about them."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Optional

from outpostkit.client import Client
from outpostkit.predictor._inputs.options import prepared_options
from outpostkit.predictor._plans import ONE_ATTEMPT, Domain, for_predictions, read_document, within
from outpostkit.retry import limit_s

if TYPE_CHECKING:
    from os import PathLike
    from typing import Any, Dict, Generator, Iterable, Mapping, Union

    import httpx

    from outpost_api.types import JsonValue
    from outpostkit._calls.settings.timeouts import Timeout
    from outpostkit.predictor._batch import OnError, PredictionResult
    from outpostkit.predictor._plans import Content, Files, Query
    from outpostkit.predictor._results_file import BatchSummary
    from outpostkit.predictor._stream import PredictionStream
    from outpostkit.progress._events import BatchCallback


class Predictor(Domain):
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
        self._calls = for_predictions(client._calls, timeout)

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
            json: sent as JSON; what it must look like is up to the prediction template. Arrays,
                columns, tensors and iterables become lists, models of pydantic, dataclasses and
                mappings objects, moments ISO 8601; bytes, paths, open files and images (as PNG)
                base64 text. A table, NaN and objects of other classes are refused.
            data: form fields (a list is several of one name), or a body as it is.
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
        calls = within(self._calls, timeout)
        with prepared_options(
            json=json, data=data, files=files, content=content, params=params, headers=headers
        ) as given:
            exchange = self.exchange(calls, "POST", self.prediction_url, given)
            response = calls.perform(exchange)
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
        from outpostkit._calls.streaming import OpenResponse
        from outpostkit.predictor._stream import PredictionStream

        idle_limit = limit_s("idle_timeout", idle_timeout)
        calls = within(self._calls, timeout)
        with prepared_options(
            json=json, data=data, files=files, content=content, params=params, headers=headers
        ) as given:
            exchange = self.exchange(calls, "POST", self.prediction_url, given)
            response = calls.perform(exchange, is_streamed=True)
        self.checked(response, exchange.attempts)
        exchange.lift_deadline()
        exchange.timeout["read"] = idle_limit
        answer = OpenResponse(response, exchange)
        try:
            yield PredictionStream(answer)
        finally:
            answer.close()

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
                :class:`outpostkit.PredictionInput` may be anything that ``infer`` takes. A table,
                a dictionary and text are refused, as they are one: ``[text]`` is many.
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
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed, run

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
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed, run
        from outpostkit.predictor._results_file import ResultsFile

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

    def openapi(self) -> "Dict[str, JsonValue]":
        """Return the OpenAPI document of the endpoint's template: what it takes and answers.

        A sleeping endpoint is woken. ``outpostkit client`` makes a typed package of it.

        Raises:
            PredictionHTTPException: the status is 400 or above.
            UnreadableResponseError: what it answers is no document.

        Source: operation ``wake``, on ``/openapi.json``.
        """
        exchange = self.exchange(self._calls, "GET", self.document_url, {})
        return read_document(self.checked(self._calls.perform(exchange), exchange.attempts))

    def wake(self) -> "httpx.Response":
        """Wake the endpoint if it sleeps, and return the answer, whatever its status.

        A GET of the prediction path: a template need not answer it with a success for the
        endpoint to wake up.

        Source: operation ``wake``.
        """
        return self._calls.perform(self.exchange(self._calls, "GET", self.prediction_url, {}))

    def healthcheck(self) -> "httpx.Response":
        """Return the answer of the health check, whatever its status; 200 means ready.

        It is asked without a token, and once: its failure is an answer too.

        Source: operation ``healthcheck``.
        """
        calls = self._calls.derive(retry=ONE_ATTEMPT)
        return calls.perform(
            self.exchange(calls, "GET", self.healthcheck_url, {}, is_authenticated=False)
        )
