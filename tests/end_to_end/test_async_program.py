"""A program that never blocks does everything that one that blocks does."""

import pytest

from outpostkit import (
    AsyncClient,
    AsyncEndpoints,
    EndpointCustomTemplateConfig,
    EndpointSecret,
    ReplicaScalingConfig,
    ServiceVisibility,
)
from outpostkit.demo import TEMPLATE_CLASS, TEMPLATE_PATH
from outpostkit.exceptions import NotFoundError

TEXT = "Light travels in a straight line. It bounces off objects. That allows us to see objects."


@pytest.mark.anyio
async def test_an_async_program_goes_the_whole_way(local_outpost):
    """Sign in, create, deploy, predict, look at everything, change, delete."""
    async with AsyncClient(
        api_token=local_outpost.api_token, base_url=local_outpost.base_url
    ) as client:
        user = await client.user()
        endpoints = AsyncEndpoints(client=client, entity=user.name)
        endpoint = await endpoints.create(
            template=EndpointCustomTemplateConfig(
                type="file", className=TEMPLATE_CLASS, path=str(TEMPLATE_PATH)
            ),
            name="async-summaries",
            secrets=[EndpointSecret(name="KEY", value="not-shown")],
            visibility=ServiceVisibility.private,
            replica_scaling_config=ReplicaScalingConfig(min=0, max=2, scaledownPeriod=60),
        )
        deployed = await endpoint.deploy()
        await endpoint.wait_until_healthy(timeout=120)
        predictor = await endpoint.get_prediction_client()
        await predictor.wake()
        await predictor.healthcheck()
        summary = (await predictor.infer(json={"documents": TEXT})).json()
        results = [each.value async for each in predictor.infer_many([{"documents": TEXT}] * 3)]
        status = await endpoint.status()
        conditions = await endpoint.replica_status()
        lines = [log.data.message for log in await endpoint.get_logs(log_type="runtime")]
        deployments = [each.id async for each in endpoint.deployments()]
        source = await endpoint.get_custom_template()
        updated = await endpoint.update(task_type="summarization")
        await endpoint.update_name("async-summaries-2")
        listed = [each.name for each in (await endpoints.list()).endpoints]
        await endpoint.delete()
        with pytest.raises(NotFoundError):
            await endpoint.get()

    assert summary[0]["summary_text"] in TEXT
    assert results == [summary] * 3
    assert status == "healthy"
    assert conditions is not None
    assert any("summarised 1 document" in line for line in lines)
    assert deployments == [deployed.id]
    assert source == TEMPLATE_PATH.read_bytes()
    assert updated.taskType == "summarization"
    assert "async-summaries-2" in listed
    assert "async-summaries" not in listed
