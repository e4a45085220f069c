"""GPUs: each belongs to one replica at a time."""

from __future__ import annotations

import asyncio

import anyio
import pytest
from hypothesis import given, strategies as st

from outpost_server import LocalOutpost
from outpost_server.rules.gpus import find_gpus
from outpost_server.serving.gpus import GpuPool, Holder, NoGpu

SEEING = """
import os

class Seeing:
    def predict(self):
        return os.environ.get("CUDA_VISIBLE_DEVICES")
"""


def holder(name: str, owner: str = "me") -> Holder:
    return Holder(name, name, f"{name}-slug", owner)


@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["keep", "give", "cancel"]))),
)
def test_a_gpu_is_never_given_twice(count, wishes):
    """Whoever comes, waits, is cancelled and gives back; and in the end all are free."""
    held: set[str] = set()

    async def use(pool: GpuPool, wanted: int, name: str, steps: int) -> None:
        try:
            gpus = await pool.take(wanted, holder(name), wait_s=0.05)
        except NoGpu:
            return
        assert len(gpus) == wanted
        assert not held & set(gpus)
        held.update(gpus)
        try:
            for _ in range(steps):
                await asyncio.sleep(0)
        finally:
            held.difference_update(gpus)
            pool.give_back(holder(name))

    async def run() -> None:
        pool = GpuPool([str(number) for number in range(count)])
        tasks = []
        for number, (wanted, what) in enumerate(wishes):
            steps = 5 if what == "keep" else 0
            tasks.append(asyncio.create_task(use(pool, wanted, str(number), steps)))
            await asyncio.sleep(0)
            if what == "cancel":
                tasks[-1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [task.exception() for task in tasks if not task.cancelled()] == [
            None for task in tasks if not task.cancelled()
        ]
        assert len(await pool.take(count, holder("last"), wait_s=0.05)) == count

    asyncio.run(run())


@pytest.mark.anyio
async def test_who_comes_first_is_served_first():
    """One that needs many is not passed by those that need few."""
    pool = GpuPool(["0", "1"])
    order: list[str] = []

    async def take(name: str, count: int) -> None:
        await pool.take(count, holder(name))
        order.append(name)
        pool.give_back(holder(name))

    await pool.take(1, holder("first"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take, "many", 2)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(take, "few", 1)
        await anyio.wait_all_tasks_blocked()
        pool.give_back(holder("first"))

    assert order == ["many", "few"]


@pytest.mark.anyio
async def test_who_gets_none_is_told_who_has_them():
    """Endpoints of other owners are counted, not named."""
    pool = GpuPool(["0", "1", "2"])
    await pool.take(1, holder("mine"))
    await pool.take(2, holder("secret", owner="another"))
    waiting: list[str] = []

    with pytest.raises(NoGpu) as refused:
        await pool.take(1, holder("next"), wait_s=0, on_wait=waiting.append)

    said = "it needs 1 GPU, and of the 3 of this machine 0 are free (in use: 1 by mine-slug, 2 by"
    assert str(refused.value).startswith(said)
    assert "secret" not in str(refused.value)
    assert waiting == [str(refused.value)]


@pytest.mark.parametrize(
    ("visible", "found"),
    [
        ("2,3", ("2", "3")),
        ("", ()),
        ("-1", ()),
        ("0,-1,1", ("0",)),
        ("GPU-8932f937", ("GPU-8932f937",)),
    ],
)
def test_a_server_gives_only_gpus_that_it_may_use_itself(monkeypatch, visible, found):
    """As CUDA reads it."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert find_gpus() == found


def test_gpus_are_those_that_the_driver_lists_or_the_device_files(monkeypatch, tmp_path):
    """A machine without the command may have them all the same."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for name in ("nvidia0", "nvidia1", "nvidiactl", "null"):
        (tmp_path / name).touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_gpus(devices=tmp_path) == ("0", "1")

    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 'GPU 0: Tesla T4 (UUID: GPU-1)'\n")
    command.chmod(0o755)
    assert find_gpus(devices=tmp_path) == ("0",)
    assert find_gpus(3, devices=tmp_path) == ("0", "1", "2")


@pytest.fixture(scope="module")
def with_gpu(connect):
    """A client of a server that is told that it has one GPU."""
    with LocalOutpost(gpus=1) as outpost:
        yield connect(outpost)


def test_a_replica_sees_the_gpus_of_its_hardware_only(with_gpu, eventually):
    """One on hardware without sees none; what a replica gives back another gets."""
    scaling = {"replicaScalingConfig": {"min": 1}}
    first = with_gpu.deployed(SEEING, "Seeing", hardwareInstance="gpu-1", **scaling)
    plain = with_gpu.deployed(SEEING, "Seeing", hardwareInstance="cpu-sm")

    assert first.predict().json() == "0"
    assert plain.predict().json() == ""

    # Deployed again, it makes way for itself.
    assert first.deploy_and_wait()["status"] == "healthy"
    assert first.predict().json() == "0"

    second = with_gpu.endpoint(SEEING, "Seeing", hardwareInstance="1xnvidia-tesla-t4")
    deployment = second.deploy()
    waiting = "Waiting for a GPU: it needs 1 GPU, and of the 1 of this machine 0 are free"
    eventually(lambda: any(line.startswith(waiting) for line in second.messages("dep")))
    with_gpu.call("DELETE", first.path)

    eventually(lambda: second.deployment(deployment)["status"], lambda status: status == "healthy")
    assert second.predict().json() == "0"


def test_hardware_with_more_gpus_than_the_machine_has_is_refused(with_gpu):
    """The deployment fails with the choices, before anything is installed."""
    endpoint = with_gpu.failed(SEEING, "Seeing", hardwareInstance="gpu-2")

    said = "The hardware gpu-2 has 2 GPUs and this machine has 1; choose one of cpu-sm, cpu-md,"
    assert endpoint.messages("dep")[-1].startswith(said)


def test_a_secret_cannot_name_another_gpu(with_gpu):
    """What a replica may use is not for its template to say."""
    secrets = [{"name": "CUDA_VISIBLE_DEVICES", "value": "0"}]

    assert with_gpu.deployed(SEEING, "Seeing", secrets=secrets).predict().json() == ""
