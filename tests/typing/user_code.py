"""Code as users write it, checked by mypy and pyright and never run: every inferred type is stated."""

from typing import assert_type

import httpx

from outpost_api.api import endpoints as operations
from outpost_api.models import (
    EndpointCreateResponse,
    EndpointDeployResponse,
    EndpointListResponse,
    EndpointReplicaStatus,
    EndpointResource,
    Error,
    ListEndpointDeploymentsResponse,
    UserDetails,
)
from outpost_api.request import RequestPlan
from outpost_api.response import Response
from outpostkit import (
    AsyncClient,
    AsyncEndpoint,
    AsyncEndpoints,
    AsyncPredictor,
    Client,
    Endpoint,
    EndpointCustomTemplateConfig,
    Endpoints,
    Predictor,
    ReplicaScalingConfig,
    ServiceVisibility,
    WaitProgress,
)
from outpostkit.exceptions import NotFoundError, OutpostError, OutpostHTTPException


def show(progress: WaitProgress) -> None:
    print(progress.status, progress.elapsed_s)


def deploy_a_template() -> None:
    with Client(api_token="token") as client:
        assert_type(client, Client)
        assert_type(client.user, UserDetails)
        assert_type(client.user.name, str)
        assert_type(client.user.bio, str | None)

        endpoints = Endpoints(client=client, entity=client.user.name)
        assert_type(endpoints.list(), EndpointListResponse)
        endpoint = endpoints.create(
            template=EndpointCustomTemplateConfig(type="file", className="Model", path="model.py"),
            visibility=ServiceVisibility.private,
            replica_scaling_config=ReplicaScalingConfig(min=0, max=2),
        )
        assert_type(endpoint, Endpoint)
        assert_type(endpoint.deploy(wakeup=False), EndpointDeployResponse)
        endpoint.wait_until_healthy(timeout=60, on_progress=show)
        assert_type(endpoint.get(), EndpointResource)
        assert_type(endpoint.get().hardwareInstance.id, str)
        assert_type(endpoint.replica_status(), EndpointReplicaStatus)
        assert_type(endpoint.list_deployments(limit=5), ListEndpointDeploymentsResponse)
        for log in endpoint.get_logs(log_type="runtime"):
            assert_type(log.data.message, str)

        predictor = endpoint.get_prediction_client()
        assert_type(predictor, Predictor)
        assert_type(predictor.infer(json={"documents": ["a", "b"]}), httpx.Response)


async def deploy_a_template_without_blocking() -> None:
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        assert_type(await client.user(), UserDetails)
        endpoint = await AsyncEndpoints(client, entity="aj-ya").create(
            template=EndpointCustomTemplateConfig(type="file", className="Model", path="model.py")
        )
        assert_type(endpoint, AsyncEndpoint)
        assert_type(await endpoint.get(), EndpointResource)
        predictor = await endpoint.get_prediction_client()
        assert_type(predictor, AsyncPredictor)
        assert_type(await predictor.infer(json={"documents": "a"}), httpx.Response)


def handle_errors(endpoint: Endpoint) -> str | None:
    try:
        return endpoint.get().name
    except NotFoundError:
        return None
    except OutpostHTTPException as error:
        assert_type(error.status_code, int)
        assert_type(error.code, str | None)
        raise
    except OutpostError as error:
        raise SystemExit(str(error)) from error


def use_the_low_level_interface(client: Client) -> None:
    plan = operations.get_endpoint.plan("aj-ya", "summarizer")
    assert_type(plan, RequestPlan[EndpointResource, Error])
    assert_type(client.call(plan), EndpointResource)
    assert_type(client.send(plan), Response[EndpointResource, Error])

    found = operations.get_endpoint.sync("aj-ya", "summarizer", client=client)
    assert_type(found, EndpointResource)
    detailed = operations.list_endpoints.sync_detailed("aj-ya", client=client)
    assert_type(detailed, Response[EndpointListResponse, Error])
    assert_type(detailed.parsed, EndpointListResponse | Error | None)


async def use_the_low_level_interface_without_blocking(client: AsyncClient) -> None:
    created = operations.create_deployment.plan("aj-ya", "summarizer")
    assert_type(await client.call(created), EndpointDeployResponse)
    listed = await operations.list_endpoints.asyncio("aj-ya", client=client)
    assert_type(listed.endpoints, list[EndpointResource])


def responses_name_what_was_created(response: EndpointCreateResponse) -> tuple[str, str]:
    return response.id, response.name
