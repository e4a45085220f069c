"""The store: earlier schemas, backups, full disks, folders that cannot be used."""

from __future__ import annotations

import ctypes
import json
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost, LocalOutpostError
from outpost_server.commands.local import local
from outpost_server.keeping.backup import BackupError, check
from outpost_server.keeping.store.migrations import MIGRATIONS
from outpost_server.keeping.tokens import token_hash

URL_FORM = {
    "templateType": "custom",
    "customTemplateConfig": {"className": "Echo", "url": "http://127.0.0.1:9/template.py"},
}
OUTPOSTKIT = Path(sys.executable).with_name("outpostkit")
#: Of Linux: <linux/prctl.h> and <linux/capability.h>.
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_FOWNER = 24, 1, 3
AT = "2024-01-08T12:17:45.927Z"
CONFIG = {
    "template_type": "custom",
    "hardware_instance": "cpu-sm",
    "class_name": "Echo",
    "template_url": "http://127.0.0.1:9/template.py",
    "task_type": "summarization",
    "container": {"name": "mine", "image": None, "config": {"max_len": 1}, "serverArgs": None},
    "scaling": {"min": 0, "max": 3, "scaledown_period": 60, "target_pending_requests": 2},
}
SCALING = {"min": 0, "max": 3, "scaledownPeriod": 60, "targetPendingRequests": 2}


def rows(path, query):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def write_first_schema(path, token):
    """Write the store as the first version did: one user, one endpoint with a secret in clear."""
    connection = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute(
        "INSERT INTO users VALUES ('u1', 'old', ?, ?, ?)", (token_hash(token), AT, AT)
    )
    connection.execute(
        "INSERT INTO endpoints VALUES ('e1', 'u1', 'kept', 'kept-1', ?, NULL, 0, ?, ?)",
        (json.dumps(CONFIG), AT, AT),
    )
    connection.execute("INSERT INTO secrets VALUES ('e1', 'KEY', 'in-the-clear')")
    connection.execute(
        "INSERT INTO deployments VALUES (7, 'd1', 'e1', 'u1', 'failed', 1, ?, 'no', ?, ?, ?)",
        (json.dumps(CONFIG), AT, AT, AT),
    )
    connection.commit()
    connection.close()


