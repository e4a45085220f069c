"""What a server is told at every start."""

from __future__ import annotations

import stat

import pytest
from click.testing import CliRunner

from outpost_server.commands.local import local


@pytest.fixture
def run(lasting_folder):
    def run(*words):
        return CliRunner().invoke(local, [*words, "--data", str(lasting_folder)])

    yield run
    run("stop")


def row(run, name):
    result = run("config")
    assert result.exit_code == 0, result.output
    return next(line.split() for line in result.output.splitlines() if line.split()[0] == name)


def test_a_restart_is_the_same_server(run, lasting_folder):
    """Options of the command line are kept, and later ones change them."""
    started = run("start", "--entity", "me", "--rate-limit", "900", "--team", "lab")
    assert started.exit_code == 0, started.output
    run("stop")
    assert run("start", "--rate-limit", "800").exit_code == 0

    assert "entity    me" in run("status").output
    assert row(run, "rate_limit") == ["rate_limit", "800", "settings.toml"]
    assert row(run, "teams") == ["teams", "lab", "settings.toml"]
    assert row(run, "queue_limit")[2] == "default"
    assert stat.S_IMODE((lasting_folder / "settings.toml").stat().st_mode) == 0o600


def test_a_start_that_fails_keeps_nothing(run, lasting_folder):
    """The next start is not spoilt by it."""
    assert run("start", "--host", "0.0.0.0").exit_code == 1
    assert run("start", "--token-file", str(lasting_folder / "none")).exit_code == 1

    assert not (lasting_folder / "settings.toml").exists()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("gpus", ["2"]),
        ("model-cache-gb", ["0.5"]),
        ("allow_system_packages", ["true"]),
        ("teams", ["a", "b"]),
        ("readable_folders", ['/with "quotes"\\and\nlines\x7f']),
        ("environments", ["/äöü🎉"]),
    ],
)
def test_every_kind_of_setting_is_set_and_unset(run, name, values):
    """Each is read again as it was given."""
    default = row(run, name.replace("-", "_"))

    kept = run("config", "set", name, *values)
    assert kept.exit_code == 0, kept.output
    again = run("config", "set", "port", "0")
    assert again.exit_code == 0, again.output
    shown = run("config").output
    unset = run("config", "unset", name)

    assert " ".join(values) in shown
    assert unset.exit_code == 0, unset.output
    assert row(run, name.replace("-", "_")) == default


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("colour", "red", "choose one of host, port"),
        ("data_folder", "/tmp", "there is no setting"),
        ("isolation", "some", "auto, required, off"),
        ("log_format", "xml", "text, json"),
        ("rate_limit", "many", "a whole number"),
        ("allow_system_packages", "perhaps", "true or false"),
        ("host", "0.0.0.0", "--token-file"),
        ("start_timeout_s", "nan", "not 0 or more"),
        ("readable_folders", "/", "contains the data folder"),
    ],
)
def test_what_cannot_be_is_not_kept(run, lasting_folder, name, value, said):
    """It says what can be."""
    refused = run("config", "set", name, value)

    assert refused.exit_code == 1
    assert said in refused.output
    assert not (lasting_folder / "settings.toml").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 0\n= 3\n", "line 2"),
        ("port = 0\ncolour = 1\n", "line 2: there is no setting 'colour'"),
        ("port = 0\n[server]\nport = 1\n", "line 2: there is no setting 'server'"),
        ("\n\nrate_limit = true\n", "line 3: rate_limit is not a whole number"),
        ('port = 0\nengine = "ray"\n', "line 2: engine 'ray'"),
        ('port = 0\nmodel_folders = ["/"]\n', "line 2: model_folders: / contains"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_file_edited_wrongly_is_refused_with_its_line(run, lasting_folder, text, said):
    """By whatever reads it; nothing is started."""
    run("config", "set", "port", "0")
    content = text if isinstance(text, bytes) else text.encode()
    (lasting_folder / "settings.toml").write_bytes(content)

    for words in (("config",), ("start",), ("config", "set", "gpus", "1")):
        refused = run(*words)
        assert refused.exit_code == 1
        assert said in refused.output
    assert (lasting_folder / "settings.toml").read_bytes() == content
