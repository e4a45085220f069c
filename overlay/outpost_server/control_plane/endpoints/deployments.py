"""Deployments, and what runs because of them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from outpost_server.control_plane.answers import json_answer
from outpost_server.control_plane.bodies import MAX_JSON_BYTES, decode, read_body, require_json
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.endpoints.forms import DeployForm
from outpost_server.control_plane.endpoints.resources import deployment_resource, time_taken_s
from outpost_server.control_plane.idempotency import creation_key, earlier_answer
from outpost_server.keeping.store.answers import KeyUsed
from outpost_server.keeping.store.deployments import EndpointGone
from outpost_server.keeping.store.records import Deployment, new_id, now
from outpost_server.rules.problem import Problem, invalid_query, not_found

SORT_KEYS = ("updatedAt", "createdAt", "concludedAt", "timeTakenS")
MAX_LIMIT = 1000
MAX_SKIP = 1_000_000
DEFAULT_LIMIT = 100


async def create_deployment(call: Call) -> Response:
    endpoint = call.own_endpoint("deploy it")
    body = await read_body(call.request, MAX_JSON_BYTES)
    key = creation_key(call, body)
    earlier = earlier_answer(call, key)
    if earlier is not None:
        return earlier
    if endpoint.is_deleting:
        raise Problem(409, "The endpoint is being deleted.", "deleting")
    form = DeployForm()
    if body.strip():
        require_json(call.request)
        form = decode(body, DeployForm)
    at = now()
    deployment = Deployment(
        id=new_id(),
        endpoint_id=endpoint.id,
        creator_id=call.user.id,
        status="queued",
        wakeup=form.wakeup,
        config=endpoint.config,
        created_at=at,
        updated_at=at,
    )
    answer = json_answer({"id": deployment.id}, 201)
    kept = None if key is None else (key, bytes(answer.body))
    try:
        await call.store.deployments.add(deployment, kept)
    except KeyUsed:
        return earlier_answer(call, key) or answer
    except EndpointGone:
        raise not_found("The endpoint has been deleted.") from None
    call.context.fleet.deploy(endpoint, deployment)
    return answer


async def list_deployments(call: Call) -> Response:
    found = call.store.deployments.of_endpoint(call.endpoint().id)
    found = _filtered(call, found)
    _sort(call, found)
    total = len(found)
    cursor = call.query("cursorId")
    if cursor is not None:
        position = next((i for i, one in enumerate(found) if one.id == cursor), None)
        if position is None:
            raise not_found(f"cursorId: there is no deployment {cursor} in this list.")
        found = found[position + 1 :]
    skip = call.number("skip", 0, minimum=0, maximum=MAX_SKIP)
    limit = call.number("l", DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT)
    page = found[skip : skip + limit]
    resources = [deployment_resource(call, deployment) for deployment in page]
    return json_answer({"total": total, "deployments": resources})


async def get_endpoint_status(call: Call) -> Response:
    return json_answer({"status": call.status(call.endpoint())})


async def get_replica_status(call: Call) -> Response:
    endpoint = call.endpoint()
    runtime = call.runtime(endpoint)
    if runtime.serving is None:
        raise Problem(404, "The endpoint has no healthy deployment yet.", "not_deployed")
    generation = len(call.store.deployments.of_endpoint(endpoint.id))
    return json_answer(runtime.replica_status(runtime.serving, generation))


def _filtered(call: Call, deployments: list[Deployment]) -> list[Deployment]:
    status = call.text("status", longest=32)
    creator = call.text("creatorId", longest=64)
    text = call.text("q", longest=200)
    needle = (text or "").casefold()

    def is_wanted(deployment: Deployment) -> bool:
        maker = call.store.accounts.by_id(deployment.creator_id)
        texts = (deployment.id, deployment.status, "" if maker is None else maker.name)
        return (
            status in (None, deployment.status)
            and creator in (None, deployment.creator_id)
            and any(needle in one.casefold() for one in texts)
        )

    return [deployment for deployment in deployments if is_wanted(deployment)]


def _sort(call: Call, deployments: list[Deployment]) -> None:
    """Sort in place. They come in the order of their creation, which stays among equals."""
    by = call.query("sb") or "createdAt"
    direction = call.query("sd") or "desc"
    if by not in SORT_KEYS:
        raise invalid_query("sb", f"expected one of {', '.join(SORT_KEYS)}")
    if direction not in ("asc", "desc"):
        raise invalid_query("sd", "expected asc or desc")
    values: dict[str, Callable[[Deployment], str | int]] = {
        "updatedAt": lambda one: one.updated_at,
        # The order of creation, also where the clock has been set back meanwhile.
        "createdAt": lambda one: 0,
        "concludedAt": lambda one: one.concluded_at or "",
        "timeTakenS": lambda one: -1 if (taken := time_taken_s(one)) is None else taken,
    }
    is_descending = direction == "desc"
    if is_descending:
        deployments.reverse()
    deployments.sort(key=values[by], reverse=is_descending)
