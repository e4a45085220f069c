"""The FastAPI application of one replica: the template's ``predict`` is a route handler."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from outpost_runtime.errors import Overloaded
from outpost_server.log_files import well_formed
from outpost_server.worker.answers.failures import AnswerFailures
from outpost_server.worker.answers.invalid_requests import in_words
from outpost_server.worker.answers.refused import AnswerError
from outpost_server.worker.errors import TemplateError, describe, explain, own_traceback
from outpost_server.worker.guarding.forks import FORKS
from outpost_server.worker.guarding.sending import FIRST, REFUSED, Message, Outgoing, Send
from outpost_server.worker.guarding.streams import STREAMS, Stream, cause_of
from outpost_server.worker.lifecycle import HEALTH_METHODS, find_hook, is_healthy
from outpost_server.worker.loading.handlers import exception_handlers
from outpost_server.worker.logs import OWN_LOG
from outpost_server.worker.routes import (
    HEALTHCHECK_PATH,
    PREDICTION_PATH,
    ROOT_PATH,
    add_marked,
    add_predict,
)

# Most answers have been sent by then, and watching costs more than a short request does.
WATCH_AFTER_S = 0.05
# Of a body that the template does not read yet; with a longer one it is not watched.
KEPT_BODY_BYTES = 1024 * 1024

Receive = Callable[[], Awaitable[Message]]
Handler = Callable[[Request, Exception], Awaitable[Response]]

LOGGER = "outpost.predict"
# Where a request keeps the exception that has been logged.
TOLD = "outpost.told"
WITHIN = ", within its answer"
BEHIND = ", in a background task or a dependency, behind its answer"


def build_app(template: Any, template_path: Path) -> PredictionApp:
    """Return the application that serves ``template``.

    Raises:
        TemplateError: FastAPI cannot make a route of ``predict`` or of a marked method, or refuses
            an exception handler.
    """
    # An operation is called as its method is, which is what a client generated from it shows.
    app = FastAPI(
        title=type(template).__name__, generate_unique_id_function=lambda route: route.name
    )
    app.add_api_route(
        HEALTHCHECK_PATH,
        healthcheck_of(template, template_path),
        methods=["GET"],
        include_in_schema=False,
    )
    app.add_api_route(PREDICTION_PATH, wake, methods=["GET"], include_in_schema=False)
    app.add_middleware(AnswerFailures)
    app.add_exception_handler(405, method_not_allowed)
    app.add_exception_handler(Overloaded, overloaded)
    app.add_exception_handler(RequestValidationError, cannot_be_processed)
    fail: Handler = prediction_failed
    try:
        add_predict(app, template.predict)
        add_marked(app, template)
        for cause, handler in exception_handlers(template).items():
            if cause in (500, Exception):  # either is for whatever nobody else answers for
                fail = handler
            else:
                app.add_exception_handler(cause, handler)
    except TemplateError:
        raise
    except Exception as error:
        detail = own_traceback(error, template_path)
        raise TemplateError(f"'predict' cannot be served: {describe(error)}", detail) from None
    return PredictionApp(app, template_path, fail)


def healthcheck_of(template: object, template_path: Path) -> Callable[[], Awaitable[Any]]:
    """Return the health check: the event loop answers it, or the template's ``healthy`` decides."""
    method = find_hook(template, HEALTH_METHODS)

    async def healthcheck() -> Any:
        if method is None or await is_healthy(method, template_path):
            return {"status": "healthy"}
        message = "The template's method 'healthy' says that it is not."
        return JSONResponse({"message": message, "code": "unhealthy"}, status_code=503)

    return healthcheck


async def wake() -> dict[str, str]:
    """The request has reached a loaded template, and that was all it was for."""
    return {"status": "healthy"}


async def prediction_failed(request: Request, error: Exception) -> Response:
    """The answer when ``predict`` raises and the template has no handler for it."""
    return failure(error)


def failure(error: BaseException) -> Response:
    """Return the answer for what ``predict`` raised."""
    message = well_formed(str(error)) if isinstance(error, AnswerError) else explain(error)
    content = {"message": message, "code": "prediction_failed"}
    return JSONResponse(content, status_code=500)


async def cannot_be_processed(request: Request, error: Exception) -> Response:
    """FastAPI's answer, and in words what is wrong."""
    assert isinstance(error, RequestValidationError)
    detail = jsonable_encoder(error.errors(), custom_encoder={bytes: repr})
    content = {"message": in_words(request, detail), "code": "unprocessable", "detail": detail}
    return JSONResponse(content, status_code=422)


async def overloaded(request: Request, error: Exception) -> Response:
    """The answer when as many inputs wait as may."""
    assert isinstance(error, Overloaded)
    content = {"message": error.message, "code": error.code}
    return JSONResponse(content, status_code=error.status_code, headers=error.headers)


async def method_not_allowed(request: Request, error: Exception) -> Response:
    """Starlette would name the methods of one of the two routes of the prediction path only."""
    if request.url.path.endswith(PREDICTION_PATH):
        allow = "GET, POST"
    else:
        allow = (getattr(error, "headers", None) or {}).get("Allow", "GET")
    content = {"message": f"{request.method} is not served here.", "code": "method_not_allowed"}
    return JSONResponse(content, status_code=405, headers={"Allow": allow})


