"""Which folders a server takes for its own, and what it finds lost there."""

from __future__ import annotations

import os
import shutil

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.running.server_process import LocalOutpostError


@pytest.fixture
def documents(tmp_path):
    """Return somebody's folder, which has nothing to do with a server."""
    folder = tmp_path / "documents"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "report").write_text("precious")
    folder.chmod(0o755)
    return folder


@pytest.mark.parametrize("command", [["start"], ["user", "list"], ["start", "--foreground"]])
def test_a_folder_of_something_else_is_refused_and_left_as_it_is(documents, command):
    """Neither its modes nor what is in it change."""
    result = CliRunner().invoke(local, [*command, "--data", str(documents)])

    assert result.exit_code == 1
    assert "no data folder of a local Outpost: it has run" in result.output
    assert documents.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in documents.iterdir()] == ["run"]
    assert (documents / "run" / "report").read_text() == "precious"


def test_an_embedded_server_refuses_it_too(documents):
    """Also through a symbolic link."""
    link = documents.with_name("link")
    link.symlink_to(documents)

    with pytest.raises(LocalOutpostError, match="it has run"):
        LocalOutpost(data_folder=link).start()


def test_a_file_system_of_its_own_is_a_new_folder(tmp_path):
    """It is empty, although it has what file systems have."""
    (tmp_path / "lost+found").mkdir()

    with LocalOutpost(data_folder=tmp_path) as outpost:
        assert outpost.data_folder == tmp_path


def test_a_folder_of_before_there_was_a_mark_is_known_by_its_store(tmp_path):
    """It starts, and has a mark from then on."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        token = outpost.api_token
    (tmp_path / ".outpost").unlink()

    with LocalOutpost(data_folder=tmp_path) as outpost:
        assert outpost.api_token == token
    assert (tmp_path / ".outpost").exists()


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_a_store_that_has_been_lost_is_not_taken_for_a_new_one(tmp_path, how):
    """It does not start with nothing, without a word."""
    with LocalOutpost(data_folder=tmp_path):
        pass
    store = tmp_path / "outpost.db"
    store.unlink()
    if how == "empty":
        store.touch()

    with pytest.raises(LocalOutpostError, match=f"{how}, and the key .* restore"):
        LocalOutpost(data_folder=tmp_path).start()


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    folder = tmp_path_factory.mktemp("used") / "data"
    with LocalOutpost(data_folder=folder):
        pass
    return folder


@pytest.fixture
def data(tmp_path, used):
    """Return a data folder that a server has used."""
    return shutil.copytree(used, tmp_path / "data", symlinks=True)


COMMANDS = [
    ["start"],
    ["start", "--foreground"],
    ["status"],
    ["env"],
    ["stop"],
    ["user", "list"],
    ["config"],
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["", "settings.toml", "outpost.db", "logs"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to others")
def test_what_belongs_to_another_user_is_refused(data, command, name):
    """Its owner would decide what the server does, with the rights of who starts it."""
    (data / "settings.toml").write_text('isolation = "off"\n')
    os.chown(data / name, 12345, 12345)

    result = CliRunner().invoke(local, [*command, "--data", str(data)])

    assert result.exit_code == 1
    assert f"{data / name} belongs to another user (uid 12345)" in result.output
    assert "chown" in result.output


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["logs", "revisions", "environments", "homes", "run", "token"])
def test_a_link_in_the_folder_is_refused_and_not_followed(data, documents, command, name):
    """What it leads to would be taken for what is to be removed."""
    if (data / name).exists():
        (data / name).rename(data.with_name("moved"))
    (data / name).symlink_to(documents)

    result = CliRunner().invoke(local, [*command, "--data", str(data)])

    assert result.exit_code == 1
    assert f"{data / name} is a link" in result.output
    assert (documents / "run" / "report").read_text() == "precious"


def test_the_data_folder_itself_may_be_a_link(data):
    """Whoever names it has chosen where it leads to, such as to another disk."""
    link = data.with_name("link")
    link.symlink_to(data)

    with LocalOutpost(data_folder=link) as outpost:
        assert outpost.data_folder == link
