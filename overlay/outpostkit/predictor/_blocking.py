"""Predictions for code that blocks; :mod:`outpostkit.predictor` says what is special about them."""

import copy
from contextlib import contextmanager
from typing import (
    TYPE_CHECKING,
    Any,
    ContextManager,
    Dict,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Optional,
    Tuple,
    Union,
)

from outpost_api.later import later
from outpostkit.client import Client
from outpostkit.predictor._inputs.options import prepared_options
from outpostkit.predictor._plans import (
    ONE_ATTEMPT,
    Domain,
    for_predictions,
    key_for,
    read_document,
    within,
)
from outpostkit.retry import limit_s

if TYPE_CHECKING:
    import os

    import httpx

    from outpost_api import types
    from outpostkit._calls.calls import Calls
    from outpostkit._calls.settings import timeouts
    from outpostkit._resources import values
    from outpostkit.predictor import _batch, _batch_queue, _plans, _results_file, _stream
    from outpostkit.progress import _events
else:
    values = later("outpostkit._resources.values")
    httpx = later("httpx")
    os = later("os")
    types = later("outpost_api.types")
    timeouts = later("outpostkit._calls.settings.timeouts")
    _batch = later("outpostkit.predictor._batch")
    _batch_queue = later("outpostkit.predictor._batch_queue")
    _plans = later("outpostkit.predictor._plans")
    _results_file = later("outpostkit.predictor._results_file")
    _stream = later("outpostkit.predictor._stream")
    _events = later("outpostkit.progress._events")


class RawPredictions:
    """``Predictor.infer``, giving the last answer whatever its status: it raises for none."""

    def __init__(self, predictor: "Predictor") -> None:
        raw = copy.copy(predictor)
        raw._is_raw = True
        self.infer = raw.infer


