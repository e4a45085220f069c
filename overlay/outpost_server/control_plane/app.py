"""The application under ``/v1``: which handler serves which operation, and how errors look."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from outpost_server.control_plane import catalogue
from outpost_server.control_plane.accounts import follows, members, teams, tokens, user, users
from outpost_server.control_plane.accounts.avatars import show_avatar
from outpost_server.control_plane.bodies import media_type
from outpost_server.control_plane.call import Call, Context
from outpost_server.control_plane.endpoints import deployments, endpoint, logs
from outpost_server.control_plane.not_served import NOT_SERVED
from outpost_server.control_plane.protection import Protected, address, require_in_limit
from outpost_server.control_plane.resources import AVATARS_PATH
from outpost_server.keeping.store.database import RowGone, StoreFull
from outpost_server.keeping.tokens import bearer_token
from outpost_server.rules.access import refusal
from outpost_server.rules.problem import Problem, internal_error, not_found, unauthorized
from outpost_server.rules.rate_limit import RateLimit

BASE_PATH = "/v1"
ENDPOINT = "/endpoints/{entity}/{name}"

Handler = Callable[[Call], Awaitable[Response]]

# operationId: (method, path, handler)
SERVED: dict[str, tuple[str, str, Handler]] = {
    "getUser": ("GET", "/user", user.get_user),
    "deleteUser": ("DELETE", "/user", user.delete_user),
    "renewUserToken": ("POST", "/user/token", tokens.renew_user_token),
    "listThirdPartyTokens": ("GET", "/user/tokens", user.list_third_party_tokens),
    "listUserFollowers": ("GET", "/user/followers", follows.list_user_followers),
    "listUserFollowing": ("GET", "/user/following", follows.list_user_following),
    "isFollowing": ("GET", "/user/following/{name}", follows.is_following),
    "follow": ("PUT", "/user/following/{name}", follows.follow),
    "unfollow": ("DELETE", "/user/following/{name}", follows.unfollow),
    "listUserTeams": ("GET", "/user/teams", user.list_user_teams),
    "uploadUserAvatar": ("POST", "/user/avatar", user.upload_user_avatar),
    "deleteUserAvatar": ("DELETE", "/user/avatar", user.delete_user_avatar),
    "updateUserSocials": ("PUT", "/user/socials", user.update_user_socials),
    "getTeam": ("GET", "/teams/{name}", teams.get_team),
    "deleteTeam": ("DELETE", "/teams/{name}", teams.delete_team),
    "listTeamFollowers": ("GET", "/teams/{name}/followers", follows.list_team_followers),
    "listTeamFollowing": ("GET", "/teams/{name}/following", follows.list_team_following),
    "listTeamMembers": ("GET", "/teams/{name}/members", members.list_team_members),
    "putTeamMember": ("PUT", "/teams/{name}/members/{user}", members.put_team_member),
    "removeTeamMember": ("DELETE", "/teams/{name}/members/{user}", members.remove_team_member),
    "uploadTeamAvatar": ("POST", "/teams/{name}/avatar", teams.upload_team_avatar),
    "deleteTeamAvatar": ("DELETE", "/teams/{name}/avatar", teams.delete_team_avatar),
    "updateTeamSocials": ("PUT", "/teams/{name}/socials", teams.update_team_socials),
    "listUsers": ("GET", "/users", users.list_users),
    "addUser": ("POST", "/users", users.add_user),
    "removeUser": ("DELETE", "/users/{name}", users.remove_user),
    "renewTokenOfUser": ("POST", "/users/{name}/token", users.renew_token_of_user),
    "listTasks": ("GET", "/tasks", catalogue.list_tasks),
    "listContainers": ("GET", "/containers", catalogue.list_containers),
    "listHardwareInstances": (
        *("GET", "/hardware-instances"),
        catalogue.list_hardware_instances,
    ),
    "listEndpoints": ("GET", "/endpoints/{entity}", endpoint.list_endpoints),
    "createEndpoint": ("POST", "/endpoints/{entity}", endpoint.create_endpoint),
    "getEndpoint": ("GET", ENDPOINT, endpoint.get_endpoint),
    "updateEndpoint": ("PUT", ENDPOINT, endpoint.update_endpoint),
    "deleteEndpoint": ("DELETE", ENDPOINT, endpoint.delete_endpoint),
    "renameEndpoint": ("PUT", f"{ENDPOINT}/name", endpoint.rename_endpoint),
    "listDeployments": ("GET", f"{ENDPOINT}/deployments", deployments.list_deployments),
    "createDeployment": ("POST", f"{ENDPOINT}/deployments", deployments.create_deployment),
    "getEndpointStatus": ("GET", f"{ENDPOINT}/status", deployments.get_endpoint_status),
    "getReplicaStatus": ("GET", f"{ENDPOINT}/replica-status", deployments.get_replica_status),
    "getEndpointLogs": ("GET", f"{ENDPOINT}/logs", logs.get_endpoint_logs),
    "getCustomTemplate": ("GET", f"{ENDPOINT}/custom-template", endpoint.get_custom_template),
}

# The published clients send links, as JSON, to where the document has the picture.
SOCIALS_AT_AVATAR: dict[str, Handler] = {
    "/user/avatar": user.update_user_socials,
    "/teams/{name}/avatar": teams.update_team_socials,
}

_log = logging.getLogger("outpost.api")


def build_control_plane(context: Context) -> Starlette:
    """Return the application for every path that begins with ``/v1``, and for pictures."""
    methods: dict[str, dict[str, Handler]] = {}
    for operation_id, (method, path, reason) in NOT_SERVED.items():
        methods.setdefault(path, {})[method] = _refuse(operation_id, reason)
    for method, path, handler in SERVED.values():
        methods.setdefault(path, {})[method] = handler

    per_minute = context.settings.rate_limit
    limit = RateLimit(per_minute) if per_minute else None

    async def avatar(request: Request) -> Response:
        return await show_avatar(context, request)

    app = Starlette(
        routes=[
            *(_route(context, limit, path, handlers) for path, handlers in methods.items()),
            Route(f"{AVATARS_PATH}/{{id}}", avatar, methods=["GET"]),
        ],
        middleware=[Middleware(Protected)],
        exception_handlers={
            Problem: _answer_problem,
            StoreFull: _answer_store_full,
            HTTPException: _answer_http_exception,
            ClientDisconnect: _answer_nobody,
            Exception: _answer_unexpected,
        },
    )
    app.router.redirect_slashes = False
    return app


def _route(
    context: Context, limit: RateLimit | None, path: str, handlers: dict[str, Handler]
) -> Route:
    """Return one route for all methods of a path, so that 405 can name them in ``Allow``."""
    # What is served for old clients is not advertised to new ones.
    allow = ", ".join(sorted([*handlers, *(["HEAD"] if "GET" in handlers else [])]))

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        handler = handlers.get(method)
        if method == "PUT" and media_type(request) == "application/json":
            handler = handler or SOCIALS_AT_AVATAR.get(path)
        if handler is None:
            raise HTTPException(405, headers={"allow": allow})
        call = _authenticated(context, limit, request)
        try:
            return await handler(call)
        except RowGone:
            # The caller has been removed while it was asking, or what it was asking about.
            if context.store.accounts.by_id(call.user.id) is None:
                raise unauthorized(has_token=True) from None
            raise not_found("What this is about has been removed meanwhile.") from None

    # A path inside a repository may hold slashes.
    pattern = BASE_PATH + path.replace("{path}", "{path:path}")
    return Route(pattern, _Endpoint(answer))


class _Endpoint:
    """An ASGI application of one function: Starlette hands it every method there is."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)


def _authenticated(context: Context, limit: RateLimit | None, request: Request) -> Call:
    token = bearer_token(request.headers.get("authorization"))
    user = None if token is None else context.store.users.by_token(token)
    # Guesses are counted together, whatever token each tries.
    require_in_limit(limit, address(request) if user is None else user.id)
    if user is None:
        raise refusal(context.store.users, token)
    return Call(context, request, user)


def _refuse(operation_id: str, reason: str) -> Handler:
    async def refuse(call: Call) -> Response:
        raise Problem(501, f"{operation_id}: {reason}", "not_implemented")

    return refuse


async def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error)


async def _answer_store_full(request: Request, error: Exception) -> Response:
    _log.error("%s %s: %s", request.method, request.url.path, error)
    message = "The disk of the local Outpost is full or read-only; nothing has been changed."
    return _response(Problem(500, message, "storage_full"))


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    messages = {404: f"There is nothing at {request.url.path}."}
    message = messages.get(error.status_code, f"{error.detail}.")
    problem = Problem(error.status_code, message, codes.get(error.status_code, "http_error"))
    return _response(problem, error.headers)


async def _answer_nobody(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _response(internal_error())


def _response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem.body, problem.status, headers={**(headers or {}), **problem.headers})
