"""Deployments, and what runs because of them."""

from __future__ import annotations

from starlette.responses import Response

from outpost_server.control_plane.answers import json_answer
from outpost_server.control_plane.bodies import MAX_JSON_BYTES, decode, require_json
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.endpoints.forms import DeployForm
from outpost_server.control_plane.endpoints.resources import deployment_resource
from outpost_server.control_plane.idempotency import creation_key, earlier_answer
from outpost_server.keeping.store.answers import KeyUsed
from outpost_server.keeping.store.deployments import SORT_KEYS, EndpointGone, WantedDeployments
from outpost_server.keeping.store.records import Deployment, new_id, now
from outpost_server.rules.problem import Problem, invalid_query, not_found

MAX_LIMIT = 1000
MAX_SKIP = 1_000_000
DEFAULT_LIMIT = 100


async def create_deployment(call: Call) -> Response:
    endpoint = call.own_endpoint("deploy it")
    body = await call.body(MAX_JSON_BYTES)
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
        deployment = await call.store.deployments.add(deployment, kept)
    except KeyUsed:
        return earlier_answer(call, key) or answer
    except EndpointGone:
        raise not_found("The endpoint has been deleted.") from None
    call.context.fleet.deploy(endpoint, deployment)
    return answer


async def list_deployments(call: Call) -> Response:
    wanted = _wanted(call)
    cursor = call.query("cursorId")
    page = call.store.deployments.page(
        wanted,
        cursor_id=cursor,
        skip=call.number("skip", 0, minimum=0, maximum=MAX_SKIP),
        limit=call.number("l", DEFAULT_LIMIT, minimum=1, maximum=MAX_LIMIT),
    )
    if page is None:
        raise not_found(f"cursorId: there is no deployment {cursor} in this list.")
    total, found = page
    resources = [deployment_resource(call, deployment) for deployment in found]
    return json_answer({"total": total, "deployments": resources})


async def get_endpoint_status(call: Call) -> Response:
    return json_answer({"status": call.status(call.endpoint())})


async def get_replica_status(call: Call) -> Response:
    endpoint = call.endpoint()
    runtime = call.runtime(endpoint)
    if runtime.serving is None:
        raise Problem(404, "The endpoint has no healthy deployment yet.", "not_deployed")
    generation = call.store.deployments.made(endpoint.id)
    return json_answer(runtime.replica_status(runtime.serving, generation))


def _wanted(call: Call) -> WantedDeployments:
    endpoint = call.endpoint()
    by = call.query("sb") or "createdAt"
    direction = call.query("sd") or "desc"
    if by not in SORT_KEYS:
        raise invalid_query("sb", f"expected one of {', '.join(SORT_KEYS)}")
    if direction not in ("asc", "desc"):
        raise invalid_query("sd", "expected asc or desc")
    text = (call.text("q", longest=200) or "").casefold()
    makers = (one.id for one in call.store.accounts.all() if text in one.name.casefold())
    return WantedDeployments(
        endpoint.id,
        status=call.text("status", longest=32),
        creator_id=call.text("creatorId", longest=64),
        text=text,
        made_by=tuple(makers) if text else (),
        sort_by=by,
        is_descending=direction == "desc",
    )