def test_a_store_of_the_first_schema_is_taken_over_whole(connect, tmp_path):
    """Token, endpoints, deployments and secrets stay; secrets are sealed from then on."""
    write_first_schema(tmp_path / "outpost.db", "the-old-token")
    (tmp_path / "token").write_text("the-old-token\n")

    with LocalOutpost(data_folder=tmp_path, entity="old") as outpost:
        api = connect(outpost)
        kept = api.get("/endpoints/old/kept")
        deployments = api.get("/endpoints/old/kept/deployments")["deployments"]
        made = api.call("POST", "/endpoints/old", json={**URL_FORM, "name": "new"})

    assert api.token == "the-old-token"
    assert (kept["id"], kept["status"], kept["creatorId"]) == ("e1", "failed", "u1")
    assert [(one["id"], one["creator"]["name"]) for one in deployments] == [("d1", "old")]
    assert (kept["taskType"], kept["replicaScalingConfig"]) == ("summarization", SCALING)
    assert kept["prebuiltContainerDetails"] == CONFIG["container"]
    assert kept["customTemplateConfig"]["url"] == CONFIG["template_url"]
    assert made.status_code == 201
    count = "SELECT deployments_made FROM endpoints ORDER BY created_at"
    assert rows(tmp_path / "outpost.db", count) == [(1,), (0,)]
    assert rows(tmp_path / "outpost.db", "PRAGMA foreign_key_check") == []
    assert rows(tmp_path / "outpost.db", "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert "in-the-clear" not in str(rows(tmp_path / "outpost.db", "SELECT value FROM secrets"))


def test_a_store_of_a_later_version_is_left_alone(tmp_path):
    """The error says which versions, and what to do."""
    with LocalOutpost(data_folder=tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "outpost.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(LocalOutpostError, match=r"schema version 99; this version .* another data"):
        LocalOutpost(data_folder=tmp_path).start()


def test_a_backup_taken_while_the_server_writes_is_whole(connect, tmp_path):
    """Everything that was acknowledged before it began is in it, and can be put back."""
    data, again, file = tmp_path / "data", tmp_path / "again", tmp_path / "backup.db"
    with LocalOutpost(data_folder=data) as outpost:
        api = connect(outpost)
        api.endpoint(name="before", secrets=[{"name": "KEY", "value": "sealed"}])
        ended = threading.Event()

        def write():
            while not ended.is_set():
                api.call("POST", "/endpoints/local", json=URL_FORM)

        writer = threading.Thread(target=write)
        writer.start()
        done = CliRunner().invoke(local, ["backup", str(file), "--data", str(data)])
        ended.set()
        writer.join()
    key = ["--key", str(data / "secrets.key")]
    restored = CliRunner().invoke(local, ["restore", str(file), *key, "--data", str(again)])
    with LocalOutpost(data_folder=again) as outpost:
        names = [one["name"] for one in connect(outpost).get("/endpoints/local")["endpoints"]]

    assert (done.exit_code, restored.exit_code) == (0, 0), done.output + restored.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert "before" in names
    assert "sealed" not in str(rows(file, "SELECT value FROM secrets"))


def test_a_backup_replaces_nothing_and_needs_a_store(tmp_path):
    """Exit code 1 with the reason; no half file is left."""
    (tmp_path / "there").write_text("precious")
    with LocalOutpost(data_folder=tmp_path / "data"):
        pass
    data = ["--data", str(tmp_path / "data")]

    exists = CliRunner().invoke(local, ["backup", str(tmp_path / "there"), *data])
    nowhere = CliRunner().invoke(local, ["backup", str(tmp_path / "no" / "b"), *data])
    empty = CliRunner().invoke(local, ["backup", str(tmp_path / "b"), "--data", str(tmp_path)])

    assert [one.exit_code for one in (exists, nowhere, empty)] == [1, 1, 1]
    assert "exists" in exists.output
    assert (tmp_path / "there").read_text() == "precious"
    assert not (tmp_path / "b").exists()


def test_a_damaged_backup_is_not_put_back(tmp_path):
    """It is looked at first, and the data folder stays empty."""
    file, data = tmp_path / "backup", tmp_path / "data"
    file.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)

    with pytest.raises(BackupError, match="no backup"):
        check(file)
    result = CliRunner().invoke(
        local, ["restore", str(file), "--key", str(file), "--data", str(data)]
    )

    assert result.exit_code == 1
    assert not (data / "outpost.db").exists()


def test_a_full_disk_is_an_error_of_one_request_and_nothing_is_lost(connect, tmp_path):
    """500 with a code of its own; when there is room again, the server goes on as it was."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        api = connect(outpost)
        api.endpoint(name="before")
        before = resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE)
        full = (tmp_path / "outpost.db-wal").stat().st_size
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, (full, before[1]))

        refused = [api.create("#" * 100_000, name=f"full-{n}") for n in range(3)]
        reading = api.get("/endpoints/local/before")["name"]
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, before)
        after = api.create(name="after")
        names = [one["name"] for one in api.get("/endpoints/local")["endpoints"]]

    assert {(one.status_code, one.json()["code"]) for one in refused} == {(500, "storage_full")}
    assert reading == "before"
    assert after.status_code == 201
    assert names == ["before", "after"]
    assert rows(tmp_path / "outpost.db", "PRAGMA integrity_check") == [("ok",)]


def test_endpoints_wake_and_answer_while_the_disk_is_full(connect, tmp_path, eventually):
    """Predictions need no room in the store; a deployment that cannot be written is refused."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        endpoint = connect(outpost).endpoint(name="asleep")
        endpoint.deploy_and_wait(wakeup=False)
        eventually(endpoint.status, lambda status: status == "scaled_to_zero")
        before = resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, (0, before[1]))

        answer = endpoint.predict(json={})
        refused = endpoint.api.call("POST", endpoint.path + "/deployments")
        resource.prlimit(outpost.pid, resource.RLIMIT_FSIZE, before)
        redeployed = endpoint.deploy_and_wait()

    assert answer.status_code == 200, answer.text
    assert (refused.status_code, refused.json()["code"]) == (500, "storage_full")
    assert redeployed["status"] == "healthy"


@pytest.mark.parametrize("what", ["/proc/outpost", "file"])
def test_a_folder_that_cannot_be_used_is_named(tmp_path, what):
    """Before anything else happens."""
    (tmp_path / "file").write_text("")

    with pytest.raises(LocalOutpostError, match="cannot use the data folder"):
        LocalOutpost(data_folder=tmp_path / what).start()


def respect_modes() -> None:
    """Give up what lets root write where modes forbid it; another user has no such right."""
    for capability in (CAP_DAC_OVERRIDE, CAP_FOWNER):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.parametrize("what", ["lock", "logs", "revisions"])
def test_what_may_not_be_written_is_named_and_left_as_it_is(tmp_path, what):
    """The server does not start half-way; with the right given back it starts with everything."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        token = outpost.api_token
    path = tmp_path / what
    before = path.stat().st_mode
    path.chmod(before & 0o555 if path.is_dir() else 0)

    start = [OUTPOSTKIT, "local", "start", "--data", str(tmp_path)]
    refused = subprocess.run(start, preexec_fn=respect_modes, capture_output=True, text=True)
    path.chmod(before)
    with LocalOutpost(data_folder=tmp_path) as outpost:
        token_after = outpost.api_token

    assert refused.returncode == 1
    assert str(path) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert token_after == token


def test_a_file_that_is_no_store_is_left_as_it_is(tmp_path):
    """Someone else's file is neither changed nor replaced."""
    (tmp_path / "outpost.db").write_text("something else" * 100)

    with pytest.raises(LocalOutpostError, match="cannot use the store"):
        LocalOutpost(data_folder=tmp_path).start()

    assert (tmp_path / "outpost.db").read_text() == "something else" * 100
