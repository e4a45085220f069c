"""What hardware there is, and what a file of the server changes about it."""

from __future__ import annotations

import os

import pytest

from outpost_server import LocalOutpost
from outpost_server.rules.hardware import GIB, Hardware, HardwareError, read_hardware
from outpost_server.rules.settings import ServerSettings, SettingsError

BUILT_IN = read_hardware(None)
FILE = """
[cpu-sm]
cpus = 1
memory_gib = 0.5

[gpu-xl]
name = "The large one"
gpus = 16
aliases = ["16xnvidia-h100-80gb"]
"""


@pytest.mark.parametrize(
    ("name", "found", "cpus", "gib", "gpus"),
    [
        ("cpu-sm", "cpu-sm", 2, 4, 0),
        ("CPU-sm", "cpu-sm", 2, 4, 0),
        ("cpu-lg", "cpu-lg", 8, 32, 0),
        ("e2-standard-2", "e2-standard-2", 2, 8, 0),
        ("n2-highcpu-1", "n2-highcpu-1", 1, 1, 0),
        ("n2d-highmem-1", "n2d-highmem-1", 1, 8, 0),
        ("1xnvidia-tesla-t4", "gpu-1", None, None, 1),
        ("4xnvidia-a100-80gb", "gpu-4", None, None, 4),
        ("3xnvidia-l4", "3xnvidia-l4", None, None, 3),
    ],
)
def test_the_name_of_an_instance_tells_its_size(name, found, cpus, gib, gpus):
    """By the catalogue, by an alias, or as clouds name theirs."""
    hardware = BUILT_IN.find(name)

    assert (hardware.id, hardware.cpus, hardware.gpus) == (found, cpus, gpus)
    assert hardware.memory_bytes == (None if gib is None else gib * GIB)


@pytest.mark.parametrize(
    "name", ["something", "e2-standard-", "e2-standard-0", "0xnvidia-l4", "gpu", "", "cpu-sm "]
)
def test_what_is_not_known_is_not_guessed(name):
    """An endpoint that has such a name from before is served, without limits."""
    assert BUILT_IN.find(name) is None
    assert BUILT_IN.resolve(name) == Hardware(name, name)


def test_no_instance_is_larger_than_the_machine():
    """The limit of a large instance is what there is."""
    large = BUILT_IN.resolve("e2-standard-999").on_this_machine()

    assert large.cpus == os.cpu_count()
    assert large.memory_bytes == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_a_file_adds_hardware_and_replaces_some(tmp_path):
    """The other instances stay as they are."""
    (tmp_path / "hardware.toml").write_text(FILE)

    catalogue = read_hardware(tmp_path / "hardware.toml")

    assert catalogue.default == Hardware("cpu-sm", "1 CPU, 0.5 GiB", 1, GIB // 2)
    assert catalogue.find("16xnvidia-h100-80gb").title == "The large one"
    assert catalogue.find("cpu-md") == BUILT_IN.find("cpu-md")


def test_a_file_may_be_all_that_there_is(tmp_path):
    """Then no other name means anything, whatever it looks like; and JSON will do."""
    (tmp_path / "hardware.json").write_text('{"only": true, "own": {"cpus": 3}}')

    catalogue = read_hardware(tmp_path / "hardware.json")

    assert catalogue.choices() == "own"
    assert catalogue.default.cpus == 3
    assert [catalogue.find(name) for name in ("cpu-sm", "e2-standard-2", "1xnvidia-l4")] == [
        None
    ] * 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[cpu", "cannot be read"),
        ("cpus = 1", "cpus: Expected `object`"),
        ("[big]\ncpus = 0", "big: Expected `int` >= 1"),
        ("[big]\nprocessors = 1", "big: Object contains unknown field `processors`"),
        ("only = true", "has no instance"),
        ("only = 1", "only: expected true or false"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_server_from_starting(tmp_path, text, said):
    """The message names the file and what is wrong in it."""
    file = tmp_path / "hardware.toml"
    file.write_text(text)

    with pytest.raises(SettingsError) as refused:
        ServerSettings(tmp_path, hardware_file=file)

    assert str(file) in str(refused.value)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    """With its whole path."""
    with pytest.raises(HardwareError, match=str(tmp_path)):
        read_hardware(tmp_path / "absent.toml")


@pytest.mark.parametrize("field", ["hardwareInstance", "hardwareInstanceId"])
def test_unknown_hardware_is_refused_with_the_choices(api, field):
    """When the endpoint is created, and when it is changed."""
    other = {"hardwareInstance": None} if field != "hardwareInstance" else {}
    endpoint = api.endpoint()

    created = api.create(**{field: "cpu-tiny", **other})
    changed = api.call("PUT", endpoint.path, json={field: "cpu-tiny"})

    for refused in (created, changed):
        assert refused.status_code == 422
        said = f"{field}: there is no 'cpu-tiny'; choose one of cpu-sm, cpu-md, cpu-lg, gpu-1"
        assert said in refused.json()["message"]


def test_the_hardware_of_an_endpoint_has_a_name_for_people(api):
    """Its id stays what was asked for."""
    endpoint = api.endpoint(hardwareInstance="e2-standard-2")

    assert endpoint.get()["hardwareInstance"] == {"id": "e2-standard-2", "name": "2 CPUs, 8 GiB"}


def test_a_server_offers_the_hardware_of_its_file(connect, tmp_path):
    """Endpoints that name none have the first."""
    (tmp_path / "hardware.toml").write_text(f"only = true\n{FILE}")
    with LocalOutpost(hardware_file=tmp_path / "hardware.toml", gpus=2) as outpost:
        api = connect(outpost)

        listed = api.get("/hardware-instances")
        endpoint = api.endpoint(hardwareInstance=None)

        assert [(one["id"], one["isDefault"], one["isAvailable"]) for one in listed] == [
            ("cpu-sm", True, True),
            ("gpu-xl", False, False),
        ]
        assert endpoint.get()["hardwareInstance"]["name"] == "1 CPU, 0.5 GiB"
