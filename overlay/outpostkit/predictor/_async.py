"""Predictions for ``async`` code: the methods of :class:`outpostkit.Predictor`, awaited."""

import copy
from contextlib import ExitStack, asynccontextmanager
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    ContextManager,
    Dict,
    Iterable,
    Iterator,
    Mapping,
    Optional,
    Tuple,
    Union,
)

from outpost_api.later import later
from outpostkit.client import AsyncClient
from outpostkit.predictor._inputs.options import prepared_at_once, prepared_beside_the_loop
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
    from outpostkit._calls.calls import AsyncCalls
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


class AsyncRawPredictions:
    """``AsyncPredictor.infer``, giving the last answer whatever its status: it raises for none."""

    def __init__(self, predictor: "AsyncPredictor") -> None:
        raw = copy.copy(predictor)
        raw._is_raw = True
        self.infer = raw.infer


class AsyncPredictor(Domain):
    """Sends predictions to one endpoint from ``async`` code; as :class:`Predictor`, awaited."""

    def __init__(
        self,
        client: AsyncClient,
        endpoint: str,
        predictionPath: str,
        healthcheckPath: str,
        *,
        timeout: "timeouts.Timeout" = None,
    ) -> None:
        """Address a prediction domain directly; see :class:`Predictor`."""
        super().__init__(endpoint, predictionPath, healthcheckPath)
        self._calls: AsyncCalls = for_predictions(client._calls, timeout)

    @property
    def with_raw_response(self) -> "AsyncRawPredictions":
        """Predictions whose answer is returned whatever its status.

        See :attr:`Predictor.with_raw_response`.
        """
        return AsyncRawPredictions(self)

    async def infer(
        self,
        *,
        json: object = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[_plans.Files]" = None,
        content: "Union[_plans.Content, AsyncIterable[bytes], None]" = None,
        params: "Optional[_plans.Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "timeouts.Timeout" = None,
        deadline: Optional[float] = None,
        repeatable: Optional[bool] = None,
    ) -> "httpx.Response":
        """Return the answer to one prediction, its body read; see :meth:`Predictor.infer`."""
        calls = within(self._calls, timeout, deadline)
        key = key_for(calls, repeatable)
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        with ExitStack() as opened:
            given = prepared_at_once(options, opened)
            if given is None:
                given = await prepared_beside_the_loop(options, opened)
            exchange = self.exchange(calls, "POST", self.prediction_url, given, key=key)
            response = await calls.perform(exchange)
        return self.checked(response, exchange.attempts)

    @asynccontextmanager
    async def infer_stream(
        self,
        *,
        json: object = None,
        data: "Union[Mapping[str, Any], str, bytes, None]" = None,
        files: "Optional[_plans.Files]" = None,
        content: "Union[_plans.Content, AsyncIterable[bytes], None]" = None,
        params: "Optional[_plans.Query]" = None,
        headers: "Optional[Mapping[str, str]]" = None,
        timeout: "timeouts.Timeout" = None,
        deadline: Optional[float] = None,
        repeatable: Optional[bool] = None,
        idle_timeout: Optional[float] = 60.0,
    ) -> "AsyncIterator[_stream.AsyncPredictionStream]":
        """Send one prediction, and read its answer while it is made; for ``async with``.

        See :meth:`Predictor.infer_stream`.
        """
        from outpostkit._calls.streaming import OpenResponse
        from outpostkit.predictor._stream import AsyncPredictionStream

        idle_limit = limit_s("idle_timeout", idle_timeout)
        calls = within(self._calls, timeout, deadline)
        key = key_for(calls, repeatable)
        options = {
            "json": json,
            "data": data,
            "files": files,
            "content": content,
            "params": params,
            "headers": headers,
        }
        with ExitStack() as opened:
            given = prepared_at_once(options, opened)
            if given is None:
                given = await prepared_beside_the_loop(options, opened)
            exchange = self.exchange(calls, "POST", self.prediction_url, given, key=key)
            response = await calls.perform(exchange, is_streamed=True)
        self.checked(response, exchange.attempts)
        exchange.lift_deadline()
        exchange.timeout["read"] = idle_limit
        answer = OpenResponse(response, exchange)
        try:
            yield AsyncPredictionStream(answer)
        finally:
            await answer.aclose()

    def infer_many(
        self,
        inputs: "Union[Iterable[Any], AsyncIterable[Any]]",
        *,
        concurrency: int = 8,
        ordered: bool = True,
        on_error: "_batch.OnError" = "raise",
        progress: "Optional[_events.BatchCallback]" = None,
        deadline: Optional[float] = None,
        repeatable: bool = True,
    ) -> "AsyncGenerator[_batch.PredictionResult, None]":
        """Yield the results of many predictions; see :meth:`Predictor.infer_many`.

        Inputs may come from an async iterable, too. Needs asyncio.
        """
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed_async

        batch = Batch(concurrency, ordered, on_error, length(inputs))
        return self._run(indexed_async(inputs), batch, progress, deadline, repeatable)

    async def infer_many_to_file(
        self,
        inputs: "Union[Iterable[Any], AsyncIterable[Any]]",
        path: "values.FilePath",
        *,
        concurrency: int = 8,
        ordered: bool = False,
        on_error: "_batch.OnError" = "collect",
        progress: "Optional[_events.BatchCallback]" = None,
        deadline: Optional[float] = None,
        repeatable: bool = True,
    ) -> "_results_file.BatchSummary":
        """Write the results to a file; see :meth:`Predictor.infer_many_to_file`.

        ``progress`` is a plain function here too.
        """
        from outpostkit.predictor._batch import Batch, length
        from outpostkit.predictor._batch_running import indexed_async
        from outpostkit.predictor._results_file import ResultsFile

        with ResultsFile(path) as results:
            total = length(inputs)
            left = None if total is None else max(0, total - results.already_done)
            batch = Batch(concurrency, ordered, on_error, left)
            source = indexed_async(inputs)
            if isinstance(source, AsyncIterator):
                pending: Any = results.pending_async(source)
            else:
                pending = results.pending(source)
            finished = self._run(pending, batch, progress, deadline, repeatable)
            try:
                async for result in finished:
                    results.add(result)
            finally:
                await finished.aclose()
            return results.summary()

    def _run(
        self,
        inputs: "Union[Iterator[Tuple[int, Any]], AsyncIterator[Tuple[int, Any]]]",
        batch: "_batch.Batch",
        progress: "Optional[_events.BatchCallback]",
        deadline: Optional[float],
        repeatable: bool,
    ) -> "AsyncGenerator[_batch.PredictionResult, None]":
        """Yield the results of a batch."""
        from outpostkit.predictor._batch_calls import BatchCalls
        from outpostkit.predictor._batch_running import run_async

        plan = BatchCalls(self._calls, batch, deadline=deadline, repeatable=repeatable)

        async def send(
            job: "_batch.Job", left_s: Optional[float]
        ) -> "Union[httpx.Response, _batch_queue.Refused]":
            calls = plan.until(self._calls, left_s)
            options = job.arguments()
            with ExitStack() as opened:
                given = prepared_at_once(options, opened)
                if given is None:
                    given = await prepared_beside_the_loop(options, opened)
                exchange = self.exchange(calls, "POST", self.prediction_url, given, key=job.key)
                response = await calls.perform(exchange)
            return plan.answer(self, exchange, response)

        return run_async(send, inputs, plan.queue, self._room, progress)

    def _room(self, wanted: int) -> "ContextManager[int]":
        from outpostkit.transport._room import room

        http = self._calls.connections.open()
        return room(http.transport_for(self.prediction_url), wanted, is_limited=http.has_own_limits)

    async def openapi(self) -> "Dict[str, types.JsonValue]":
        """Return the OpenAPI document of the template; see :meth:`Predictor.openapi`."""
        exchange = self.exchange(self._calls, "GET", self.document_url, {})
        return read_document(self.checked(await self._calls.perform(exchange), exchange.attempts))

    async def wake(self) -> "httpx.Response":
        """Wake the endpoint if it sleeps, and return the answer; see :meth:`Predictor.wake`."""
        return await self._calls.perform(self.exchange(self._calls, "GET", self.prediction_url, {}))

    async def healthcheck(self) -> "httpx.Response":
        """Return the answer of the health check; see :meth:`Predictor.healthcheck`."""
        calls = self._calls.derive(retry=ONE_ATTEMPT)
        return await calls.perform(
            self.exchange(calls, "GET", self.healthcheck_url, {}, is_authenticated=False)
        )
