"""What can be sent to an endpoint: its routes, that of predictions first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outpost_api.models.endpoint_resource import EndpointResource

MAX_ROUTES = 100
METHODS = ("POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Route:
    """A request that an endpoint takes; ``example`` is a JSON body for it, empty without one.

    ``target`` is the path, below that of the endpoint, with the query that it needs;
    ``is_all_in_query`` is true where no body belongs to it.
    """

    method: str
    path: str
    target: str
    example: str
    is_all_in_query: bool = False


def predicting_first(endpoint: EndpointResource, found: Sequence[Route] = ()) -> list[Route]:
    """Return the routes that were found; that of predictions is there also where it was not."""
    path = endpoint.predictionPath.removeprefix(base_path(endpoint))
    predicting = [one for one in found if (one.method, one.path) == ("POST", path)]
    rest = [one for one in found if one not in predicting and one.method in METHODS]
    return [*(predicting or [Route("POST", path, path, "")]), *rest][:MAX_ROUTES]


def base_path(endpoint: EndpointResource) -> str:
    """Return what the paths of all routes of an endpoint begin with."""
    assert endpoint.primaryDomain is not None
    return f"/domains/{endpoint.primaryDomain.id}"
