"""What the methods of an endpoint ask, and what they make of the answers. Performs nothing."""

import time
from functools import partial
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Generator,
    Iterator,
    List,
    Literal,
    Optional,
    Tuple,
    TypeVar,
    Union,
)

from outpost_api.api import endpoints as operations
from outpost_api.later import later
from outpostkit._resources.failures import is_passing
from outpostkit._resources.names import checked_name, endpoint_identity
from outpostkit._resources.resource import Resource
from outpostkit._resources.secrets import checked_secrets
from outpostkit._resources.values import given, moment_text
from outpostkit.endpoints._waiting import LogTail, Seen
from outpostkit.exceptions import (
    ConfigurationError,
    EndpointNotServingError,
    OutpostError,
    UnreadableResponseError,
)

if TYPE_CHECKING:
    from outpost_api import models, request, response, types
    from outpost_api.request import RequestPlan
    from outpost_api.response import Response
    from outpost_api.types import JsonValue
    from outpostkit._calls import settings
    from outpostkit._published import records
    from outpostkit._resources import catalogue, secrets, values
    from outpostkit._resources.secrets import CheckedSecrets
    from outpostkit.endpoints import _creation, _records
    from outpostkit.templates import SentTemplate
else:
    models = later("outpost_api.models")
    request = later("outpost_api.request")
    response = later("outpost_api.response")
    types = later("outpost_api.types")
    settings = later("outpostkit._calls.settings")
    records = later("outpostkit._published.records")
    catalogue = later("outpostkit._resources.catalogue")
    secrets = later("outpostkit._resources.secrets")
    values = later("outpostkit._resources.values")
    _creation = later("outpostkit.endpoints._creation")
    _records = later("outpostkit.endpoints._records")


SortKey = Literal["updatedAt", "createdAt", "concludedAt", "timeTakenS"]
SortDirection = Literal["desc", "asc"]

C = TypeVar("C")


