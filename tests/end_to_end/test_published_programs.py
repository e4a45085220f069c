"""Programs as they were written for 0.0.46 and 0.0.69, run on a local Outpost from end to end."""

import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(local_outpost):
    """A client as it was made, by keyword."""
    from outpostkit import Client

    with Client(api_token=local_outpost.api_token, base_url=local_outpost.base_url) as client:
        yield client


def test_a_program_for_0_0_46_runs(client, tmp_path, monkeypatch) -> None:
    """Scaffold, create by position, deploy, predict, read, rename, delete."""
    from outpostkit import Endpoint, Endpoints, User
    from outpostkit._types.endpoint import (
        EndpointCustomTemplateConfig,
        EndpointPrebuiltContainerDetails,
        EndpointSecret,
        ReplicaScalingConfig,
    )
    from outpostkit._utils.constants import ServiceVisibility
    from outpostkit.utils import convert_outpost_date_str_to_date

    monkeypatch.chdir(tmp_path)
    entity = User(client).get().name
    Endpoints(client, entity).scaffold("template")
    endpoint = Endpoints(client, entity).create(
        EndpointCustomTemplateConfig("file", "Template", "template.py"),
        EndpointPrebuiltContainerDetails("python"),
        "cpu-sm",
        "custom",
        "old-program",
        [EndpointSecret("TOKEN", "s3cret")],
        ServiceVisibility.private,
        ReplicaScalingConfig(min=0, max=1, scaledownPeriod=900, targetPendingRequests=100, id="x"),
    )
    deployment = endpoint.deploy(wakeup=True)
    endpoint.wait_until_healthy(timeout=120)

    answer = Endpoint(client, entity, "old-program").create_predictor().infer(json={"a": 1})
    listed = endpoint.list_deployments("createdAt", "desc", None, None, None, 5, 0)
    endpoint.update_name("renamed-program")

    assert answer.json() == {"a": 1}
    assert [each.id for each in listed.deployments] == [deployment.id]
    assert convert_outpost_date_str_to_date(listed.deployments[0].createdAt).year >= 2024
    assert endpoint.fullName == f"{entity}/renamed-program"
    assert endpoint.status() == "healthy"
    endpoint.delete()


def test_a_program_for_0_0_69_runs(client, tmp_path, monkeypatch) -> None:
    """The same with the names that came later."""
    from outpostkit import Endpoint, Endpoints
    from outpostkit._types.endpoint import EndpointCustomTemplateConfig
    from outpostkit._utils.constants import OutpostSecret
    from outpostkit.endpoints import scaffold

    monkeypatch.chdir(tmp_path)
    scaffold("template")
    entity = client.user.name
    created = Endpoints(client=client, entity=entity).create(
        template=EndpointCustomTemplateConfig(
            type="file", className="Template", path="template.py"
        ),
        name="newer-program",
        secrets=[OutpostSecret(name="TOKEN", value="s3cret")],
    )
    created.deploy()
    created.wait_until_healthy(timeout=120)
    endpoint = Endpoint(client, full_name=f"{entity}/newer-program")

    answer = endpoint.create_predictor().infer(json={"b": 2})
    logs = endpoint.get_logs(log_type="dep", limit=10)

    assert answer.json() == {"b": 2}
    assert {log.data.log_type for log in logs} == {"dep"}
    assert [log.data.level for log in logs]
    assert b"class Template" in endpoint.get_custom_template()
    endpoint.delete()
