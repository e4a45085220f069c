"""Lists of endpoints and deployments, as they are answered."""

from typing import Callable, List, Optional, Tuple, TypeVar

from outpost_api import models
from outpostkit._published.fields import as_published
from outpostkit._resources.listed import Listed, ListedObjects
from outpostkit.endpoints._plans import EndpointPlans

E = TypeVar("E", bound=EndpointPlans)


class EndpointList(ListedObjects[E, models.EndpointResource], models.EndpointListResponse):
    """The endpoints of an entity, each an object with methods, and with its data as ``.details``.

    Attributes:
        total: how many there are.
        endpoints: their data alone.
    """

    __slots__ = ("_made", "_make")
    _field = "endpoints"
    _model = models.EndpointListResponse

    def __init__(
        self, answer: models.EndpointListResponse, make: Callable[[models.EndpointResource], E]
    ) -> None:
        """Hold what was answered."""
        super().__init__(answer.total, answer.endpoints)
        self._make = make
        self._made: Optional[List[E]] = None

    def __reduce__(self) -> Tuple[object, ...]:
        answer = models.EndpointListResponse(self.total, self.endpoints)
        return type(self), (answer, self._make)


class DeploymentList(Listed[models.EndpointDeployment], models.ListEndpointDeploymentsResponse):
    """The deployments of one answer; ``endpoint.deployments()`` goes on to the next ones.

    Attributes:
        total: how many match the filters in all.
        deployments: those that were asked for.
    """

    __slots__ = ()
    _field = "deployments"
    _model = models.ListEndpointDeploymentsResponse


def deployments_of(answer: models.ListEndpointDeploymentsResponse) -> DeploymentList:
    """Return an answer as a list."""
    return as_published(DeploymentList, answer)
