"""The FastAPI application of one replica: the template's ``predict`` is a route handler."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import FastAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .template import TemplateError, describe, own_traceback

PREDICTION_PATH = "/predict"
HEALTHCHECK_PATH = "/healthcheck"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger("outpost.predict")


def build_app(template: Any, template_path: Path) -> PredictionApp:
    """Return the application that serves ``template``.

    Raises:
        TemplateError: FastAPI cannot make a route of ``predict`` or refuses an exception handler.
    """
    app = FastAPI(title=type(template).__name__)
    app.add_api_route(HEALTHCHECK_PATH, healthcheck, methods=["GET"], include_in_schema=False)
    app.add_api_route(PREDICTION_PATH, wake, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(Exception, prediction_failed)
    try:
        _add_predict(app, template.predict)
        for cause, handler in (getattr(template, "exception_handlers", None) or {}).items():
            app.add_exception_handler(cause, handler)
    except Exception as error:
        detail = own_traceback(error, template_path)
        raise TemplateError(f"'predict' cannot be served: {describe(error)}", detail) from None
    return PredictionApp(app, template_path)


def _add_predict(app: FastAPI, predict: Callable[..., Any]) -> None:
    try:
        app.add_api_route(PREDICTION_PATH, predict, methods=["POST"])
    except FastAPIError:
        # The return annotation is no response model, such as an image class. FastAPI then wants
        # to be told that there is none. If a parameter is at fault this raises the same error
        # again.
        app.add_api_route(PREDICTION_PATH, predict, methods=["POST"], response_model=None)


async def healthcheck() -> dict[str, str]:
    return {"status": "healthy"}


async def wake() -> dict[str, str]:
    """The request has reached a loaded template, and that was all it was for."""
    return {"status": "healthy"}


async def prediction_failed(request: Request, error: Exception) -> Response:
    """The answer when ``predict`` raises and the template has no handler for it."""
    content = {"message": describe(error), "code": "prediction_failed"}
    return JSONResponse(content, status_code=500)


class PredictionApp:
    """Logs what ``predict`` raises with the template's own traceback, once."""

    def __init__(self, app: FastAPI, template_path: Path) -> None:
        self._app = app
        self._template_path = template_path

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        started = complete = False

        async def watched_send(message: Message) -> None:
            nonlocal started, complete
            started = True
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:
            # Starlette raises again after its handler has answered, so that servers can log it.
            if scope["type"] == "http":
                record = {"exc_text": own_traceback(error, self._template_path)}
                _log_error(f"predict raised {describe(error)}", record["exc_text"])
            if not (started and complete):
                raise


def _log_error(message: str, traceback: str) -> None:
    record = _log.makeRecord(_log.name, logging.ERROR, "", 0, message, (), None)
    record.exc_text = traceback
    _log.handle(record)
