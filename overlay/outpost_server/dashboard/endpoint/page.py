"""The page of one endpoint, its deployments and its buttons."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.responses import Response

from outpost_api.api import catalogue as catalogue_operations, endpoints as operations
from outpost_api.errors import ResponseError
from outpost_api.models.endpoint_rename_request import EndpointRenameRequest
from outpost_api.models.endpoint_resource import EndpointResource
from outpost_server.dashboard.creating.common import CORRECTABLE
from outpost_server.dashboard.endpoint.logs import log_tail, reason_of
from outpost_server.dashboard.endpoint.routes import base_path, predicting_first
from outpost_server.dashboard.forms import fields_of, text_of
from outpost_server.dashboard.plotting.plots import latency_plot, replica_plot, request_plot
from outpost_server.dashboard.visit import Visit, digest
from outpost_server.keeping.store.records import EndpointFields

DEPLOYMENTS_SHOWN = 25


@dataclass(frozen=True)
class ModelShown:
    """The model that an endpoint is made from: its name, the revision asked for, what serves."""

    name: str
    asked: str
    commit: str


@dataclass(frozen=True)
class Address:
    """Owner and name of the endpoint that a path names."""

    entity: str
    name: str

    @classmethod
    def of(cls, visit: Visit) -> Address:
        return cls(visit.request.path_params["entity"], visit.request.path_params["name"])

    @property
    def path(self) -> str:
        return f"/endpoints/{self.entity}/{self.name}"


async def show(visit: Visit) -> Response:
    endpoint, state = await _state(visit)
    log = await log_tail(visit, opened="dep" if endpoint.status == "failed" else "runtime")
    values = {**state, **await _plots(visit, endpoint), **log, "saved": visit.query("saved")}
    values |= {"routes": predicting_first(endpoint), "base_path": base_path(endpoint)}
    return visit.page("endpoint/page.html", values)


async def refresh_state(visit: Visit) -> Response:
    """Return status and deployments; nothing when the browser shows the same already."""
    _, state = await _state(visit)
    return visit.refreshed("endpoint/_state.html", state)


async def refresh_plots(visit: Visit) -> Response:
    return visit.page("endpoint/_plots.html", await _plots(visit, await named_endpoint(visit)))


async def deploy(visit: Visit) -> Response:
    address = Address.of(visit)
    await visit.call(operations.create_deployment.plan(address.entity, address.name))
    return visit.to(address.path)


async def ask_before_deleting(visit: Visit) -> Response:
    values = {"address": Address.of(visit), "endpoint": await named_endpoint(visit)}
    return visit.page("endpoint/delete.html", values)


async def delete(visit: Visit) -> Response:
    address = Address.of(visit)
    await visit.call(operations.delete_endpoint.plan(address.entity, address.name))
    return visit.to("/")


async def show_name_form(visit: Visit) -> Response:
    endpoint = await named_endpoint(visit)
    return _name_form(visit, endpoint.name)


async def rename(visit: Visit) -> Response:
    """Rename the endpoint and show it; or show the form again with what is wrong."""
    address, name = Address.of(visit), await text_of(visit.request, "name")
    body = EndpointRenameRequest(name=name)
    plan = operations.rename_endpoint.plan(address.entity, address.name, body=body)
    try:
        renamed = await visit.call(plan)
    except ResponseError as refusal:
        if refusal.status_code not in CORRECTABLE:
            raise
        return _name_form(visit, name, problem=refusal.message, status=refusal.status_code)
    return visit.to(Address(address.entity, renamed.name).path)


def _name_form(visit: Visit, name: str, *, problem: str = "", status: int = 200) -> Response:
    values = {"address": Address.of(visit), "name": name, "problem": problem}
    return visit.page("endpoint/rename.html", values, status=status)


async def named_endpoint(visit: Visit) -> EndpointResource:
    address = Address.of(visit)
    return await visit.call(operations.get_endpoint.plan(address.entity, address.name))


async def _state(visit: Visit) -> tuple[EndpointResource, dict[str, object]]:
    address = Address.of(visit)
    listing = operations.list_deployments.plan(
        address.entity, address.name, limit=DEPLOYMENTS_SHOWN
    )
    endpoint, deployments = await asyncio.gather(named_endpoint(visit), visit.call(listing))
    replicas = visit.dashboard.traffic.replicas(endpoint.id)
    latest = next(iter(deployments.deployments), None)
    has_failed = latest is not None and latest.status == "failed"
    reason = await reason_of(visit, latest.createdAt) if latest and has_failed else None
    counts = (replicas.ready, replicas.starting)
    shown = (endpoint.to_dict(), deployments.to_dict(), *counts, reason)
    return endpoint, {
        "address": address,
        "endpoint": endpoint,
        "fields": fields_of(EndpointFields),
        "model": model_shown(endpoint),
        "container": await _container(visit, endpoint),
        "deployments": deployments,
        "replicas": replicas,
        "has_failed": has_failed,
        "reason": reason,
        "seen": digest(shown),
    }


def model_shown(endpoint: EndpointResource) -> ModelShown | None:
    """Return the model of an endpoint that is made from one."""
    said = endpoint.autogeneratedTemplateConfig
    if said is None:
        return None
    if said.folderModel:
        name = said.folderModel.path
    elif said.huggingfaceModel:
        name = said.huggingfaceModel.id
    else:
        name = said.outpostModel.fullName if said.outpostModel else ""
    serving = endpoint.config.get("model")
    commit = serving.get("revision") if isinstance(serving, dict) else None
    return ModelShown(name, said.revision or "", commit if isinstance(commit, str) else "")


async def _container(visit: Visit, endpoint: EndpointResource) -> str:
    """Return the container of an endpoint: the one it names, or else that of its task."""
    if endpoint.prebuiltContainerDetails:
        return endpoint.prebuiltContainerDetails.name
    if endpoint.autogeneratedTemplateConfig is None or not endpoint.taskType:
        return ""
    tasks = await visit.call(catalogue_operations.list_tasks.plan())
    return next((task.container for task in tasks if task.name == endpoint.taskType), "")


async def _plots(visit: Visit, endpoint: EndpointResource) -> dict[str, object]:
    traffic = visit.dashboard.traffic
    watched = traffic.of(endpoint.id)
    now = traffic.clock()
    return {
        "address": Address.of(visit),
        "figures": await traffic.figures(endpoint.id),
        "requests": request_plot(watched.periods(now), now),
        "latency": latency_plot(watched.periods(now), now),
        "scale": replica_plot(watched.changes(now), now),
    }
