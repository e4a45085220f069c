"""Accounts by name in a file that nobody else can read."""

import importlib.util
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


SAVES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from outpostkit.profiles import save_profile
sys.stdin.readline()
save_profile(sys.argv[1], "t-" + sys.argv[1])
"""


def test_profiles_that_processes_save_at_once_are_all_kept(path: Path) -> None:
    """Each adds its own to what the others have written, also where there was no file."""
    started = [
        subprocess.Popen([sys.executable, "-c", SAVES, f"p{number}"], stdin=subprocess.PIPE)
        for number in range(10)
    ]
    for process in started:
        process.communicate(b"now\n")

    assert [process.returncode for process in started] == [0] * 10
    assert {each.name for each in profiles.list_profiles()} == {f"p{n}" for n in range(10)}
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


def test_profiles_that_threads_save_and_delete_at_once_are_as_they_say(path: Path) -> None:
    """A lock of the process would not keep its threads apart."""
    names = [f"p{number}" for number in range(24)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda name: profiles.save_profile(name, f"t-{name}"), names))
        deleted = list(pool.map(profiles.delete_profile, names[::2] * 2))
        list(pool.map(lambda name: profiles.save_profile(f"q{name}", "t"), names[:4]))

    assert sum(deleted) == 12
    assert {each.name for each in profiles.list_profiles()} == {
        *names[1::2],
        *(f"q{name}" for name in names[:4]),
    }


def test_who_reads_meanwhile_sees_whole_files(path: Path) -> None:
    """The old one or the new one, never half of one or none."""
    profiles.save_profile("a", "t" * 4000)
    with ThreadPoolExecutor(4) as pool:
        saved = [pool.submit(profiles.save_profile, f"p{n}", "t" * 4000) for n in range(20)]
        while not all(each.done() for each in saved):
            assert Client(profile="a")._calls.settings.api_token == "t" * 4000


def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    """As those have it who keep their settings elsewhere; what it leads to is what is locked."""
    write(tmp_path / "kept" / "config.toml", '[profiles.a]\napi_token = "t"\n')
    path.parent.mkdir()
    path.symlink_to(tmp_path / "kept" / "config.toml")

    profiles.save_profile("b", "t")

    assert path.is_symlink()
    assert [each.name for each in profiles.list_profiles()] == ["a", "b"]


def test_a_profile_that_cannot_be_saved_leaves_no_file(path: Path) -> None:
    """Nor does deleting where there is none make one."""
    with pytest.raises(ConfigurationError):
        profiles.save_profile("a", "t", prediction_hosts=["https://x"])

    assert not profiles.delete_profile("a")
    assert not path.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="locks as POSIX systems have them")
def test_a_writer_that_does_not_end_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever for a program that was stopped in the middle."""
    import fcntl

    monkeypatch.setattr("outpostkit.profiles._locking.PATIENCE_S", 0.05)
    profiles.save_profile("a", "t")
    with path.open() as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        with pytest.raises(ConfigurationError, match=r"another program has kept .*config\.toml"):
            profiles.save_profile("b", "t")

    profiles.save_profile("b", "t")
    assert [each.name for each in profiles.list_profiles()] == ["a", "b"]
