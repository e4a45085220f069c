"""What else is wrong in the published packages, and how ours does it.

That is the package itself, finetunings, repositories and large files. What ours do beyond that is
in the tests of those modules.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

import outpostkit
from outpostkit import (
    AsyncFinetuningJob,
    AsyncFinetuningService,
    AsyncRepository,
    Client,
    FinetuningJob,
    FinetuningService,
    Repository,
)
from outpostkit._types.finetuning import (
    FinetuningHFSourceModel,
    FinetuningModelRepo,
    FinetuningOutpostSourceModel,
)
from outpostkit.repository.lfs.client import LfsClient

JOBS = "/v1/finetunings/aj-ya/chat/jobs"
SERVICE = {
    "name": "chat",
    "fullName": "aj-ya/chat",
    "id": "f1",
    "dataset": "aj-ya/talk",
    "taskType": "clm_sft",
    "createdAt": "2024-05-19T10:00:00.000Z",
    "updatedAt": "2024-05-20T10:00:00.000Z",
    "trainPath": "train.csv",
    "validPath": "valid.csv",
}
JOB = {
    "id": "j1",
    "createdAt": "2024-05-19T10:00:00.000Z",
    "status": "running",
    "modelSource": "outpost",
    "hardwareInstance": {"id": "cpu-sm", "name": "CPU small"},
    "datasetRevision": "df5ef1a",
    "finetunedModel": {"fullName": "aj-ya/chatty", "commit": None, "branch": "main"},
    "sourceModel": {"fullName": "aj-ya/gpt", "revision": None},
}


def service(client: Any) -> Any:
    """The finetuning service aj-ya/chat."""
    kind = FinetuningService if isinstance(client, Client) else AsyncFinetuningService
    return kind(client, "aj-ya", "chat")


def job(client: Any) -> Any:
    """The job j1 of aj-ya/chat."""
    kind = FinetuningJob if isinstance(client, Client) else AsyncFinetuningJob
    return kind(client, "aj-ya", "chat", "j1")


def repository(client: Any) -> Any:
    """The model repository aj-ya/tone."""
    kind = Repository if isinstance(client, Client) else AsyncRepository
    return kind(client, "model", "aj-ya", "tone")


def run(program: str, folder: Path) -> List[str]:
    """Run a program in a fresh interpreter, in a folder; return the lines that it prints.

    Nothing counts there which of its lines run: that opens files of its own.
    """
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        env={**environment, "HOME": str(folder)},
    )
    return done.stdout.splitlines()


def test_every_dependency_is_declared_and_types_are_shipped(tmp_path: Path) -> None:
    """Importing everything public needs neither requests nor six, and py.typed is there."""
    program = (
        "import outpostkit, sys\n"
        "[getattr(outpostkit, name) for name in outpostkit.__all__]\n"
        "import outpostkit.repository.lfs.client\n"
        "print(*{'requests', 'six', 'pydantic'} & set(sys.modules))"
    )

    assert run(program, tmp_path) == [""]
    assert (Path(outpostkit.__file__).parent / "py.typed").is_file()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_finetuning_service_is_read_with_the_names_of_the_wire(sdk, server) -> None:
    """And can also be read by the names of 0.0.69, which were all None there."""
    server.on("GET", "/v1/finetunings/aj-ya/chat", server.json(SERVICE))

    found: Any = sdk.do(lambda client: service(client).info())

    assert (found.fullName, found.taskType, found.updatedAt) == (
        "aj-ya/chat",
        "clm_sft",
        "2024-05-20T10:00:00.000Z",
    )
    assert (found.full_name, found.task_type, found.updated_at) == (
        found.fullName,
        found.taskType,
        found.updatedAt,
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_job_is_created_with_camel_case_throughout(sdk, server) -> None:
    """Whichever names the caller writes."""
    old: Any = {"key_id": "k1"}
    repo: Any = {"full_name": "aj-ya/chatty"}
    server.on("POST", JOBS, server.json({"id": "j1"}, 201))

    sdk.do(
        lambda client: service(client).create_job(
            "cpu-sm",
            FinetuningModelRepo(**repo),
            {},
            model_source="huggingface",
            source_model=FinetuningHFSourceModel("gpt2", **old),
        )
    )

    sent = json.loads(server.last.data)
    assert sent["sourceHuggingfaceModel"] == {"id": "gpt2", "keyId": "k1", "revision": None}
    assert sent["finetunedModel"] == {"fullName": "aj-ya/chatty", "branch": None}


def test_the_revision_of_a_dataset_is_any_reference(sdk, server) -> None:
    """Branch, tag or commit; HEAD by default."""
    server.on("POST", JOBS, server.json({"id": "j1"}, 201))

    sdk.do(lambda client: service(client).create_job("cpu-sm", FinetuningModelRepo("a/b"), {}))
    sdk.do(
        lambda client: service(client).create_job(
            "cpu-sm", FinetuningModelRepo("a/b"), {}, dataset_revision="v2"
        )
    )

    sent = [json.loads(request.data)["datasetCommitHash"] for request in server.requests]
    assert sent == ["HEAD", "v2"]


def test_answers_about_jobs_are_objects(sdk, server) -> None:
    """Also the model that a job starts from, told by its source."""
    figures = [{"id": "1", "log": {"loss": 0.5}}]
    server.on("GET", JOBS, server.json({"total": 1, "jobs": [JOB]}))
    server.on("GET", f"{JOBS}/j1", server.json(JOB))
    server.on(
        "GET", f"{JOBS}/j1/configs", server.json({"configs": {}, "columnConfigs": {"a": "b"}})
    )
    server.on("GET", f"{JOBS}/j1/logs/trainer", server.json(figures))

    [listed] = sdk.do(lambda client: service(client).list_jobs()).jobs
    found = sdk.do(lambda client: job(client).info())
    configs = sdk.do(lambda client: job(client).configs())
    [figure] = sdk.do(lambda client: job(client).trainer_logs())

    assert listed == found
    assert isinstance(found.sourceModel, FinetuningOutpostSourceModel)
    assert (found.hardwareInstance.id, found.finetunedModel.branch) == ("cpu-sm", "main")
    assert (configs.columnConfigs, figure.log) == ({"a": "b"}, {"loss": 0.5})


def test_a_raw_file_is_bytes_and_can_be_downloaded(sdk, server) -> None:
    """Both methods can be called."""
    for verb in ("view", "download"):
        answer = server.json({"a": 1})
        answer.headers["Content-Type"] = "application/octet-stream"
        server.on("GET", f"/v1/git/blobs/model/aj-ya/tone/{verb}/HEAD/config.json", answer)

    viewed = sdk.do(lambda client: repository(client).view_blob("config.json"))
    downloaded = sdk.do(lambda client: repository(client).download_blob("config.json"))

    assert viewed == downloaded == b'{"a": 1}'


@pytest.mark.parametrize("path", ["README.md", "/README.md"])
def test_a_slash_stands_between_reference_and_path(sdk, server, path) -> None:
    """Whether or not the path begins with one."""
    answer = server.json("text")
    answer.headers["Content-Type"] = "application/octet-stream"
    server.on("GET", "/v1/git/blobs/model/aj-ya/tone/view/v1/README.md", answer)

    assert sdk.do(lambda client: repository(client).view_blob(path, "v1")) == b'"text"'


def test_parts_of_a_large_file_are_where_the_newest_clients_look(server) -> None:
    """In ``part.parts``; the other forms are in the tests of large file transfer."""
    content = b"0123456789"
    oid = hashlib.sha256(content).hexdigest()
    part = f"{server.url}/storage/part"
    actions = {
        "part": {
            "parts": [
                {"href": f"{part}1", "pos": 0, "size": 6},
                {"href": f"{part}2", "pos": 6},
            ]
        },
        "commit": {"href": f"{server.url}/storage/commit"},
        "verify": {"href": f"{server.url}/storage/verify"},
    }
    batch = {
        "transfer": "multipart-basic",
        "objects": [{"oid": oid, "size": 10, "actions": actions}],
    }
    server.on("POST", "/lfs/aj-ya/model/tone/objects/batch", server.json(batch))
    for number in (1, 2):
        stored = server.empty(200)
        stored.headers["ETag"] = f'"e{number}"'
        server.on("PUT", f"/storage/part{number}", stored)
    server.on("POST", "/storage/commit", server.empty(200))
    server.on("POST", "/storage/verify", server.empty(200))

    with LfsClient(f"{server.url}/lfs", "token") as lfs:
        stored_as = lfs.upload(io.BytesIO(content), "aj-ya", "model", "tone")

    sent = [(request.method, request.path) for request in server.requests]
    assert stored_as == {"oid": oid, "size": 10}
    assert [request.data for request in server.requests[1:3]] == [b"012345", b"6789"]
    assert sent[3:] == [("POST", "/storage/commit"), ("POST", "/storage/verify")]
    assert [each["PartNumber"] for each in json.loads(server.requests[3].data)["parts"]] == [1, 2]
    assert ["Authorization" in request.headers for request in server.requests] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_importing_writes_no_file(tmp_path: Path) -> None:
    """Neither a log in /tmp, nor one in the home or current folder."""
    program = (
        "import os, sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and isinstance(args[1], str) and set(args[1]) & set('wax+'):\n"
        "        print('opened to write:', args[0])\n"
        "    if event in ('os.mkdir', 'os.rename', 'socket.connect'):\n"
        "        print(event, args)\n"
        "sys.addaudithook(hook)\n"
        "import outpostkit\n"
        "[getattr(outpostkit, name) for name in outpostkit.__all__]\n"
        "import outpostkit.repository.lfs.client, outpostkit.repository.lfs.transfer\n"
        "import outpostkit.repository.lfs.logger\n"
        "outpostkit.repository.lfs.logger.create_lfs_logger('x').warning('a line')\n"
    )

    assert run(program, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_both_module_names_of_the_readme_have_the_same_classes() -> None:
    """With and without s."""
    from outpostkit._types import endpoint, endpoints

    def classes(module: object) -> Any:
        return {name: each for name, each in vars(module).items() if not name.startswith("_")}

    assert "EndpointResource" in classes(endpoint)
    assert classes(endpoints) == classes(endpoint)
