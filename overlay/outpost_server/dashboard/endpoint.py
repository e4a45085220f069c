"""The page of one endpoint, its deployments and its buttons."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.responses import Response

from outpost_api.api import endpoints as operations
from outpost_api.models.endpoint_resource import EndpointResource
from outpost_server.dashboard.forms import fields_of
from outpost_server.dashboard.logs import log_tail
from outpost_server.dashboard.plotting.plots import latency_plot, replica_plot
from outpost_server.dashboard.visit import Visit, digest
from outpost_server.keeping.store.records import EndpointFields

DEPLOYMENTS_SHOWN = 25


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
    log = await log_tail(visit)
    return visit.page("endpoint.html", {**state, **_plots(visit, endpoint), **log})


async def refresh_state(visit: Visit) -> Response:
    """Return status and deployments; nothing when the browser shows the same already."""
    _, state = await _state(visit)
    return visit.refreshed("_endpoint_state.html", state)


async def refresh_plots(visit: Visit) -> Response:
    return visit.page("_plots.html", _plots(visit, await named_endpoint(visit)))


async def deploy(visit: Visit) -> Response:
    address = Address.of(visit)
    await visit.call(operations.create_deployment.plan(address.entity, address.name))
    return visit.to(address.path)


async def ask_before_deleting(visit: Visit) -> Response:
    values = {"address": Address.of(visit), "endpoint": await named_endpoint(visit)}
    return visit.page("delete.html", values)


async def delete(visit: Visit) -> Response:
    address = Address.of(visit)
    await visit.call(operations.delete_endpoint.plan(address.entity, address.name))
    return visit.to("/")


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
    shown = (endpoint.to_dict(), deployments.to_dict(), replicas.ready, replicas.starting)
    return endpoint, {
        "address": address,
        "endpoint": endpoint,
        "fields": fields_of(EndpointFields),
        "deployments": deployments,
        "replicas": replicas,
        "seen": digest(shown),
    }


def _plots(visit: Visit, endpoint: EndpointResource) -> dict[str, object]:
    traffic = visit.dashboard.traffic
    watched = traffic.of(endpoint.id)
    now = traffic.clock()
    return {
        "address": Address.of(visit),
        "latency": latency_plot(watched.periods(now), now),
        "scale": replica_plot(watched.changes(now), now),
    }
