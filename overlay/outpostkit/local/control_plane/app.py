"""The application under ``/v1``: which handler serves which operation, and how errors look."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from outpostkit.local.problem import Problem, unauthorized
from outpostkit.local.tokens import bearer_token

from . import deployments, endpoints, logs, user
from .call import Call, Context
from .not_served import NOT_SERVED

BASE_PATH = "/v1"

Handler = Callable[[Call], Awaitable[Response]]

# operationId: (method, path, handler)
SERVED: dict[str, tuple[str, str, Handler]] = {
    "getUser": ("GET", "/user", user.get_user),
    "listEndpoints": ("GET", "/endpoints/{entity}", endpoints.list_endpoints),
    "createEndpoint": ("POST", "/endpoints/{entity}", endpoints.create_endpoint),
    "getEndpoint": ("GET", "/endpoints/{entity}/{name}", endpoints.get_endpoint),
    "updateEndpoint": ("PUT", "/endpoints/{entity}/{name}", endpoints.update_endpoint),
    "deleteEndpoint": ("DELETE", "/endpoints/{entity}/{name}", endpoints.delete_endpoint),
    "renameEndpoint": ("PUT", "/endpoints/{entity}/{name}/name", endpoints.rename_endpoint),
    "listDeployments": (
        "GET",
        "/endpoints/{entity}/{name}/deployments",
        deployments.list_deployments,
    ),
    "createDeployment": (
        "POST",
        "/endpoints/{entity}/{name}/deployments",
        deployments.create_deployment,
    ),
    "getEndpointStatus": (
        "GET",
        "/endpoints/{entity}/{name}/status",
        deployments.get_endpoint_status,
    ),
    "getReplicaStatus": (
        "GET",
        "/endpoints/{entity}/{name}/replica-status",
        deployments.get_replica_status,
    ),
    "getEndpointLogs": ("GET", "/endpoints/{entity}/{name}/logs", logs.get_endpoint_logs),
    "getCustomTemplate": (
        "GET",
        "/endpoints/{entity}/{name}/custom-template",
        endpoints.get_custom_template,
    ),
}

_log = logging.getLogger("outpost.api")


def build_control_plane(context: Context) -> Starlette:
    """Return the application for every path that begins with ``/v1``."""
    routes = [_route(context, operation_id, *served) for operation_id, served in SERVED.items()] + [
        _route(context, operation_id, method, path, _refuse(operation_id, reason))
        for operation_id, (method, path, reason) in NOT_SERVED.items()
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={
            Problem: _answer_problem,
            HTTPException: _answer_http_exception,
            ClientDisconnect: _answer_nobody,
            Exception: _answer_unexpected,
        },
    )
    app.router.redirect_slashes = False
    return app


def _route(context: Context, operation_id: str, method: str, path: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        return await handler(_authenticated(context, request))

    # A path inside a repository may hold slashes.
    pattern = BASE_PATH + path.replace("{path}", "{path:path}")
    return Route(pattern, endpoint, methods=[method], name=operation_id)


def _authenticated(context: Context, request: Request) -> Call:
    token = bearer_token(request.headers.get("authorization"))
    user = None if token is None else context.store.users.by_token(token)
    if user is None:
        raise unauthorized(has_token=token is not None)
    return Call(context, request, user)


def _refuse(operation_id: str, reason: str) -> Handler:
    async def refuse(call: Call) -> Response:
        raise Problem(501, f"{operation_id}: {reason}", "not_implemented")

    return refuse


async def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return Response(error.body, error.status, headers=error.headers)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    messages = {404: f"There is nothing at {request.url.path}."}
    message = messages.get(error.status_code, f"{error.detail}.")
    problem = Problem(error.status_code, message, codes.get(error.status_code, "http_error"))
    return Response(
        problem.body, problem.status, headers={**(error.headers or {}), **problem.headers}
    )


async def _answer_nobody(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    problem = Problem(500, "The local Outpost failed; see its server log.", "internal_error")
    return Response(problem.body, problem.status, headers=problem.headers)
