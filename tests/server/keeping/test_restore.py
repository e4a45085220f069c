"""Putting a backup back, beside whatever is left of a store that is gone."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.keeping import backup as backup_module
from outpost_server.keeping.backup import restore
from outpost_server.keeping.data_folder import DataFolder


@dataclass
class Kept:
    """A data folder, and a backup of it with its key."""

    data: Path
    file: Path
    key: Path

    def restore(self, data: Path) -> tuple[int, str]:
        words = ["restore", str(self.file), "--key", str(self.key), "--data", str(data)]
        result = CliRunner().invoke(local, words)
        return result.exit_code, result.output


def names(connect, data: Path) -> list[str]:
    with LocalOutpost(data_folder=data) as outpost:
        return [one["name"] for one in connect(outpost).get("/endpoints/local")["endpoints"]]


@pytest.fixture
def kept(connect, tmp_path) -> Kept:
    """Return a backup with one endpoint; the folder has a second one by now."""
    kept = Kept(tmp_path / "data", tmp_path / "backup", tmp_path / "key")
    with LocalOutpost(data_folder=kept.data) as outpost:
        api = connect(outpost)
        api.endpoint(name="kept")
        CliRunner().invoke(local, ["backup", str(kept.file), "--data", str(kept.data)])
        api.endpoint(name="later")
        # What SQLite has beside a store while a server runs, as a crash leaves it.
        for suffix in ("-wal", "-shm"):
            shutil.copy(kept.data / f"outpost.db{suffix}", tmp_path / f"old{suffix}")
    shutil.copy(kept.data / "secrets.key", kept.key)
    return kept


def test_what_a_lost_store_has_left_is_not_read_into_the_restored_one(connect, kept):
    """The folder has what the backup has."""
    (kept.data / "outpost.db").unlink()
    for suffix in ("-wal", "-shm"):
        shutil.copy(kept.file.with_name(f"old{suffix}"), kept.data / f"outpost.db{suffix}")

    code, output = kept.restore(kept.data)

    assert code == 0, output
    assert names(connect, kept.data) == ["kept"]


def test_a_store_of_0_bytes_is_replaced(connect, kept):
    """It is no store, only the place of one."""
    (kept.data / "outpost.db").write_bytes(b"")

    code, output = kept.restore(kept.data)

    assert code == 0, output
    assert names(connect, kept.data) == ["kept"]


def test_a_restore_that_was_cut_short_is_done_again(connect, kept, tmp_path, monkeypatch):
    """Until then the folder does not start, with a reason; nothing comes in half."""
    data = tmp_path / "again"
    folder = DataFolder(data)
    folder.prepare()

    def cut(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backup_module, "_sync", cut)
        with pytest.raises(KeyboardInterrupt):
            restore(kept.file, kept.key, folder)
    half = CliRunner().invoke(local, ["start", "--data", str(data)])
    code, output = kept.restore(data)

    assert half.exit_code == 1
    assert "outpostkit local restore" in half.output
    assert code == 0, output
    assert names(connect, data) == ["kept"]


def test_another_key_in_the_folder_is_not_replaced(kept, tmp_path):
    """It may be the only copy of what other backups need."""
    data = tmp_path / "other"
    with LocalOutpost(data_folder=data):
        pass
    (data / "outpost.db").unlink()
    before = (data / "secrets.key").read_bytes()

    code, output = kept.restore(data)

    assert code == 1
    assert "another key" in output
    assert (data / "secrets.key").read_bytes() == before


def test_a_key_that_does_not_belong_to_the_backup_is_refused(kept, tmp_path):
    """Before anything is written, and not at the next start."""
    with LocalOutpost(data_folder=tmp_path / "other"):
        pass
    shutil.copy(tmp_path / "other" / "secrets.key", kept.key)

    code, output = kept.restore(tmp_path / "again")

    assert code == 1
    assert "is not the key that belongs to" in output
    assert not (tmp_path / "again" / "secrets.key").exists()


def test_nothing_is_restored_under_a_running_server(kept):
    """The server is named."""
    with LocalOutpost(data_folder=kept.data) as outpost:
        code, output = kept.restore(kept.data)

        assert code == 1
        assert outpost.base_url in output


def change(file: Path, *statements: str) -> None:
    """Change a backup as somebody can who has it, whatever the schema demands."""
    with closing(sqlite3.connect(file, isolation_level=None)) as store:
        for statement in statements:
            store.execute(statement)


def workers(file: Path) -> int:
    with closing(sqlite3.connect(file)) as store:
        return store.execute("SELECT count(*) FROM workers").fetchone()[0]


def test_a_backup_knows_no_processes(connect, tmp_path):
    """Restored beside the server that it is of, it must not end what runs there."""
    file, data = tmp_path / "backup", tmp_path / "data"
    with LocalOutpost(data_folder=data) as outpost:
        connect(outpost).deployed(name="echo")
        assert workers(data / "outpost.db") == 1

        CliRunner().invoke(local, ["backup", str(file), "--data", str(data)])

    assert workers(file) == 0


def test_the_processes_in_an_older_backup_are_not_restored(kept, tmp_path):
    """Backups of before had them."""
    change(kept.file, "INSERT INTO workers VALUES ('replica', 1, 'boot:1')")

    code, output = kept.restore(tmp_path / "again")

    assert code == 0, output
    assert workers(tmp_path / "again" / "outpost.db") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts SET id = '../../victim'",
        "UPDATE accounts SET name = '.hidden'",
        "UPDATE endpoints SET id = '/etc'",
        "UPDATE endpoints SET slug = 'a/b'",
        "UPDATE endpoints SET name = ''",
        "UPDATE endpoints SET owner_id = '..'",
        "UPDATE endpoints SET owner_id = 'nobody'",
        "UPDATE endpoints SET current_deployment_id = '../other'",
        "UPDATE endpoints SET config = json_set(config, '$.templateDigest', '../x')",
        "UPDATE endpoints SET config = 'no JSON'",
        "UPDATE template_files SET digest = 'a' || char(10)",
        "CREATE TRIGGER more AFTER DELETE ON workers BEGIN DELETE FROM tokens; END",
        "CREATE VIEW others AS SELECT * FROM accounts",
    ],
)
def test_a_backup_with_what_no_server_writes_is_refused(kept, tmp_path, statement):
    """What is in it becomes paths, which the server makes, hands over and removes."""
    change(kept.file, statement)

    code, output = kept.restore(tmp_path / "again")

    assert code == 1
    assert "backup" in output
    assert not (tmp_path / "again" / "outpost.db").exists()
