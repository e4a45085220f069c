"""Models that cannot be had: the deployment fails soon, with one line that says what to do."""

from __future__ import annotations

import socket
import time

import pytest

from outpost_server.models.cache import Cache
from outpost_server.models.hub.client import RESOLVE_S, STALL_S, HubClient
from outpost_server.models.model import ModelRefused

pytestmark = pytest.mark.anyio

# What it may take at most until a deployment has failed whose hub is away.
SOON_S = 30


def why_it_fails(endpoint):
    began = time.monotonic()
    deployment = endpoint.deploy_and_wait()
    assert deployment["status"] == "failed"
    assert time.monotonic() - began < SOON_S
    last = endpoint.logs("dep")[-1]["data"]
    assert last.get("exc_info") is None
    return last["message"]


@pytest.fixture
def client(hub, tmp_path):
    """A client of the hub with short deadlines."""
    environment = {"HF_ENDPOINT": hub.url}
    return HubClient(Cache(tmp_path / "hub"), environment, resolve_s=4, stall_s=2)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"model": "acme/unknown"}, "no model acme/unknown"),
        ({"model": "acme/sorter", "revision": "v9"}, "no revision 'v9'"),
        ({"model": "acme/sorter", "revision": "f" * 40}, "no revision"),
        ({"model": "acme/../sorter"}, "huggingfaceModel.id"),
        ({"model": "acme/sorter", "revision": "../../main"}, "revision:"),
        ({"model": "acme/pickled"}, "allow_pickle"),
        ({"model": "acme/empty"}, "no weights"),
        ({"model": "acme/broken"}, "config.json cannot be read"),
        ({"model": "acme/gated"}, "gated: ask for access"),
        ({"model": "acme/private"}, "if it is private"),
    ],
)
def test_a_model_that_cannot_be_had(server, hub, classifier, form, said):
    """Each reason names the field or the file, and the way out."""
    files = classifier()
    hub.add("acme/sorter", files)
    hub.add("acme/gated", files, is_gated=True)
    hub.add("acme/private", files, is_private=True)
    hub.add("acme/broken", {**files, "config.json": b"{"})
    weights = files.pop("model.safetensors")
    hub.add("acme/empty", files)
    hub.add("acme/pickled", {**files, "pytorch_model.bin": weights})

    message = why_it_fails(server.endpoint(**form))

    assert said in message
    assert hub.sent == {}


def test_a_hub_that_is_out_of_order(server, hub):
    """Its status is told."""
    hub.faults.status = 503

    message = why_it_fails(server.endpoint("acme/sorter"))

    assert "status 503" in message
    assert "HF_HUB_OFFLINE=1" in message