class Predictor(Domain):
    """Sends predictions to one endpoint; ``endpoint.get_prediction_client()`` makes one."""

    def __init__(
        self,
        client: Client,
        endpoint: str,
        predictionPath: str,
        healthcheckPath: str,
        *,
        timeout: "timeouts.Timeout" = None,
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
        self._calls: Calls = for_predictions(client._calls, timeout)

    @property
    def with_raw_response(self) -> "RawPredictions":
        """Predictions whose answer is returned whatever its status.

        ``predictor.with_raw_response.infer(json=1)`` takes what :meth:`infer` takes, tries again
        what :meth:`infer` would, and raises no ``PredictionHTTPException`` for the last answer.
        """
        return RawPredictions(self)

    def infer(
        self,
        *,
        json: object = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[_plans.Files]" = None,
        content: "Union[_plans.Content, Iterable[bytes], None]" = None,
        params: "Optional[_plans.Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "timeouts.Timeout" = None,
        deadline: Optional[float] = None,
        repeatable: Optional[bool] = None,
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
            timeout: seconds for each phase of this request: for a connection, and between bytes. An
                answer that trickles in may take longer; ``deadline`` bounds the whole.
            deadline: seconds for the whole call, retries included; by default that of the client.
            repeatable: whether it may be sent again after a 5xx or a broken connection, when it may
                have been made already. It then carries an ``Idempotency-Key``, the same in all
                attempts, with which an Outpost makes it once. By default as the client says. A key
                of your own in ``headers`` does the same, unless this is False. (A 429 is always
                repeated, and what found no connection: nothing was made.)

        Raises:
            PredictionHTTPException: the status is 400 or above, or a redirect; ``.data`` has the
                JSON of the body.
            OutpostConnectionError: no answer came.
            ResponseTooLargeError: the answer is larger than the client reads whole, 1 GiB by
                default; :meth:`infer_stream` has no limit.
            ConfigurationError: something cannot be sent; nothing was. Of JSON the place is named.

        Source: operation ``infer``.
        """
        calls = within(self._calls, timeout, deadline)
        key = key_for(calls, repeatable)
        with prepared_options(
            json=json, data=data, files=files, content=content, params=params, headers=headers
        ) as given:
            exchange = self.exchange(calls, "POST", self.prediction_url, given, key=key)
            response = calls.perform(exchange)
        return self.checked(response, exchange.attempts)

    @contextmanager
    def infer_stream(
        self,
        *,
        json: object = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[_plans.Files]" = None,
        content: "Union[_plans.Content, Iterable[bytes], None]" = None,
        params: "Optional[_plans.Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "timeouts.Timeout" = None,
        deadline: Optional[float] = None,
        repeatable: Optional[bool] = None,
        idle_timeout: Optional[float] = 60.0,
    ) -> "Iterator[_stream.PredictionStream]":
        """Send one prediction, and read its answer while it is made.

        ::

            with predictor.infer_stream(json={"prompt": "Once"}) as answer:
                for event in answer.events(): ...

        ``answer`` has ``bytes()``, ``lines()``, ``json_lines()`` and ``events()`` (server-sent
        ones), of which one is used, once. It is closed at the end of the block, wherever it is.

        Args:
            json, data, files, content, params, headers: as for :meth:`infer`.
            timeout: seconds for each phase until the answer begins.
            deadline: seconds until the answer begins, retries included.
            repeatable: as for :meth:`infer`; what has begun to answer is not sent again.
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
        calls = within(self._calls, timeout, deadline)
        key = key_for(calls, repeatable)
        with prepared_options(
            json=json, data=data, files=files, content=content, params=params, headers=headers
        ) as given:
            exchange = self.exchange(calls, "POST", self.prediction_url, given, key=key)
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
        on_error: "_batch.OnError" = "raise",
        progress: "Optional[_events.BatchCallback]" = None,
        deadline: Optional[float] = None,
        repeatable: bool = True,
    ) -> "Generator[_batch.PredictionResult, None, None]":
        """Yield the results of many predictions, of which some run at the same time.

        ::

            for result in predictor.infer_many(documents, concurrency=16):
                print(result.index, result.value)

        Memory is bounded: inputs are taken when there is room for them, and answers that are
        ready wait for at most 3 times ``concurrency`` others.

        A server that limits its callers is no failure: after a 429 all wait as it says, and go on
        at its pace. If it answers nothing but 429 for longer than ``deadline`` and the
        ``retry_after_ceiling`` of the policy together (or its next pause would last longer), the
        batch gives up: each input that is left fails with that 429, at once and unsent. With a
        policy of one attempt (``retries=0``), or without 429 among its ``statuses``, nothing is
        repeated, and a 429 is the error of its input.

        What runs has the context (``contextvars``) in which the first result is asked for.

        Args:
            inputs: any iterable. Each input is sent as JSON, as by ``infer(json=...)``; a
                :class:`outpostkit.PredictionInput` may be anything that ``infer`` takes. A table,
                a dictionary and text are refused, as they are one: ``[text]`` is many.
            concurrency: how many predictions run at the same time, 1 to 10000; fewer where the
                ``limits`` of the client are lower.
            ordered: yield the results in the order of the inputs; if not, as they are ready.
            on_error: ``raise`` ends everything with the first error; ``collect`` yields it as
                ``result.error``; ``skip`` leaves it out.
            progress: called with an :class:`outpostkit.BatchProgress` after each prediction;
                :func:`outpostkit.progress.progress_bar` makes one that shows it.
            deadline: seconds for each input, retries included, from when it is first sent; what it
                waits after a 429, or for others of the batch, does not count. By default that of
                the client.
            repeatable: whether an input is sent again after a 5xx or a broken connection, when it
                may have been predicted already: it has an ``Idempotency-Key``, the same in all
                attempts, with which an Outpost predicts it once. False for servers that do not
                know such keys; it holds for inputs with a key of their own, too.

        Raises:
            OutpostError: what :meth:`infer` raises, for ``on_error="raise"``.
            ConfigurationError: an argument cannot be used; nothing was sent.

        Source: operation ``infer``.
        """
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed

        batch = Batch(concurrency, ordered, on_error, length(inputs))
        return self._run(indexed(inputs), batch, progress, deadline, repeatable)

    def infer_many_to_file(
        self,
        inputs: "Iterable[Any]",
        path: "values.FilePath",
        *,
        concurrency: int = 8,
        ordered: bool = False,
        on_error: "_batch.OnError" = "collect",
        progress: "Optional[_events.BatchCallback]" = None,
        deadline: Optional[float] = None,
        repeatable: bool = True,
    ) -> "_results_file.BatchSummary":
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
            deadline, repeatable: as for :meth:`infer_many`. Each run has idempotency keys of its
                own, so that what was under way when a run was killed may be predicted once more.

        Raises:
            ConfigurationError: the file cannot be used, or holds results of other inputs.

        Source: operation ``infer``.
        """
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed
        from outpostkit.predictor._results_file import ResultsFile

        with ResultsFile(path) as results:
            total = length(inputs)
            left = None if total is None else max(0, total - results.already_done)
            batch = Batch(concurrency, ordered, on_error, left)
            pending = results.pending(indexed(inputs))
            finished = self._run(pending, batch, progress, deadline, repeatable)
            try:
                for result in finished:
                    results.add(result)
            finally:
                finished.close()
            return results.summary()

    def _run(
        self,
        inputs: "Iterator[Tuple[int, Any]]",
        batch: "_batch.Batch",
        progress: "Optional[_events.BatchCallback]",
        deadline: Optional[float],
        repeatable: bool,
    ) -> "Generator[_batch.PredictionResult, None, None]":
        """Yield the results of a batch."""
        from outpostkit.predictor._batch_calls import BatchCalls
        from outpostkit.predictor._batch_running import run

        plan = BatchCalls(self._calls, batch, deadline=deadline, repeatable=repeatable)

        def send(
            job: "_batch.Job", left_s: Optional[float]
        ) -> "Union[httpx.Response, _batch_queue.Refused]":
            calls = plan.until(self._calls, left_s)
            with prepared_options(**job.arguments()) as given:
                exchange = self.exchange(calls, "POST", self.prediction_url, given, key=job.key)
                response = calls.perform(exchange)
            return plan.answer(self, exchange, response)

        return run(send, inputs, plan.queue, self._room, progress)

    def _room(self, wanted: int) -> "ContextManager[int]":
        from outpostkit.transport._room import room

        http = self._calls.connections.open()
        return room(http.transport_for(self.prediction_url), wanted, is_limited=http.has_own_limits)

    def openapi(self) -> "Dict[str, types.JsonValue]":
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
