"""Finetuning services and their jobs, in both colours."""

import contextlib
import json
from datetime import datetime, timezone
from typing import Any, Dict

import pytest

from outpostkit import (
    AsyncFinetuningJob,
    AsyncFinetunings,
    AsyncFinetuningService,
    Client,
    EndpointSecret,
    FinetuningJob,
    Finetunings,
    FinetuningService,
)
from outpostkit._types.finetuning import (
    FinetuningHFSourceModel,
    FinetuningModelRepo,
    FinetuningOutpostSourceModel,
)
from outpostkit._utils.finetuning import FinetuningTask
from outpostkit.exceptions import (
    ConfigurationError,
    ConflictError,
    OutpostError,
    UnreadableResponseError,
)

SERVICE = {
    "name": "chat",
    "fullName": "aj-ya/chat",
    "id": "f1",
    "dataset": "aj-ya/talk",
    "taskType": "clm_sft",
    "createdAt": "2024-05-19T10:00:00.000Z",
    "updatedAt": "2024-05-19T10:00:00.000Z",
    "trainPath": "train.csv",
    "validPath": None,
}


def job_json(status: str = "queued", **changes: object) -> Dict[str, Any]:
    """The JSON of a job."""
    return {
        "id": "j1",
        "createdAt": "2024-05-19T10:00:00.000Z",
        "status": status,
        "modelSource": "huggingface",
        "hardwareInstance": {"id": "1xnvidia-tesla-t4", "name": "T4"},
        "datasetRevision": "df5ef1a",
        "finetunedModel": {"fullName": "aj-ya/chatty", "commit": None, "branch": "main"},
        "sourceModel": {"id": "openai-community/gpt2", "keyId": None, "revision": None},
        **changes,
    }


def finetunings(client: Any) -> Any:
    """The services of aj-ya."""
    return (Finetunings if isinstance(client, Client) else AsyncFinetunings)(client, "aj-ya")


def service(client: Any) -> Any:
    """The service aj-ya/chat."""
    kind = FinetuningService if isinstance(client, Client) else AsyncFinetuningService
    return kind(client, "aj-ya", "chat")


def job(client: Any) -> Any:
    """The job j1 of aj-ya/chat."""
    kind = FinetuningJob if isinstance(client, Client) else AsyncFinetuningJob
    return kind(client, "aj-ya", "chat", "j1")


def test_services_are_listed(sdk, server) -> None:
    """With the names that the API gives their fields."""
    server.on("GET", "/v1/finetunings/aj-ya", server.json({"total": 1, "finetunings": [SERVICE]}))

    found = sdk.do(lambda client: finetunings(client).list())

    assert (found.total, found.finetunings[0].fullName) == (1, "aj-ya/chat")
    assert found.finetunings[0].taskType is FinetuningTask.clm_sft


def test_a_service_is_created_once_however_often_it_is_sent(sdk, server) -> None:
    """Every attempt carries the same idempotency key; secrets go in the body only."""
    server.on(
        "POST",
        "/v1/finetunings/aj-ya",
        server.json({"message": "busy"}, 503),
        server.json({"id": "f1", "name": "chat", "new": 1}, 201),
    )

    made = sdk.do(
        lambda client: finetunings(client).create(
            "chat",
            FinetuningTask.clm_sft,
            "aj-ya/talk",
            "train.csv",
            "valid.csv",
            [EndpointSecret("HUGGING_FACE_HUB_TOKEN", "hf_secret")],
        )
    )

    assert repr(made).endswith("FinetuningService('aj-ya/chat')")
    assert json.loads(server.last.data) == {
        "name": "chat",
        "taskType": "clm_sft",
        "dataset": "aj-ya/talk",
        "trainPath": "train.csv",
        "validPath": "valid.csv",
        "secrets": [{"name": "HUGGING_FACE_HUB_TOKEN", "value": "hf_secret"}],
    }
    assert len({request.headers["Idempotency-Key"] for request in server.requests}) == 1


def test_a_secret_that_a_server_sends_back_is_not_in_the_error(sdk, server) -> None:
    """Neither in its text nor in its body."""
    server.on("POST", "/v1/finetunings/aj-ya", server.json({"message": "bad hf_secret"}, 409))

    with pytest.raises(ConflictError) as caught:
        sdk.do(
            lambda client: finetunings(client).create(
                "chat", "clm_sft", "a/b", "t", "v", [EndpointSecret("TOKEN", "hf_secret")]
            )
        )

    assert "hf_secret" not in str(caught.value) + str(caught.value.content)


def test_a_service_tells_its_settings(sdk, server) -> None:
    """All of them."""
    server.on("GET", "/v1/finetunings/aj-ya/chat", server.json(SERVICE))

    found = sdk.do(lambda client: service(client).info())

    assert found.to_dict() == SERVICE


