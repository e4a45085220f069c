"""Models that are not for everybody, and keys of the hub."""

from __future__ import annotations

import pytest

KEY = "hf_only-for-those-who-may"


@pytest.fixture
def gated(hub, classifier):
    """The name of a model that needs a key."""
    hub.add("acme/gated", classifier(), is_gated=True, readers={KEY})
    hub.tokens.add("hf_of-somebody-else")
    return "acme/gated"


def failure(endpoint):
    assert endpoint.deploy_and_wait()["status"] == "failed"
    return endpoint.messages("dep")[-1]


def test_a_gated_model_is_fetched_with_the_key_that_is_named(server, hub, gated, contents):
    """The key is in no file in clear, in no log, and no replica has it; no other host sees it."""
    endpoint = server.endpoint(gated, key_id=server.keep_key(KEY))

    deployment = endpoint.deploy_and_wait()
    replica = endpoint.predict(json={}).text
    template = server.api.call("GET", f"{endpoint.path}/custom-template").text

    assert deployment["status"] == "healthy", endpoint.messages("dep")
    assert KEY not in replica + template + server.api.call("GET", endpoint.path).text
    assert not [path for path, held in contents(server.data_folder).items() if KEY.encode() in held]
    assert hub.strangers == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("hf_of-somebody-else", "has no access"),
        ("hf_revoked", "does not accept the key"),
        ("not a key", "no token of a hub"),
    ],
)
def test_a_key_that_does_not_open_the_model(server, gated, key, said):
    """The reason does not show it."""
    endpoint = server.endpoint(gated, key_id=server.keep_key(key))

    message = failure(endpoint)

    assert said in message
    assert key not in message


def test_a_key_that_is_unknown_or_of_another_user_is_refused_at_creation(server, gated):
    """With the name of the field."""
    other = server.sign_up("eve")
    of_other = server.keep_key(KEY, "--user", "eve")

    answers = [
        server.create(huggingfaceModel={"id": gated, "keyId": key}) for key in ("k1", of_other)
    ]
    own = server.create(other, huggingfaceModel={"id": gated, "keyId": of_other})

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "huggingfaceModel.keyId" in answers[0].json()["message"]
    assert own.status_code == 201


def test_a_gated_model_in_the_cache_is_not_for_who_has_no_key(server, gated):
    """The hub is asked at each deployment."""
    allowed = server.endpoint(gated, key_id=server.keep_key(KEY))
    allowed.deploy_and_wait()
    eve = server.sign_up("eve")

    assert "gated" in failure(server.endpoint(gated, api=eve))
    assert allowed.predict(json={}).status_code == 200


def test_without_the_hub_a_gated_model_is_for_who_had_it(serve, gated):
    """HF_HUB_OFFLINE: nobody can ask whether others may have it."""
    server = serve()
    server.sign_up("mallory")
    eve = server.sign_up("eve")
    with_key = server.endpoint(gated, api=eve, key_id=server.keep_key(KEY, "--user", "eve"))
    assert with_key.deploy_and_wait()["status"] == "healthy"
    server.kill()

    offline = serve(variables={"HF_HUB_OFFLINE": "1"})
    eve.base_url = offline.base_url
    other = offline.sign_up("trent")

    assert offline.endpoint(gated, api=eve).deploy_and_wait()["status"] == "healthy"
    assert "those who have deployed it before" in failure(offline.endpoint(gated, api=other))


def test_a_key_that_has_been_removed_fails_the_deployment(server, gated):
    """The endpoint keeps its id only."""
    endpoint = server.endpoint(gated, key_id=server.keep_key(KEY))
    server.command("token", "remove", "my hub")

    assert "keyId" in failure(endpoint)
