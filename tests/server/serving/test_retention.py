"""What is removed of endpoints that stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from outpost_server import LocalOutpost
from outpost_server.rules.settings import ServerSettings, SettingsError

BROKEN = "raise RuntimeError('never')\n"


def folders(outpost, kind):
    """Return the names of the deployments that have logs, or revisions."""
    return {path.name for path in outpost.data_folder.glob(f"{kind}/*/*") if path.is_dir()}


def rows(outpost, query):
    with closing(sqlite3.connect(outpost.data_folder / "outpost.db")) as store:
        return [row[0] for row in store.execute(query)]


def present(endpoint):
    return [one["id"] for one in endpoint.get("/deployments", l=1000)["deployments"]]


def test_old_deployments_go_with_all_that_is_theirs(connect, eventually, tmp_path):
    """The one that serves stays, however many failed after it."""
    with LocalOutpost(data_folder=tmp_path, keep_deployments=2) as outpost:
        api = connect(outpost)
        endpoint = api.deployed()
        serving = present(endpoint)[0]
        replaced = api.call(
            "PUT",
            endpoint.path,
            data={"metadata": '{"customTemplateConfig": {"className": "Echo"}}'},
            files={"template": ("template.py", BROKEN, "text/x-python")},
        )
        assert replaced.status_code == 200, replaced.text
        failed = [endpoint.deploy_and_wait()["id"] for _ in range(4)]

        kept = {serving, *failed[-2:]}
        eventually(lambda: set(present(endpoint)), lambda ids: ids == kept)
        eventually(lambda: folders(outpost, "logs"), lambda ids: ids == kept)
        eventually(lambda: folders(outpost, "revisions"), lambda ids: ids <= kept)

        assert serving in folders(outpost, "revisions")
        assert endpoint.predict(json={"value": {"a": 1}}).status_code == 200
        assert rows(outpost, "SELECT count(*) FROM template_files") == [2]
        assert set(rows(outpost, "SELECT deployment_id FROM deployment_secrets")) <= {serving}


def test_deployments_that_are_removed_are_counted_all_the_same(connect, eventually, tmp_path):
    """How many there have been does not go down."""
    with LocalOutpost(data_folder=tmp_path, keep_deployments=0) as outpost:
        endpoint = connect(outpost).deployed()
        for _ in range(2):
            endpoint.deploy_and_wait()
        eventually(lambda: present(endpoint), lambda ids: len(ids) == 1)

        assert endpoint.get("/replica-status")["observedGeneration"] == 3


def test_logs_are_settled_when_the_last_replica_has_ended(connect, eventually, tmp_path):
    """Those of the deployment that serves may grow; the pages have all of them."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        endpoint = connect(outpost).deployed()
        endpoint.deploy_and_wait()
        serving, superseded = present(endpoint)

        unsettled = "SELECT id FROM deployments WHERE NOT are_logs_settled"
        eventually(lambda: rows(outpost, unsettled), lambda ids: ids == [serving])
        said = [line["data"]["message"] for line in endpoint.logs("event")]

        assert sum(message.startswith("Stopped replica") for message in said) == 1
        assert set(rows(outpost, "SELECT deployment_id FROM settled_logs")) == {superseded}


def test_what_a_crash_has_left_goes_at_the_next_start(connect, eventually, lasting_folder):
    """Folders of deployments, endpoints and accounts that are in the store no more."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        endpoint = connect(outpost).deployed()
        ids = present(endpoint)
    (home,) = (lasting_folder / "logs").iterdir()
    left = [
        home / "gone",
        lasting_folder / "logs" / "gone",
        lasting_folder / "revisions" / home.name / "gone",
        lasting_folder / "revisions" / "gone",
        lasting_folder / "homes" / "gone",
    ]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "runtime.jsonl").write_text("{}\n")

    with LocalOutpost(data_folder=lasting_folder) as outpost:
        eventually(lambda: [folder for folder in left if folder.exists()], lambda found: not found)

        assert folders(outpost, "logs") == set(ids)
        assert present(connect(outpost).named(endpoint.name)) == ids


def test_logs_of_deployments_that_serve_no_more_are_bounded(connect, eventually, tmp_path):
    """The oldest go first; those of the one that serves stay, whatever their size."""
    with LocalOutpost(data_folder=tmp_path, keep_logs_mb=1) as outpost:
        endpoint = connect(outpost).deployed()
        deployed = [present(endpoint)[0], *(endpoint.deploy_and_wait()["id"] for _ in range(2))]
        (home,) = (tmp_path / "logs").iterdir()
        for deployment in deployed:
            with (home / deployment / "runtime.jsonl").open("ab") as file:
                file.write(b"x" * 600_000 + b"\n")
        deployed.append(endpoint.deploy_and_wait()["id"])

        # Of 0, 1 and 2, which serve no more, only the last fits.
        eventually(lambda: folders(outpost, "logs"), lambda ids: ids == set(deployed[2:]))

        assert sorted(present(endpoint)) == sorted(deployed)


@pytest.mark.parametrize("told", [{"keep_deployments": -1}, {"keep_logs_mb": -0.5}])
def test_less_than_nothing_cannot_be_kept(tmp_path, told):
    """It is said by its name."""
    name = next(iter(told)).replace("_", " ")

    with pytest.raises(SettingsError, match=name):
        ServerSettings(tmp_path, **told)