def test_jobs_are_filtered_by_status(sdk, server) -> None:
    """Several statuses are one value; what is not asked for is not sent."""
    server.on(
        "GET", "/v1/finetunings/aj-ya/chat/jobs", server.json({"total": 1, "jobs": [job_json()]})
    )

    found = sdk.do(
        lambda client: service(client).list_jobs(status_in=["queued", "running"], with_config=True)
    )

    assert server.last.args.to_dict() == {"statusIn": "queued,running", "cfg": "true"}
    assert [(each.id, each.status, each.finetunedModel.branch) for each in found.jobs] == [
        ("j1", "queued", "main")
    ]


def test_a_job_starts_from_a_model_of_hugging_face(sdk, server) -> None:
    """All names on the wire are in camel case."""
    server.on("POST", "/v1/finetunings/aj-ya/chat/jobs", server.json({"id": "j1"}, 201))

    made = sdk.do(
        lambda client: service(client).create_job(
            "1xnvidia-tesla-t4",
            FinetuningModelRepo("aj-ya/chatty", "main"),
            {"lr": 1e-4, "epochs": 3},
            {"text": "message"},
            "huggingface",
            FinetuningHFSourceModel("openai-community/gpt2", "k1", "main"),
            "v2",
            enqueue=True,
        )
    )

    assert made.job_id == "j1"
    assert server.last.args.to_dict() == {"enqueue": "true"}
    assert json.loads(server.last.data) == {
        "hardwareInstanceId": "1xnvidia-tesla-t4",
        "configs": {"lr": 1e-4, "epochs": 3},
        "columnConfigs": {"text": "message"},
        "modelSource": "huggingface",
        "sourceHuggingfaceModel": {
            "id": "openai-community/gpt2",
            "keyId": "k1",
            "revision": "main",
        },
        "finetunedModel": {"fullName": "aj-ya/chatty", "branch": "main"},
        "datasetCommitHash": "v2",
    }


