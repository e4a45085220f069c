"""No folder that is open to every user opens the data folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.rules.settings import OPEN_FOLDERS, ServerSettings, SettingsError


@pytest.fixture
def data(tmp_path):
    """Return where the data is kept, which there is not yet."""
    return tmp_path.resolve() / "home" / "outpost"


@pytest.mark.parametrize("name", OPEN_FOLDERS)
@pytest.mark.parametrize(
    ("folder", "relation"),
    [
        ("/", "contains"),
        ("{data.parent}", "contains"),
        ("{data}", "is"),
        ("{data}/homes/../homes/ada", "lies in"),
        ("{data}/secrets.key", "lies in"),
    ],
)
def test_a_folder_that_opens_the_data_folder_is_refused(data, name, folder, relation):
    """It says which setting and folder, why, and the way out."""
    folder = folder.format(data=data)

    with pytest.raises(SettingsError) as refused:
        ServerSettings(data, **{name: [data.parent / "fine", folder]})

    assert f"{name}: {folder} {relation} the data folder {data}," in str(refused.value)
    assert "--data FOLDER" in str(refused.value)


def test_a_folder_beside_the_data_folder_is_open(data):
    """Also one whose name begins alike, and one that is not there yet."""
    beside = (data.parent / "outposts", data.parent / "other" / "outpost")

    for name in OPEN_FOLDERS:
        assert getattr(ServerSettings(data, **{name: beside}), name) == beside


def test_a_link_hides_nothing(data):
    """Whether the data folder or the other one is named by it."""
    data.mkdir(parents=True)
    to_parent, to_data = data.parents[1] / "parent", data.parents[1] / "data"
    to_parent.symlink_to(data.parent)
    to_data.symlink_to(data)

    for folders in ((data, to_parent), (data, to_data / "homes"), (to_data, data.parent)):
        with pytest.raises(SettingsError, match="the data folder"):
            ServerSettings(folders[0], readable_folders=[folders[1]])


@pytest.mark.parametrize("isolation", ["auto", "off"])
@pytest.mark.parametrize("name", ["readable", "writable"])
def test_a_server_does_not_start_with_such_a_folder_of_a_variable(
    data, monkeypatch, name, isolation
):
    """The variable is named, and nothing is made."""
    variable = f"OUTPOST_{name.upper()}_FOLDERS"
    monkeypatch.setenv(variable, os.pathsep.join(["/usr", str(data.parent)]))

    command = ["start", "--isolation", isolation, "--data", str(data)]
    refused = CliRunner().invoke(local, command)

    assert refused.exit_code == 1
    assert f"Error: {variable}: {data.parent} contains the data folder" in refused.output
    assert not data.exists()


def test_a_variable_is_no_fault_of_the_settings_that_are_kept(data, monkeypatch):
    """The file is not blamed for it, and what is kept instead of the variable counts."""
    command = ["config", "set", "--data", str(data)]
    assert CliRunner().invoke(local, [*command, "gpus", "1"]).exit_code == 0
    kept = (data / "settings.toml").read_text()

    monkeypatch.setenv("OUTPOST_READABLE_FOLDERS", "/")
    refused = CliRunner().invoke(local, ["config", "--data", str(data)])
    (data / "settings.toml").write_text(f'{kept}readable_folders = ["/usr"]\n')
    shown = CliRunner().invoke(local, ["config", "--data", str(data)])

    assert "Error: OUTPOST_READABLE_FOLDERS: / contains" in refused.output
    assert shown.exit_code == 0, shown.output


def test_a_temporary_data_folder_is_kept_apart_as_well(monkeypatch, tmp_path):
    """It is refused where it is asked for; the working folder has nothing to do with it."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingsError, match="readable_folders"):
        LocalOutpost(readable_folders=[tempfile.gettempdir()])
    LocalOutpost(readable_folders=[Path.cwd()], writable_folders=["."])
