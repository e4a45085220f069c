"""Endpoints of models of the hub: found, fetched once, and served without the hub from then on."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor

import pytest

SIZE = 3_000_000


def told(endpoint):
    """Return what a replica was told, and the files that it finds."""
    answer = endpoint.predict(json={})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_naming_a_model_gives_an_endpoint(server, hub, classifier):
    """It is found, its template is generated, and its replica has the files that are needed."""
    files = {**classifier(b"w" * SIZE), "pytorch_model.bin": b"p" * SIZE}
    commit = hub.add("acme/sorter", files)
    endpoint = server.endpoint("acme/sorter")

    deployment = endpoint.deploy_and_wait()
    replica = told(endpoint)
    template = endpoint.api.call("GET", f"{endpoint.path}/custom-template").content

    assert deployment["status"] == "healthy", endpoint.messages("dep")
    assert replica["variables"]["OUTPOST_MODEL"] == f"acme/sorter@{commit}"
    assert replica["files"]["model.safetensors"] == SIZE
    assert "pytorch_model.bin" not in replica["files"]
    assert f"{SIZE / 1e6:.1f} of {SIZE / 1e6:.1f} MB (100 %)" in "".join(endpoint.messages("dep"))
    assert commit in "".join(endpoint.messages("dep"))
    assert endpoint.get()["taskType"] == "text-classification"
    assert commit in template.decode()
    ast.parse(template)


@pytest.mark.parametrize("kind", ["branch", "tag", "commit", "newest"])
def test_the_revision_is_a_branch_a_tag_or_a_commit(server, hub, classifier, kind):
    """None is the newest; what the deployment serves is a commit."""
    old = hub.add("acme/sorter", classifier(b"old"), revision="v1.0")
    hub.add("acme/sorter", classifier(b"old"), revision="feature/fast")
    new = hub.add("acme/sorter", classifier(b"newest"))
    asked = {"branch": "feature/fast", "tag": "v1.0", "commit": old, "newest": None}[kind]
    endpoint = server.endpoint("acme/sorter", revision=asked)

    endpoint.deploy_and_wait()

    commit = new if kind == "newest" else old
    assert told(endpoint)["variables"]["OUTPOST_MODEL"] == f"acme/sorter@{commit}"


def test_a_branch_that_moves_is_followed_by_the_next_deployment(server, hub, classifier):
    """The revision is resolved at each."""
    hub.add("acme/sorter", classifier(b"first"))
    endpoint = server.endpoint("acme/sorter")
    endpoint.deploy_and_wait()
    before = told(endpoint)["variables"]["OUTPOST_MODEL"]
    second = hub.add("acme/sorter", classifier(b"second"))

    endpoint.deploy_and_wait()

    assert before != told(endpoint)["variables"]["OUTPOST_MODEL"] == f"acme/sorter@{second}"


def test_templates_of_the_same_model_are_the_same_bytes(server, hub, classifier):
    """Before a deployment, after it, and for another endpoint."""
    hub.add("acme/sorter", classifier())
    endpoints = [server.endpoint("acme/sorter") for _ in range(2)]

    def templates():
        return {server.api.call("GET", f"{one.path}/custom-template").content for one in endpoints}

    before = templates()
    endpoints[0].deploy_and_wait()

    assert len(before) == 1
    assert before == templates()


def test_two_deployments_at_once_fetch_once(server, hub, classifier):
    """The second one waits for the first."""
    hub.add("acme/sorter", classifier(b"w" * SIZE))
    hub.faults.bytes_per_s = 3_000_000
    endpoints = [server.endpoint("acme/sorter") for _ in range(2)]

    with ThreadPoolExecutor() as pool:
        deployments = list(pool.map(lambda one: one.deploy_and_wait()["status"], endpoints))

    assert deployments == ["healthy", "healthy"]
    assert hub.sent == {"model.safetensors": SIZE}


def test_replicas_start_again_without_the_hub(serve, hub, classifier):
    """A restart of the server, and waking up, need nothing of it."""
    hub.add("acme/sorter", classifier())
    server = serve()
    endpoint = server.endpoint("acme/sorter")
    endpoint.deploy_and_wait()
    server.kill()
    hub.faults.status = 503
    asked = len(hub.requests)

    again = serve()
    replica = told(again.api.named(endpoint.name))

    assert "model.safetensors" in replica["files"]
    assert len(hub.requests) == asked


def test_a_killed_server_goes_on_with_what_had_come(serve, hub, classifier, eventually):
    """Nothing is left running, and the restart fetches the rest."""
    hub.add("acme/sorter", classifier(b"w" * SIZE))
    hub.faults.bytes_per_s = 1_000_000
    server = serve()
    endpoint = server.endpoint("acme/sorter")
    endpoint.deploy()
    eventually(lambda: hub.sent.get("model.safetensors", 0), lambda sent: sent > SIZE / 3)

    server.kill()
    hub.faults.bytes_per_s = None
    endpoint = serve().api.named(endpoint.name)
    eventually(endpoint.status, lambda status: status == "healthy")

    assert told(endpoint)["files"]["model.safetensors"] == SIZE
    assert hub.sent["model.safetensors"] < 1.5 * SIZE


def test_a_deleted_endpoint_stops_its_download(server, hub, classifier, eventually):
    """The connection to the hub ends with the deployment."""
    hub.add("acme/sorter", classifier(b"w" * SIZE))
    hub.faults.bytes_per_s = 200_000
    kept = children_of(server.process.pid)
    endpoint = server.endpoint("acme/sorter")
    endpoint.deploy()
    eventually(lambda: hub.sent.get("model.safetensors"))

    deleted = server.api.call("DELETE", endpoint.path)
    eventually(lambda: children_of(server.process.pid), lambda found: found == kept)

    assert deleted.status_code == 204
    assert hub.sent["model.safetensors"] < SIZE


def test_what_was_used_longest_ago_makes_room(serve, hub, classifier):
    """The bound holds; what a deployment serves from stays."""
    for name in ("acme/one", "acme/two", "acme/three", "acme/four"):
        hub.add(name, classifier(name.encode().ljust(SIZE)))
    server = serve(model_cache_gb=0.007)
    served = server.endpoint("acme/one")
    gone = server.endpoint("acme/two")
    for endpoint in (served, gone):
        assert endpoint.deploy_and_wait()["status"] == "healthy"
    server.api.call("DELETE", gone.path)

    third = server.endpoint("acme/three").deploy_and_wait()
    fourth = server.endpoint("acme/four")
    refused = fourth.deploy_and_wait()

    cache = server.data_folder / "models"
    assert third["status"] == "healthy"
    assert not (cache / "models--acme--two").exists()
    assert "model.safetensors" in told(served)["files"]
    assert refused["status"] == "failed"
    assert "--model-cache-gb" in fourth.messages("dep")[-1]


def test_the_cache_is_where_the_variables_say(serve, hub, classifier, tmp_path):
    """In the layout in which transformers looks for it."""
    commit = hub.add("acme/sorter", classifier())
    server = serve(variables={"HF_HOME": str(tmp_path / "home")})

    server.endpoint("acme/sorter").deploy_and_wait()

    repository = tmp_path / "home" / "hub" / "models--acme--sorter"
    assert (repository / "refs" / "main").read_text() == commit
    assert (repository / "snapshots" / commit / "model.safetensors").read_bytes() == b"w" * 1000


def test_a_truncated_file_in_the_cache_is_fetched_again(server, hub, classifier):
    """Sizes are compared at each deployment."""
    commit = hub.add("acme/sorter", classifier())
    endpoint = server.endpoint("acme/sorter")
    endpoint.deploy_and_wait()
    snapshot = server.data_folder / "models" / "models--acme--sorter" / "snapshots" / commit
    (snapshot / "model.safetensors").write_bytes(b"w" * 10)

    endpoint.deploy_and_wait()

    assert told(endpoint)["files"]["model.safetensors"] == 1000


def children_of(pid):
    """Return the processes that a server has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()
