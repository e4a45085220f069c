"""``outpostkit tasks``, ``containers`` and ``hardware``."""

import json

import pytest
from click.testing import CliRunner

from outpost_server.containers.catalogue import CONTAINERS
from outpost_server.tasks.catalogue import TASKS
from outpostkit.cli.app import app
from outpostkit.cli.catalogue import columns


@pytest.fixture
def run(cli_outpost):
    """Run the command as a user of a server; return what it prints."""
    environment = {
        "OUTPOST_API_TOKEN": cli_outpost.api_token,
        "OUTPOST_BASE_URL": cli_outpost.base_url,
    }

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments, env=environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_every_task_is_listed_with_its_container(run):
    """A line each, by the name that goes into task_type."""
    lines = {line.split()[0]: line for line in run("tasks").splitlines()}

    assert set(lines) == set(TASKS)
    assert TASKS["summarization"].container in lines["summarization"]
    assert TASKS["summarization"].description in lines["summarization"]


def test_the_help_lists_every_task_without_a_server(tmp_path):
    """Nor a token."""
    environment = {"HOME": str(tmp_path), "OUTPOST_API_TOKEN": "", "COLUMNS": "200"}

    result = CliRunner().invoke(app, ["tasks", "--help"], env=environment)

    assert result.exit_code == 0
    listed = {line.split()[0] for line in result.output.splitlines() if line.strip()}
    assert set(TASKS) <= listed


def test_every_container_is_listed_with_what_is_in_it_and_its_settings(run):
    """Also under which other names it is known."""
    text = run("containers")

    for container in CONTAINERS.values():
        assert container.name in text
        assert all(requirement in text for requirement in container.requirements)
        assert all(f"\n    {key}=" in text for key in container.keys)
    assert "transformers (also transformers-pt)" in text
    assert 'torch_dtype="auto"' in text
    assert "(auto, float32, float16, bfloat16)" in text
    assert "(1 to 1024)" in text


def test_every_hardware_is_listed_with_its_size(run):
    """The default is named."""
    first = run("hardware").splitlines()[0]

    assert first.split() == ["cpu-sm", "2", "CPUs", "4", "GiB", "the", "default"]


@pytest.mark.parametrize(
    ("command", "key"), [("tasks", "name"), ("containers", "name"), ("hardware", "id")]
)
def test_all_of_it_can_be_had_as_json(run, command, key):
    """As the API answers it."""
    found = json.loads(run(command, "--json"))

    assert len(found) > 3
    assert all(each[key] for each in found)


def test_columns_are_as_wide_as_their_longest_text():
    """And no line ends in blanks."""
    assert columns([("a", "b", ""), ("long", "b", "c")]) == ["a     b", "long  b  c"]
    assert columns([]) == []
