"""The endpoints of one user or team: list them, create one; for both kinds of code."""

from functools import partial
from typing import TYPE_CHECKING, Any, Optional, Tuple

from outpost_api.api import endpoints as operations
from outpost_api.later import later
from outpost_api.models.service_visibility import ServiceVisibility
from outpostkit._calls.signatures import handed_on, takes
from outpostkit._resources.names import checked_name
from outpostkit._resources.owned import AsyncOwned, Owned, OwnedPlans
from outpostkit._resources.secrets import checked_secrets, secret_values, veiled
from outpostkit.client import AsyncClient, Client

if TYPE_CHECKING:
    from outpost_api import models, request
    from outpost_api.request import RequestPlan
    from outpostkit._resources import catalogue, secrets
    from outpostkit._resources.raw import Answer, Awaited
    from outpostkit._resources.secrets import CheckedSecrets
    from outpostkit.endpoints import _async, _blocking, _creation, _lists, _records
else:
    models = later("outpost_api.models")
    request = later("outpost_api.request")
    catalogue = later("outpostkit._resources.catalogue")
    secrets = later("outpostkit._resources.secrets")
    _async = later("outpostkit.endpoints._async")
    _blocking = later("outpostkit.endpoints._blocking")
    _creation = later("outpostkit.endpoints._creation")
    _lists = later("outpostkit.endpoints._lists")
    _records = later("outpostkit.endpoints._records")


class _EndpointsPlans(OwnedPlans):
    """An entity and the requests about its endpoints."""

    def scaffold(self, name: str) -> None:
        """Write a prediction template to start from; an earlier place of
        :func:`outpostkit.endpoints.scaffold`."""
        from outpostkit._published.warning import warn_once
        from outpostkit.endpoints._scaffold import scaffold

        warn_once(f"{type(self).__name__}.scaffold(name)", "outpostkit.endpoints.scaffold(name)")
        scaffold(name)

    def _get_plan(self, name: str) -> "request.RequestPlan[models.EndpointResource, models.Error]":
        return operations.get_endpoint.plan(self.entity, checked_name(name, "name"))

    def _list_plan(self) -> "request.RequestPlan[models.EndpointListResponse, models.Error]":
        return operations.list_endpoints.plan(self.entity)

    def _creation(
        self,
        template: "_creation.Template",
        container: "Optional[_records.EndpointPrebuiltContainerDetails]" = None,
        hardware_instance: "catalogue.HardwareName" = "cpu-sm",
        task_type: "Optional[catalogue.TaskName]" = None,
        name: Optional[str] = None,
        secrets: "Optional[secrets.Secrets]" = None,
        visibility: ServiceVisibility = ServiceVisibility.public,
        replica_scaling_config: "Optional[models.ReplicaScalingConfig]" = None,
    ) -> "Tuple[RequestPlan[models.EndpointCreateResponse, models.Error], CheckedSecrets]":
        """Return the request, and what of it must not appear in an error.

        What is said of the endpoint travels on by the names of these arguments.
        """
        said = {name: value for name, value in locals().items() if name not in ("self", "template")}
        checked = said["secrets"] = checked_secrets(secrets)
        from outpostkit.endpoints._creation import creation_body

        body = creation_body(template, said)
        return operations.create_endpoint.plan(self.entity, body=body), checked


