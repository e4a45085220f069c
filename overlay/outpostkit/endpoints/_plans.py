"""What the methods of an endpoint ask, and what they make of the answers. Performs nothing."""

import time
from typing import TYPE_CHECKING, Any, Generator, Iterator, List, Optional, Tuple, Union

from outpost_api.api import endpoints as operations
from outpostkit._resources.failures import is_passing
from outpostkit._resources.names import checked_name, endpoint_identity
from outpostkit._resources.resource import Resource
from outpostkit._resources.values import given, moment_text
from outpostkit.endpoints._waiting import TAIL_LINES, LogTail, Seen
from outpostkit.exceptions import ConfigurationError, EndpointNotServingError, OutpostError

if TYPE_CHECKING:
    from typing_extensions import Literal

    from outpost_api import models
    from outpost_api.request import RequestPlan
    from outpost_api.response import Response
    from outpost_api.types import JsonValue
    from outpostkit._resources.values import LogType, Moment

    SortKey = Literal["updatedAt", "createdAt", "concludedAt", "timeTakenS"]
    SortDirection = Literal["desc", "asc"]


class EndpointPlans(Resource):
    """The identity of one endpoint and the requests about it."""

    def __init__(
        self, entity: Optional[str], name: Optional[str], full_name: Optional[str]
    ) -> None:
        self.entity, self.name = endpoint_identity(entity, name, full_name)
        self.fullName = f"{self.entity}/{self.name}"
        #: The deployment that this object began last; what waiting waits for.
        self._deployment_id: Optional[str] = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fullName!r})"

    def __rich_repr__(self) -> "Iterator[object]":
        yield self.fullName

    def _repr_html_(self) -> str:
        from outpostkit.endpoints._notebook import endpoint_html

        return endpoint_html(self.fullName, type(self).__name__, self._deployment_id)

    def _renamed(self, name: str) -> None:
        self.name = name
        self.fullName = f"{self.entity}/{name}"

    def _get_plan(self) -> "RequestPlan[models.EndpointResource, models.Error]":
        return operations.get_endpoint.plan(self.entity, self.name)

    def _deploy_plan(
        self, wakeup: bool
    ) -> "RequestPlan[models.EndpointDeployResponse, models.Error]":
        from outpost_api.models import EndpointDeployRequest

        return operations.create_deployment.plan(
            self.entity, self.name, body=EndpointDeployRequest(wakeup=wakeup)
        )

    def _list_deployments_plan(
        self,
        sort_by: "Optional[SortKey]" = None,
        sort_descriptor: "Optional[SortDirection]" = None,
        status: Optional[str] = None,
        creator_id: Optional[str] = None,
        query: Optional[str] = None,
        limit: Optional[int] = None,
        skip: Optional[int] = None,
        cursor_id: Optional[str] = None,
    ) -> "RequestPlan[models.ListEndpointDeploymentsResponse, models.Error]":
        from outpost_api.models import ListDeploymentsSb, ListDeploymentsSd
        from outpost_api.types import UNSET

        return operations.list_deployments.plan(
            self.entity,
            self.name,
            sort_by=UNSET if sort_by is None else ListDeploymentsSb(sort_by),
            sort_direction=UNSET if sort_descriptor is None else ListDeploymentsSd(sort_descriptor),
            limit=given(limit),
            status=given(status),
            creator_id=given(creator_id),
            search=given(query),
            skip=given(skip),
            cursor_id=given(cursor_id),
        )

    def _page_plan(
        self,
        status: Optional[str],
        creator_id: Optional[str],
        query: Optional[str],
        oldest_first: bool,
        page_size: int,
        cursor_id: Optional[str],
    ) -> "RequestPlan[models.ListEndpointDeploymentsResponse, models.Error]":
        if not 1 <= page_size <= 1000:
            raise ConfigurationError("page_size must be from 1 to 1000")
        # By the time of creation, the one key that never changes: by others, a deployment could
        # move across the cursor.
        return self._list_deployments_plan(
            "createdAt",
            "asc" if oldest_first else "desc",
            status,
            creator_id,
            query,
            page_size,
            cursor_id=cursor_id,
        )

    def _status_plan(self) -> "RequestPlan[models.EndpointStatusResponse, models.Error]":
        return operations.get_endpoint_status.plan(self.entity, self.name)

    def _replica_status_plan(self) -> "RequestPlan[models.EndpointReplicaStatus, models.Error]":
        return operations.get_replica_status.plan(self.entity, self.name)

    def _logs_plan(
        self,
        log_type: "Optional[LogType]" = None,
        deployment_id: Optional[str] = None,
        start: "Optional[Moment]" = None,
        end: "Optional[Moment]" = None,
        limit: Optional[int] = 1000,
    ) -> "RequestPlan[List[models.EndpointLog], models.Error]":
        from outpost_api.models import LogType as LogTypeEnum
        from outpost_api.types import UNSET

        return operations.get_endpoint_logs.plan(
            self.entity,
            self.name,
            log_type=UNSET if log_type is None else LogTypeEnum(log_type),
            dep_id=given(deployment_id),
            start=given(moment_text(start)),
            end=given(moment_text(end)),
            limit=given(limit),
        )

    def _look(self, began: float) -> "Generator[RequestPlan[Any, models.Error], Any, Seen]":
        """Decide what to ask for one look while waiting, and return what it gave."""
        waited_for = self._deployment_id
        try:
            resource = yield self._get_plan()
            current = resource.currentDeployment
            deployment = current if current is not None and current.id == waited_for else None
            if deployment is None and waited_for is not None:
                listed = yield self._list_deployments_plan(limit=20)
                found = (each for each in listed.deployments if each.id == waited_for)
                deployment = next(found, None)
        except OutpostError as problem:
            if not is_passing(problem):
                raise
            return Seen(time.monotonic() - began, problem=problem)
        return Seen(
            time.monotonic() - began,
            status=str(resource.status),
            deployment_id=waited_for or resource.currentDeploymentId,
            deployment_status=None if deployment is None else str(deployment.status),
            resource=resource,
        )

    def _read_tail(
        self, deployment_id: Optional[str], limit: int
    ) -> "Generator[RequestPlan[Any, models.Error], Any, LogTail]":
        """Decide what to ask for the end of a deployment's log, tracebacks included."""
        began = time.monotonic()
        lines: List[str] = []
        try:
            logs = yield self._logs_plan("dep", deployment_id, limit=limit)
        except OutpostError:
            return LogTail(lines, time.monotonic() - began)  # nothing fails for want of a log
        for log in logs:
            lines.extend(log.data.message.splitlines())
            lines.extend((log.data.exc_info or "").splitlines())
        return LogTail(lines[-TAIL_LINES:], time.monotonic() - began)

    def _update_plan(
        self, task_type: Optional[str], hardware_instance: Optional[str]
    ) -> "RequestPlan[models.EndpointResource, models.Error]":
        from outpost_api.models import EndpointUpdateRequest

        if task_type is None and hardware_instance is None:
            raise ConfigurationError("nothing to change: give task_type, hardware_instance or both")
        body = EndpointUpdateRequest(
            taskType=given(task_type), hardwareInstance=given(hardware_instance)
        )
        return operations.update_endpoint.plan(self.entity, self.name, body=body)

    def _rename_plan(self, name: str) -> "RequestPlan[models.EndpointResource, models.Error]":
        from outpost_api.models import EndpointRenameRequest

        body = EndpointRenameRequest(name=checked_name(name, "name"))
        return operations.rename_endpoint.plan(self.entity, self.name, body=body)

    def _delete_plan(self) -> "RequestPlan[None, models.Error]":
        return operations.delete_endpoint.plan(self.entity, self.name)

    def _custom_template_plan(
        self,
    ) -> "RequestPlan[Union[bytes, models.EndpointCustomTemplateConfigDetails], models.Error]":
        return operations.get_custom_template.plan(self.entity, self.name)


def custom_template(
    response: "Response[Union[bytes, models.EndpointCustomTemplateConfigDetails], models.Error]",
) -> "Union[bytes, JsonValue]":
    """Return the file of a template, or the JSON object that says where it is."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return response.content
    from outpost_api.codec import read_json

    value: JsonValue = read_json(response.content)
    return value


def prediction_domain(resource: "models.EndpointResource") -> Tuple[str, str, str]:
    """Return the arguments of a predictor: the address of the domain, and the two paths on it.

    Raises:
        EndpointNotServingError: the endpoint has no domain yet.
    """
    domain = resource.primaryDomain
    if domain is None:
        raise EndpointNotServingError(resource.fullName, status=str(resource.status))
    return f"{domain.protocol}://{domain.name}", resource.predictionPath, resource.healthcheckPath
