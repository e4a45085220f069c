"""What an endpoint may say about its container."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from outpost_server.containers.catalogue import (
    CONTAINERS,
    ContainerRefused,
    container_names,
    read_config,
)

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers())
SHOWING = """
import json, os

class Showing:
    def predict(self):
        return json.loads(os.environ["OUTPOST_CONTAINER_CONFIG"])
"""


def test_settings_that_are_not_given_have_their_defaults():
    """All of them are there, so that a template need not know any default."""
    config = read_config("transformers-pt", {"torch_dtype": "float32", "device": None})

    assert config == {
        "torch_dtype": "float32",
        "device": "auto",
        "max_batch_size": 32,
        "max_queue": 1000,
        "concurrency": 1,
        "allow_pickle": False,
        "trust_remote_code": False,
    }


@pytest.mark.parametrize(
    ("name", "config", "field", "said"),
    [
        ("transfomers", None, "name", "choose one of transformers, transformers-pt, diffusers"),
        ("transformers", "float32", "config", "expected an object"),
        ("transformers", {"dtype": "x"}, "config.dtype", "choose among torch_dtype, device"),
        (
            *("transformers", {"torch_dtype": "int8"}),
            *("config.torch_dtype", "expected one of auto, float32, float16, bfloat16"),
        ),
        ("sklearn", {"max_batch_size": 0}, "config.max_batch_size", "from 1 to 1024"),
        ("sklearn", {"concurrency": True}, "config.concurrency", "a whole number from 1 to 64"),
        ("sklearn", {"allow_pickle": 1}, "config.allow_pickle", "expected true or false"),
        ("sklearn", {"torch_dtype": "auto"}, "config.torch_dtype", "no such setting"),
        ("python", {"torch_dtype": "auto"}, "config.torch_dtype", "it has none"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can_be(name, config, field, said):
    """The message names the field and the choices."""
    with pytest.raises(ContainerRefused) as refused:
        read_config(name, config)

    assert refused.value.field == field
    assert said in refused.value.reason


@given(
    st.sampled_from(container_names()),
    st.dictionaries(st.sampled_from(list(CONTAINERS["transformers"].keys)) | st.text(), VALUES),
)
def test_whatever_is_said_is_read_or_refused(name, config):
    """What was read is read the same once more."""
    try:
        settings = read_config(name, config)
    except ContainerRefused:
        return

    assert read_config(name, settings) == settings
    assert json.loads(json.dumps(settings)) == settings


def test_every_package_of_a_container_is_pinned():
    """The same name is the same packages, whenever an environment is built."""
    packages = [one for container in CONTAINERS.values() for one in container.requirements]

    assert [one for one in packages if one.count("==") != 1] == []


@pytest.mark.parametrize(
    ("details", "said"),
    [
        (
            {"name": "pytorch"},
            "prebuiltContainerDetails.name: there is no container 'pytorch'; choose one of",
        ),
        (
            {"name": "transformers", "config": {"torch_dtype": "int8"}},
            "prebuiltContainerDetails.config.torch_dtype: expected one of auto, float32",
        ),
    ],
)
def test_an_endpoint_with_an_impossible_container_is_not_created(api, details, said):
    """The form of it is checked before anything is built."""
    refused = api.create(prebuiltContainerDetails=details)

    assert refused.status_code == 422
    assert refused.json()["message"].startswith(said)


def test_a_template_is_told_the_settings_of_its_container(api):
    """As JSON in its environment; the Python container has none."""
    endpoint = api.deployed(SHOWING, "Showing", prebuiltContainerDetails={"name": "python"})

    assert endpoint.predict().json() == {}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"pytorch"', "there is no container 'pytorch'; choose one of transformers"),
        ("['transformers']", "container must be written as a string"),
    ],
)
def test_a_template_that_declares_an_impossible_container_is_not_deployed(api, written, said):
    """It is read before the file runs."""
    template = f"class Bad:\n    container = {written}\n    def predict(self): return 1\n"
    endpoint = api.failed(template, "Bad")

    assert said in endpoint.messages("dep")[-1]