def test_settings_of_a_job_may_be_of_any_library(sdk, server) -> None:
    """They are written as the inputs of predictions are, and what has no form is named."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    server.on("POST", "/v1/finetunings/aj-ya/chat/jobs", server.json({"id": "j1"}, 201))

    def create(**configs: Any) -> Any:
        repo = FinetuningModelRepo("aj-ya/chatty", "main")
        return sdk.do(lambda client: service(client).create_job("cpu-sm", repo, configs))

    create(epochs=numpy.int64(3), sizes=range(2))

    assert json.loads(server.last.data)["configs"] == {"epochs": 3, "sizes": [0, 1]}
    with pytest.raises(ConfigurationError, match=r"configs: the value at \$.lr is NaN"):
        create(lr=float("nan"))


def test_a_job_starts_from_a_model_of_outpost(sdk, server) -> None:
    """The other property holds it."""
    server.on("POST", "/v1/finetunings/aj-ya/chat/jobs", server.json({"id": "j1"}, 201))

    sdk.do(
        lambda client: service(client).create_job(
            "cpu-sm",
            FinetuningModelRepo("aj-ya/chatty"),
            {},
            model_source="outpost",
            source_model=FinetuningOutpostSourceModel("aj-ya/gpt"),
        )
    )

    sent = json.loads(server.last.data)
    assert sent["sourceOutpostModel"] == {"fullName": "aj-ya/gpt", "revision": None}
    assert (sent["datasetCommitHash"], "sourceHuggingfaceModel" in sent) == ("HEAD", False)


@pytest.mark.parametrize(
    ("model_source", "source_model", "message"),
    [
        ("none", FinetuningOutpostSourceModel("a/b"), "starts from no model"),
        ("outpost", FinetuningHFSourceModel("a/b"), "must be a FinetuningOutpostSourceModel"),
        ("huggingface", None, "must be a FinetuningHFSourceModel"),
    ],
)
def test_a_source_model_of_another_source_is_refused(
    sdk, server, model_source, source_model, message
) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match=message):
        sdk.do(
            lambda client: service(client).create_job(
                "cpu-sm",
                FinetuningModelRepo("a/b"),
                {},
                model_source=model_source,
                source_model=source_model,
            )
        )

    assert server.requests == []


def test_a_job_is_enqueued_by_its_id(sdk, server) -> None:
    """And comes back as it is then."""
    listed = {"total": 2, "jobs": [job_json(id="j0"), job_json()]}
    server.on("POST", "/v1/finetunings/aj-ya/jobs/enqueue", server.json(listed))

    found = sdk.do(lambda client: job(client).enqueue())

    assert json.loads(server.last.data) == {"jobs": ["j1"]}
    assert (found.id, found.status) == ("j1", "queued")


def test_an_answer_about_other_jobs_is_an_error(sdk, server) -> None:
    """Nothing is reported as done that is not."""
    server.on("POST", "/v1/finetunings/aj-ya/jobs/enqueue", server.json({"total": 0, "jobs": []}))

    with pytest.raises(OutpostError, match="j1"):
        sdk.do(lambda client: job(client).enqueue())


def test_a_job_tells_its_state_and_if_asked_its_configuration(sdk, server) -> None:
    """An unknown status survives."""
    server.on(
        "GET",
        "/v1/finetunings/aj-ya/chat/jobs/j1",
        server.json(job_json("paused", configs={"lr": 0.1}, trainerLogs=[{"id": "1", "log": {}}])),
    )

    found = sdk.do(lambda client: job(client).info(with_config=True, with_trainer_log=True))

    assert server.last.args.to_dict() == {"cfg": "true", "trainer_log": "true"}
    assert (found.status, found.configs, found.sourceModel.id) == (
        "paused",
        {"lr": 0.1},
        "openai-community/gpt2",
    )


def test_configuration_and_figures_are_typed(sdk, server) -> None:
    """Both are read, not handed on."""
    base = "/v1/finetunings/aj-ya/chat/jobs/j1"
    server.on("GET", f"{base}/configs", server.json({"configs": {"lr": 1}, "columnConfigs": None}))
    server.on("GET", f"{base}/logs/trainer", server.json([{"id": "1", "log": {"loss": 0.5}}]))

    configs = sdk.do(lambda client: job(client).configs())
    figures = sdk.do(lambda client: job(client).trainer_logs())

    assert (configs.configs, configs.columnConfigs) == ({"lr": 1}, None)
    assert [each.log for each in figures] == [{"loss": 0.5}]


def test_log_lines_have_time_message_and_origin(sdk, server) -> None:
    """As those of endpoints."""
    line = {
        "timestamp": "1716112800000000000",
        "data": {
            "level_num": 20,
            "log_type": "runtime",
            "level": "INFO",
            "logger_name": "trainer",
            "message": "epoch 1",
            "node": "n1",
        },
    }
    server.on("GET", "/v1/finetunings/aj-ya/chat/jobs/j1/logs", server.json([line]))

    logs = sdk.do(
        lambda client: job(client).get_logs(
            "runtime", start=datetime(2024, 5, 19, tzinfo=timezone.utc), limit=5
        )
    )

    assert server.last.args.to_dict() == {
        "logType": "runtime",
        "limit": "5",
        "start": "1716076800000000000",
    }
    assert [(log.message, log.time.hour, log.data.extra) for log in logs] == [
        ("epoch 1", 10, {"node": "n1"})
    ]


def test_a_job_is_deleted(sdk, server) -> None:
    """There is nothing to return."""
    server.on("DELETE", "/v1/finetunings/aj-ya/chat/jobs/j1", server.empty(204))

    assert sdk.do(lambda client: job(client).delete()) is None


def test_a_deletion_whose_answer_was_lost_is_a_success(sdk, server) -> None:
    """The second attempt finds that the first one succeeded."""
    server.on(
        "DELETE",
        "/v1/finetunings/aj-ya/chat/jobs/j1",
        server.json({}, 502),
        server.json({"message": "no job j1"}, 404),
    )

    assert sdk.do(lambda client: job(client).delete()) is None


@pytest.mark.parametrize("items", [None, "text", [None], ["text"], [{"id": 7}], {"a": 1}])
def test_values_of_the_wrong_type_lose_no_answer(sdk, server, items) -> None:
    """What is no item of a list is kept as it came; what is no list is an error of the SDK."""
    jobs = "/v1/finetunings/aj-ya/chat/jobs"
    server.on("GET", "/v1/finetunings/aj-ya", server.json({"total": 1, "finetunings": items}))
    server.on("GET", jobs, server.json({"total": 1, "jobs": items}))
    server.on("GET", f"{jobs}/j1/logs", server.json(items))
    server.on(
        "POST", "/v1/finetunings/aj-ya/jobs/enqueue", server.json({"total": 1, "jobs": items})
    )

    with contextlib.suppress(OutpostError):  # a body that is no list of logs at all
        sdk.do(lambda client: job(client).get_logs())
    with pytest.raises(OutpostError):
        sdk.do(lambda client: job(client).enqueue())
    for listing in (lambda c: finetunings(c).list(), lambda c: service(c).list_jobs()):
        is_list = isinstance(items, list)
        expectation = (
            contextlib.nullcontext() if is_list else pytest.raises(UnreadableResponseError)
        )
        with expectation:
            assert sdk.do(listing).total == 1