class Endpoints(Owned, _EndpointsPlans):
    """The endpoints of one user or team; ``client.endpoints()`` makes one."""

    if TYPE_CHECKING:
        with_raw_response: "RawEndpoints"

    def __init__(self, client: Client, entity: Optional[str] = None) -> None:
        """Address the endpoints of ``entity``, a user or a team; see :meth:`Client.endpoints`.

        Raises:
            ConfigurationError: ``entity`` is not a name.
        """
        super().__init__(client, entity)

    def list(self) -> "_lists.EndpointList[_blocking.Endpoint]":
        """Return all endpoints of the entity that the token may see, oldest first.

        The answer is a sequence of endpoints with methods, and with what came of each as
        ``.details``; it has ``.total``, and the data alone as ``.endpoints``.

        Source: operation ``listEndpoints``.
        """
        from outpostkit.endpoints._blocking import endpoint_of
        from outpostkit.endpoints._lists import EndpointList

        found = self._client._calls.call_for(self._list_plan(), endpoints=list)
        return EndpointList(found, partial(endpoint_of, self._client))

    def get(self, name: str) -> "_blocking.Endpoint":
        """Return an endpoint that there is, with its data as ``.details``.

        ``Endpoint(client, entity, name)`` addresses it without asking.

        Raises:
            NotFoundError: there is no such endpoint, or the token may not see it.

        Source: operation ``getEndpoint``.
        """
        from outpostkit.endpoints._blocking import endpoint_of

        return endpoint_of(
            self._client, self._client._calls.call_for(self._get_plan(name), fullName=str)
        )

    @takes(_EndpointsPlans._creation)
    def create(self, *args: "Any", **kwargs: "Any") -> "_blocking.Endpoint":
        """Create an endpoint and return it; it serves nothing until ``deploy()``.

        Args:
            template: what it runs. An ``EndpointAutogeneratedTemplateConfig`` names a model; an
                ``EndpointCustomTemplateConfig`` names a Python file, which is checked before it is
                sent, or its address.
            container: the container image; chosen by library and task by default.
            hardware_instance: id of the hardware of each replica.
            task_type: what the model does, such as ``summarization``.
            name: its name: lower-case letters, digits and hyphens, at most 63. Chosen by Outpost
                by default.
            secrets: environment variables of the template, ``{"HF_TOKEN": "..."}`` or a list of
                ``EndpointSecret``; they are never returned or printed.
            visibility: who may see and use it.
            replica_scaling_config: how it scales; 0 to 1 replicas by default.

        Raises:
            TemplateError: the template file does not exist, is not Python, or lacks the class or
                its ``predict``; nothing was sent.
            ConfigurationError: another argument cannot be used; nothing was sent.
            ConflictError: the name is taken.

        Source: operation ``createEndpoint``.
        """
        from outpostkit.endpoints._blocking import Endpoint

        args, kwargs = veiled(self._creation, args, kwargs)
        plan, secrets = handed_on(self._creation, args, kwargs)
        created = self._client._calls.derive(secrets=secret_values(secrets)).call_for(
            plan, name=str
        )
        endpoint = Endpoint(self._client, self.entity, created.name)
        endpoint._take_sent(args[0] if args else kwargs["template"])
        return endpoint


class AsyncEndpoints(AsyncOwned, _EndpointsPlans):
    """The endpoints of one user or team, for ``async`` code; as :class:`Endpoints`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncEndpoints"

    def __init__(self, client: AsyncClient, entity: Optional[str] = None) -> None:
        """Address the endpoints of ``entity``; see :class:`Endpoints`."""
        super().__init__(client, entity)

    async def list(self) -> "_lists.EndpointList[_async.AsyncEndpoint]":
        """Return all endpoints of the entity; see :meth:`Endpoints.list`."""
        from outpostkit.endpoints._async import endpoint_of
        from outpostkit.endpoints._lists import EndpointList

        await self._know_entity()
        found = await self._client._calls.call_for(self._list_plan(), endpoints=list)
        return EndpointList(found, partial(endpoint_of, self._client))

    async def get(self, name: str) -> "_async.AsyncEndpoint":
        """Return an endpoint that there is; see :meth:`Endpoints.get`."""
        from outpostkit.endpoints._async import endpoint_of

        await self._know_entity()
        return endpoint_of(
            self._client, await self._client._calls.call_for(self._get_plan(name), fullName=str)
        )

    @takes(_EndpointsPlans._creation)
    async def create(self, *args: "Any", **kwargs: "Any") -> "_async.AsyncEndpoint":
        """Create an endpoint and return it; see :meth:`Endpoints.create`."""
        from outpostkit.endpoints._async import AsyncEndpoint

        await self._know_entity()
        args, kwargs = veiled(self._creation, args, kwargs)
        from outpostkit.transport._threads import abandonable

        # Its files are read beside the event loop.
        plan, secrets = await abandonable(
            partial(handed_on, self._creation, args, kwargs, called="create")
        )
        created = await self._client._calls.derive(secrets=secret_values(secrets)).call_for(
            plan, name=str
        )
        endpoint = AsyncEndpoint(self._client, self.entity, created.name)
        template = args[0] if args else kwargs["template"]
        await abandonable(partial(endpoint._take_sent, template))
        return endpoint


if TYPE_CHECKING:

    class RawEndpoints:
        create = Answer(Endpoints.create)
        get = Answer(Endpoints.get)
        list = Answer(Endpoints.list)

    class RawAsyncEndpoints:
        create = Awaited(AsyncEndpoints.create)
        get = Awaited(AsyncEndpoints.get)
        list = Awaited(AsyncEndpoints.list)