def test_a_hub_that_is_down(serve):
    """Nothing listens there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        server = serve(variables={"HF_ENDPOINT": f"http://me:secret@{address}"})

        message = why_it_fails(server.endpoint("acme/sorter"))

    assert f"The hub {address} could not be reached" in message
    assert "HF_ENDPOINT" in message
    assert "modelSource: folder" in message
    assert "secret" not in message


async def test_a_hub_that_accepts_and_is_silent(client, hub):
    """It has a deadline of ours, whatever its client would wait for."""
    hub.faults.silent = True

    with pytest.raises(ModelRefused, match="did not say within 4 s"):
        await client.resolve("acme/sorter", "main", None)

    assert RESOLVE_S < SOON_S
    assert STALL_S < SOON_S


async def test_a_download_that_stalls_goes_on_at_the_next_attempt(client, hub, classifier):
    """What has come is kept."""
    size = 3_000_000
    hub.add("acme/sorter", classifier(b"w" * size))
    model = await client.resolve("acme/sorter", "main", None)
    hub.faults.stall_after = size // 2

    with pytest.raises(ModelRefused, match="Nothing came from the hub"):
        await client.fetch(model, model.facts.files, None, lambda size: None)
    hub.faults.stall_after = None
    await client.fetch(model, model.facts.files, None, lambda size: None)

    assert (model.folder / "model.safetensors").stat().st_size == size
    assert hub.sent["model.safetensors"] < 1.5 * size


async def test_connections_that_are_cut_are_taken_up_again(client, hub, classifier):
    """Within one deployment."""
    size = 400_000
    hub.add("acme/sorter", classifier(b"w" * size))
    model = await client.resolve("acme/sorter", "main", None)
    hub.faults.cut_after = 200_000

    await client.fetch(model, model.facts.files, None, lambda size: None)

    assert (model.folder / "model.safetensors").read_bytes() == b"w" * size


async def test_a_file_of_another_size_than_the_hub_says(client, hub, classifier):
    """It is not kept."""
    hub.add("acme/sorter", classifier())
    hub.faults.says_bytes = 2000
    model = await client.resolve("acme/sorter", "main", None)

    with pytest.raises(ModelRefused, match="another size than the hub says"):
        await client.fetch(model, model.facts.files, None, lambda size: None)

    assert not (model.folder / "model.safetensors").exists()


async def test_a_file_of_other_bytes_than_the_hub_says(client, hub, classifier):
    """Its SHA-256 is taken, as what had come before may be of anything."""
    hub.add("acme/sorter", classifier())
    model = await client.resolve("acme/sorter", "main", None)
    blobs = model.folder.parents[1] / "blobs"
    digest = model.digests["model.safetensors"]
    (blobs / f"{digest}.outpost.incomplete").write_bytes(b"x" * 500)

    with pytest.raises(ModelRefused, match="came damaged"):
        await client.fetch(model, model.facts.files, None, lambda size: None)
    await client.fetch(model, model.facts.files, None, lambda size: None)

    assert (model.folder / "model.safetensors").read_bytes() == b"w" * 1000


async def test_a_disk_that_fills_up_in_the_middle(client, hub, classifier):
    """The kernel itself refuses what is written to this file; nobody waits for the others."""
    shards = {"a.safetensors": b"a" * 1000, "b.safetensors": b"b" * 30_000_000}
    hub.add("acme/sorter", {**classifier(), **shards})
    hub.faults.bytes_per_s = 500_000
    model = await client.resolve("acme/sorter", "main", None)
    blobs = model.folder.parents[1] / "blobs"
    digest = model.digests["a.safetensors"]
    (blobs / f"{digest}.outpost.incomplete").symlink_to("/dev/full")
    began = time.monotonic()

    with pytest.raises(ModelRefused, match="The disk is full"):
        await client.fetch(model, model.facts.files, None, lambda size: None)

    assert time.monotonic() - began < 30


def test_a_model_that_the_disk_has_no_room_for(serve, hub, classifier):
    """It is refused before anything is fetched."""
    hub.add("acme/sorter", classifier())
    hub.faults.says_bytes = 10**15
    server = serve(model_cache_gb=1e9)

    message = why_it_fails(server.endpoint("acme/sorter"))

    assert "needs 1,000,000,000 MB more on the disk" in message
    assert hub.sent == {}


def test_a_task_that_does_not_fit_or_does_not_exist(server, hub, classifier):
    """What does not exist is refused at creation, with the choices."""
    hub.add("acme/sorter", classifier())

    refused = server.create(huggingfaceModel={"id": "acme/sorter"}, taskType="text-clasification")
    message = why_it_fails(server.endpoint("acme/sorter", taskType="object-detection"))

    assert refused.status_code == 422
    assert "text-classification" in refused.json()["message"]
    assert "text-classification" in message


def test_a_container_that_lacks_what_the_task_needs(server, hub, classifier):
    """The reason names those that have it."""
    hub.add("acme/sorter", classifier())
    endpoint = server.endpoint("acme/sorter", prebuiltContainerDetails={"name": "sklearn"})

    assert "transformers" in why_it_fails(endpoint)


def test_a_template_that_cannot_be_generated_says_why(server, hub):
    """Also where there is no deployment."""
    endpoint = server.endpoint("acme/unknown")

    answer = server.api.call("GET", f"{endpoint.path}/custom-template")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_custom_template")
    assert "no model acme/unknown" in answer.json()["message"]


def test_models_of_repositories_at_outpost(server):
    """They are refused plainly."""
    endpoint = server.endpoint(modelSource="outpost", outpostModel={"fullName": "acme/sorter"})

    assert "does not serve models from its repositories" in why_it_fails(endpoint)


def test_without_the_hub_only_what_has_been_fetched_is_served(serve, hub, classifier):
    """HF_HUB_OFFLINE: nothing is asked for."""
    hub.add("acme/sorter", classifier())
    online = serve()
    template = online.endpoint("acme/sorter")
    template.deploy_and_wait()
    before = online.api.call("GET", f"{template.path}/custom-template").content
    online.kill()
    asked = len(hub.requests)

    offline = serve(variables={"HF_HUB_OFFLINE": "1"})
    here = offline.endpoint("acme/sorter")
    deployment = here.deploy_and_wait()
    message = why_it_fails(offline.endpoint("acme/other"))

    assert deployment["status"] == "healthy"
    assert offline.api.call("GET", f"{here.path}/custom-template").content == before
    assert "not in the cache" in message
    assert len(hub.requests) == asked
