"""Accounts by name in a file that nobody else can read."""

import importlib.util
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from outpostkit import Client, profiles
from outpostkit.exceptions import ConfigurationError, MissingTokenError

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11) and importlib.util.find_spec("tomli") is None,
    reason="this Python reads no TOML without the package tomli",
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration file is looked for; its folder does not exist."""
    path = tmp_path / "outpost" / "config.toml"
    monkeypatch.setenv("OUTPOST_CONFIG_FILE", str(path))
    return path


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write the file by hand."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def test_a_saved_profile_is_used_by_name(path: Path) -> None:
    """Its token and its address."""
    profiles.save_profile("local", "t-local", base_url="http://127.0.0.1:8000/v1/")

    client = Client(profile="local")

    assert (client._calls.settings.api_token, client.base_url) == (
        "t-local",
        "http://127.0.0.1:8000/v1",
    )


def test_the_first_profile_is_the_default_until_another_is(path: Path) -> None:
    """So that one account needs no name."""
    profiles.save_profile("work", "t-work")
    profiles.save_profile("home", "t-home")

    assert Client()._calls.settings.api_token == "t-work"
    profiles.save_profile("home", "t-home", is_default=True)
    assert Client()._calls.settings.api_token == "t-home"


def test_argument_environment_profile_default_in_this_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that is named as an argument goes before the environment, too."""
    profiles.save_profile("work", "t-work")
    profiles.save_profile("home", "t-home")

    assert Client()._calls.settings.api_token == "t-work"
    monkeypatch.setenv("OUTPOST_PROFILE", "home")
    assert Client()._calls.settings.api_token == "t-home"
    monkeypatch.setenv("OUTPOST_API_TOKEN", "t-environment")
    assert Client()._calls.settings.api_token == "t-environment"
    assert Client(profile="work")._calls.settings.api_token == "t-work"
    assert Client("t-argument", profile="work")._calls.settings.api_token == "t-argument"


def test_the_token_of_a_profile_goes_to_its_own_server_only(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address from elsewhere needs a token from elsewhere."""
    profiles.save_profile("work", "t-work", base_url="https://outpost.example/v1")
    monkeypatch.setenv("OUTPOST_BASE_URL", "http://127.0.0.1:1/v1")

    with pytest.raises(ConfigurationError, match="OUTPOST_BASE_URL") as caught:
        Client()

    assert "t-work" not in str(caught.value)
    assert Client("t-other")._calls.settings.api_token == "t-other"


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have these permissions")
def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    """From the first byte; one that others can read is refused with the command that helps."""
    profiles.save_profile("work", "t-work")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        Client()


def test_saving_keeps_what_else_is_in_the_file(path: Path) -> None:
    """Other profiles, other settings, odd characters."""
    write(path, 'theme = "dark"\n[profiles.a]\napi_token = "t-a"\n[other]\nlist = [1, true, "x"]\n')

    profiles.save_profile("b", 't"\\b')

    assert [each.name for each in profiles.list_profiles()] == ["a", "b"]
    assert profiles.find_profile("b") == profiles.Profile("b", 't"\\b', None)
    text = path.read_text()
    assert 'theme = "dark"' in text
    assert 'list = [1, true, "x"]' in text


def test_what_cannot_be_kept_is_not_overwritten(path: Path) -> None:
    """A date, for example: the file stays as it is."""
    text = "born = 2024-01-01\n"
    write(path, text)

    with pytest.raises(ConfigurationError, match="by hand"):
        profiles.save_profile("a", "t")

    assert path.read_text() == text


def test_a_profile_can_be_deleted(path: Path) -> None:
    """And with it its being the default."""
    profiles.save_profile("work", "t-work")

    assert profiles.delete_profile("work")
    assert not profiles.delete_profile("work")
    with pytest.raises(MissingTokenError, match="save_profile"):
        Client()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles.work\napi_token = 'secret-1'", "not TOML"),
        ("[profiles]\nwork = 'secret-1'", "describes"),
        ("[profiles.work]\napi_token = ['secret-1']", "describes"),
        ("default = 5", "describes"),
        ("default = 'gone'\n[profiles.work]\napi_token = 'secret-1'", "its profiles: work"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_without_its_tokens(
    path: Path, text: str, words: str
) -> None:
    """The error names the file and what to do."""
    write(path, text)

    with pytest.raises(ConfigurationError, match=words) as caught:
        Client()

    assert str(path) in str(caught.value)
    assert "secret-1" not in str(caught.value)


def test_a_profile_does_not_print_its_token(path: Path) -> None:
    """Neither alone nor in a list."""
    profiles.save_profile("work", "t-secret")

    assert "t-secret" not in repr(profiles.list_profiles())


@pytest.mark.parametrize("bad", [{"name": "a b"}, {"api_token": "a\nb"}, {"base_url": "no"}])
def test_what_cannot_be_used_is_not_saved(path: Path, bad: Any) -> None:
    """Nothing is written."""
    given = {"name": "work", "api_token": "t", **bad}

    with pytest.raises(ConfigurationError):
        profiles.save_profile(**given)

    assert not path.exists()


def test_the_file_lies_where_configuration_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CONFIG_HOME, else ~/.config."""
    monkeypatch.delenv("OUTPOST_CONFIG_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/xdg")
    assert profiles.config_path() == os.path.join("/xdg", "outpost", "config.toml")
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", "/home/me")

    assert profiles.config_path() == "/home/me/.config/outpost/config.toml"
