"""docs/models.md: its lists are those of the server, and its template runs."""

import json
import re
from pathlib import Path

import pytest

from outpost_server.containers.catalogue import CONTAINERS
from outpost_server.rules.hardware import BUILT_IN, GIB
from outpost_server.tasks.catalogue import TASKS
from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints, Predictor

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")

PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def table(first: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has that title, by the code in it."""
    [rows] = re.findall(rf"(?m)^\| {first} \|.*\n\|[- |]+\n((?:\|.*\n)+)", PAGE)
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_every_task_is_there_with_its_container():
    """In the order of the API."""
    tasks = table("task")

    assert list(tasks) == list(TASKS)
    assert {name: row[0].strip("`") for name, row in tasks.items()} == {
        task.name: task.container for task in TASKS.values()
    }


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_other_pages_count_the_tasks_right(page):
    """As many as there are."""
    assert f"for {len(TASKS)} tasks" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("task", TASKS)
def test_requests_and_answers_are_json(task):
    """What is between backquotes can be copied."""
    _, request, answer = table("task")[task]

    json.loads(request.strip("`"))
    json.loads(re.match("`(.*?)`", answer)[1])


def test_every_container_is_there_with_what_is_in_it():
    """With the versions, and the other names."""
    shown = table("container")
    in_transformers = set(CONTAINERS["transformers"].requirements)

    assert list(shown) == list(CONTAINERS)
    for name, (aliases, packages) in shown.items():
        container = CONTAINERS[name]
        assert tuple(re.findall("`(.*?)`", aliases)) == container.aliases
        named = set(re.findall("`([^`]*==[^`]*)`", packages))
        if "those of `transformers`" in packages:
            named |= in_transformers
        assert named == set(container.requirements)


def test_every_setting_is_there_with_its_default_and_what_may_be():
    """And with the containers that take it."""
    shown = table("setting")
    keys = {key.name: key for container in CONTAINERS.values() for key in container.keys.values()}

    assert set(shown) == set(keys)
    for name, (containers, default, meaning) in shown.items():
        of = [each.name for each in CONTAINERS.values() if name in each.keys]
        assert re.findall("`(.*?)`", containers) == of
        assert json.loads(default.strip("`")) == keys[name].default
        assert all(choice in meaning for choice in keys[name].choices)
        if keys[name].maximum is not None:
            assert f"{keys[name].minimum} to {keys[name].maximum}" in meaning


def test_every_hardware_is_there_with_its_size():
    """The catalogue that is built in."""
    shown = table("hardware")

    assert list(shown) == [one.id for one in BUILT_IN]
    for one in BUILT_IN:
        memory = "all" if one.memory_bytes is None else f"{one.memory_bytes / GIB:g} GiB"
        gpus = str(one.gpus) if one.gpus else ""
        assert shown[one.id] == [str(one.cpus or "all"), memory, gpus]


def test_its_template_runs(local_outpost, tmp_path):
    """Predictions are batched, and its other routes answer too."""
    [source] = [block for block in PYTHON_BLOCKS if "@post" in block]
    path = tmp_path / "words.py"
    path.write_text(source, encoding="utf-8")
    config = EndpointCustomTemplateConfig(type="file", className="WordCounter", path=str(path))

    with Client(api_token=local_outpost.api_token, base_url=local_outpost.base_url) as client:
        endpoint = Endpoints(client, local_outpost.entity).create(config)
        endpoint.deploy(wait=True)
        predictor = endpoint.get_prediction_client()
        counts = predictor.infer(json={"inputs": ["one two", "three"]}).json()
        longest_path = predictor.predictionPath.replace("/predict", "/v1/longest")
        other = Predictor(client, predictor.domain, longest_path, predictor.healthcheckPath)
        longest = other.infer(json={"texts": ["one two", "three"]}).json()
        document = predictor.openapi()

    assert counts == [{"words": 2}, {"words": 1}]
    assert longest == {"words": 2}
    assert set(document["paths"]) == {"/predict", "/v1/longest", "/v1/about"}


def test_its_other_python_is_right():
    """Also what cannot run here, for want of a hub."""
    for block in PYTHON_BLOCKS:
        compile(block, "models.md", "exec")