class EndpointPlans(Resource):
    """The identity of one endpoint and the requests about it."""

    def __init__(
        self, entity: Optional[str], name: Optional[str], full_name: Optional[str]
    ) -> None:
        self.entity, self.name = endpoint_identity(entity, name, full_name)
        self.fullName = f"{self.entity}/{self.name}"
        #: The deployment that this object began last; what waiting waits for.
        self._deployment_id: Optional[str] = None
        #: The file that this object has sent as its template, if it has sent one.
        self._sent: Optional[SentTemplate] = None
        self._details: Optional[models.EndpointResource] = None

    @property
    def details(self) -> "models.EndpointResource":
        """Its data, as this object saw them last: when it was listed, got, changed or waited for.

        Raises:
            ConfigurationError: it was only addressed so far; ``get()`` asks for them.
        """
        if self._details is None:
            raise ConfigurationError(f"{self.fullName} was not asked for yet: call get() before")
        return self._details

    def _seen(self, resource: "models.EndpointResource") -> "models.EndpointResource":
        self._details = resource
        return resource

    def _names(self) -> Tuple[str, ...]:
        return self.name, self.fullName

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fullName!r})"

    def __rich_repr__(self) -> "Iterator[object]":
        yield self.fullName

    def _repr_html_(self) -> str:
        from outpostkit.endpoints._notebook import endpoint_html

        return endpoint_html(self.fullName, type(self).__name__, self._deployment_id)

    def _for_token(self, client: C, api_token: str) -> C:
        from outpostkit._published.endpoint import for_token

        return for_token(client, api_token)

    def _renamed(self, name: str) -> None:
        self.name = name
        self.fullName = f"{self.entity}/{name}"

    def _get_plan(self) -> "request.RequestPlan[models.EndpointResource, models.Error]":
        return operations.get_endpoint.plan(self.entity, self.name)

    def _deploy_plan(
        self, wakeup: bool
    ) -> "request.RequestPlan[models.EndpointDeployResponse, models.Error]":
        if self._sent is not None:
            self._sent.warn_if_changed()
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
    ) -> "request.RequestPlan[models.ListEndpointDeploymentsResponse, models.Error]":
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
    ) -> "request.RequestPlan[models.ListEndpointDeploymentsResponse, models.Error]":
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

    def _status_plan(self) -> "request.RequestPlan[models.EndpointStatusResponse, models.Error]":
        return operations.get_endpoint_status.plan(self.entity, self.name)

    def _replica_status_plan(
        self,
    ) -> "request.RequestPlan[models.EndpointReplicaStatus, models.Error]":
        return operations.get_replica_status.plan(self.entity, self.name)

    def _logs_plan(
        self,
        log_type: "Optional[values.LogType]" = None,
        deployment_id: Optional[str] = None,
        start: "Optional[values.Moment]" = None,
        end: "Optional[values.Moment]" = None,
        limit: Optional[int] = 1000,
        contains: Optional[str] = None,
        level: "Optional[values.LogLevel]" = None,
    ) -> "request.RequestPlan[List[models.EndpointLog], models.Error]":
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
            contains=given(contains),
            level=given(level),
        )

    def _log_pages(
        self,
        log_type: "Optional[values.LogType]",
        deployment_id: Optional[str],
        contains: Optional[str],
        level: "Optional[values.LogLevel]",
    ) -> "partial[request.RequestPlan[List[models.EndpointLog], models.Error]]":
        """Return what makes the plan of a page, of its start, its end and its limit."""
        return partial(self._logs_plan, log_type, deployment_id, contains=contains, level=level)

    def _look(self, began: float) -> "Generator[request.RequestPlan[Any, models.Error], Any, Seen]":
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
        self, deployment_id: Optional[str], limit: int, settings: "settings.CallSettings"
    ) -> "Generator[request.RequestPlan[Any, models.Error], Any, LogTail]":
        """Decide what to ask for the end of a deployment's log, tracebacks included."""
        from outpostkit.endpoints._log_tail import tail_of

        began = time.monotonic()
        try:
            # From its beginning: who waits may have come long after the deployment failed.
            start = 0 if deployment_id is not None else None
            logs = yield self._logs_plan("dep", deployment_id, start, limit=limit)
        except OutpostError:
            return LogTail([], time.monotonic() - began)  # nothing fails for want of a log
        return LogTail(tail_of(logs, settings.secrets), time.monotonic() - began)

    def _update(
        self,
        task_type: "Optional[catalogue.TaskName]" = None,
        hardware_instance: "Optional[catalogue.HardwareName]" = None,
        *,
        template: "Optional[_creation.Template]" = None,
        replica_scaling_config: "Optional[records.ReplicaScalingConfig]" = None,
        secrets: "Optional[secrets.Secrets]" = None,
        visibility: "Optional[models.ServiceVisibility]" = None,
        container: "Optional[_records.EndpointPrebuiltContainerDetails]" = None,
    ) -> "Tuple[RequestPlan[models.EndpointResource, models.Error], CheckedSecrets]":
        """Return the request, and what of it must not appear in an error.

        What changes travels on by the names of these arguments.
        """
        said = {name: value for name, value in locals().items() if name not in ("self", "template")}
        checked = said["secrets"] = checked_secrets(secrets)
        from outpostkit.endpoints._creation import update_body

        body = update_body(template, said)
        plan = operations.update_endpoint.plan(self.entity, self.name, body=body)
        return plan, checked

    def _take_sent(self, template: object) -> None:
        """Remember the file of a template that has been sent."""
        from outpostkit.templates import SentTemplate

        if template is not None:
            self._sent = SentTemplate.of(template)

    def _rename_plan(
        self, name: str
    ) -> "request.RequestPlan[models.EndpointResource, models.Error]":
        from outpost_api.models import EndpointRenameRequest

        body = EndpointRenameRequest(name=checked_name(name, "name"))
        return operations.rename_endpoint.plan(self.entity, self.name, body=body)

    def _delete_plan(self) -> "request.RequestPlan[None, models.Error]":
        return operations.delete_endpoint.plan(self.entity, self.name)

    def _custom_template_plan(
        self,
    ) -> "RequestPlan[Union[bytes, models.EndpointCustomTemplateConfigDetails], models.Error]":
        return operations.get_custom_template.plan(self.entity, self.name)


def looked_at(plan: "request.RequestPlan[Any, Any]") -> "Dict[str, type]":
    """Return what a look while waiting needs of the answer to a plan: fields and their types."""
    if plan.operation is operations.get_endpoint.OPERATION:
        return {"status": str}
    return {"deployments": list}


def custom_template(
    response: "Response[Union[bytes, models.EndpointCustomTemplateConfigDetails], models.Error]",
) -> "Union[bytes, types.JsonValue]":
    """Return the file of a template, or the JSON object that says where it is."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return response.content
    from outpost_api.codec import read_json

    value: JsonValue = read_json(response.content)
    return value


def prediction_domain(
    resource: "models.EndpointResource", settings: "settings.CallSettings"
) -> Tuple[str, str, str]:
    """Return the arguments of a predictor: the address of the domain, and the two paths on it.

    Raises:
        EndpointNotServingError: the endpoint has no domain yet.
        UnreadableResponseError: its domain has no name, or no protocol.
        ConfigurationError: the domain is of another site, or without TLS, and gets no token.
    """
    from outpostkit.predictor._site import prediction_address

    domain = resource.primaryDomain
    if domain is None:
        raise EndpointNotServingError(resource.fullName, status=str(resource.status))
    if not (isinstance(domain.protocol, str) and isinstance(domain.name, str)):
        raise UnreadableResponseError(
            "$.primaryDomain: expected the protocol and the name of a domain",
            path="$.primaryDomain",
            operation_id="getEndpoint",
        )
    allowed = settings.prediction_hosts
    address = prediction_address(
        resource.fullName, domain.protocol, domain.name, settings.base_url, allowed
    )
    return address, resource.predictionPath, resource.healthcheckPath