class PredictionApp:
    """Ends what nobody waits for, and logs what ``predict`` raises, with its own traceback.

    ``fail`` answers for what has no handler of its own.
    """

    def __init__(self, app: FastAPI, template_path: Path, fail: Handler) -> None:
        self._app = app
        self._template_path = template_path
        self._fail = fail
        app.add_exception_handler(Exception, self._tell_and_fail)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        gone = ClientWatch(scope, receive)
        # What follows the last message are tasks behind the answer, which nobody waits for.
        answer = Outgoing(scope, send, gone.finish)
        streams: list[Stream] = []
        STREAMS.set(streams)
        try:
            with FORKS:
                await self._app(scope, gone.receive, answer.send)
                answer.require_begun()
        except asyncio.CancelledError as error:
            if gone.has_cancelled:
                return
            if _is_cancelled():
                raise
            await self._fail_for_good(scope, error, answer, send)
        except BaseException as error:
            # Also what is meant to end the process: a request cannot do that, others are being
            # answered. Starlette raises again after its handler has answered.
            await self._fail_for_good(scope, error, answer, send)
        finally:
            gone.end()
            for stream in streams:
                await self._close(stream, scope)

    async def _close(self, stream: Stream, scope: Message) -> None:
        try:
            await stream.aclose()
        except asyncio.CancelledError:
            pass  # of the request, which is over
        except BaseException as error:
            self._tell(scope, cause_of(error), WITHIN)

    async def _tell_and_fail(self, request: Request, error: Exception) -> Response:
        refused = request.scope.get(REFUSED)
        if refused is not None:  # Starlette takes the answer for one that has begun
            return failure(refused)
        # In this order: who has the answer can read why in the log. Starlette asks for an answer
        # also where one has begun.
        if request.scope["type"] == "http" and FIRST not in request.scope:
            self._tell(request.scope, error)
            request.scope[TOLD] = error
        try:
            return await self._fail(request, error)
        except Exception as of_handler:
            self._tell(request.scope, of_handler, ", in an exception handler")
            return failure(of_handler)

    async def _fail_for_good(
        self, scope: Message, error: BaseException, answer: Outgoing, send: Send
    ) -> None:
        """Answer for what nobody has answered for, or break its answer off."""
        if scope["type"] != "http":
            raise error if isinstance(error, Exception) else RuntimeError(describe(error))
        if scope.get(TOLD) is not error:
            error = scope.get(REFUSED) or cause_of(error)
            self._tell(scope, error, _place(scope, is_complete=answer.is_complete))
        if FIRST not in scope:
            response = failure(error)
            headers = response.raw_headers
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        elif not answer.is_complete:
            if _begins_events(scope[FIRST]):
                await send(_last_event(error))
            # The server closes the connection: the client sees that this is not the end.
            raise AnswerBroken from None

    def _tell(self, scope: Message, error: BaseException, place: str = "") -> None:
        where = f"{place} (request {_request_id(scope)})"
        if isinstance(error, AnswerError):
            told = f"{_raiser(scope)} returned what cannot be sent{where}. {error}"
            OWN_LOG.error(LOGGER, told, None)
            return
        traceback = own_traceback(error, self._template_path)
        told = f"{_raiser(scope)} raised {explain(error, where)}"
        OWN_LOG.error(LOGGER, told, traceback)


class AnswerBroken(Exception):
    """The template raised within its answer. That has been logged."""


def is_news(record: logging.LogRecord) -> bool:
    """Tell whether the web server logs something that is not in the log already."""
    return not (record.exc_info and isinstance(record.exc_info[1], AnswerBroken))


def _is_cancelled() -> bool:
    """Tell whether somebody cancels this task: else the template has raised what looks like it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _place(scope: Message, *, is_complete: bool) -> str:
    """Return where in the course of its answer a method has raised, "" before there was any."""
    if is_complete:
        return BEHIND
    return WITHIN if FIRST in scope else ""


def _begins_events(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in message.get("headers", ())
    )


def _last_event(error: BaseException) -> Message:
    """Return what tells a client of server-sent events why there are no more."""
    told = json.dumps({"error": {"message": describe(error), "type": "prediction_failed"}})
    # The event before may not have been complete.
    body = f"\n\nevent: error\ndata: {told}\n\n".encode()
    return {"type": "http.response.body", "body": body, "more_body": True}


def _request_id(scope: Message) -> str:
    found = dict(scope["headers"]).get(b"x-request-id", b"unknown")
    return str(found.decode("latin-1"))


class ClientWatch:
    """Cancels an asynchronous ``predict`` when its client goes away.

    One that runs in a thread cannot be cancelled: its answer then goes nowhere. While the template
    reads the body, that tells it; at other times this reads on, and keeps what it reads for it.
    """

    def __init__(self, scope: Message, receive: Receive) -> None:
        self.has_cancelled = False
        self._is_over = False
        self._receive = receive
        self._task = asyncio.current_task()
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._kept: deque[Message] = deque()
        self._is_http = scope["type"] == "http"
        self._start()

    async def receive(self) -> Message:
        if self._kept:
            return self._kept.popleft()
        self.end()  # two readers would take parts of the body from each other
        message = await self._receive()
        self._start()
        return message

    def finish(self) -> None:
        """Watch no more, whatever is read."""
        self._is_over = True
        self.end()

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    def _start(self) -> None:
        if self._is_http and not self._is_over:
            self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER_S, self._watch)

    def _watch(self) -> None:
        self._watcher = asyncio.create_task(self._cancel_when_gone())

    async def _cancel_when_gone(self) -> None:
        kept_bytes = 0
        while kept_bytes < KEPT_BODY_BYTES:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.has_cancelled = True
                if self._task is not None:
                    self._task.cancel()
                return
            self._kept.append(message)
            kept_bytes += len(message.get("body", b""))


def _raiser(scope: Message) -> str:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if path in (PREDICTION_PATH, ROOT_PATH, ""):
        return "predict"
    return f"{scope['method']} {path}"
