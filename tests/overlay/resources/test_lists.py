"""What lists answer with: sequences of objects that have methods and their data."""

import pickle
from typing import Any

import anyio
import pytest

from outpost_api.models import EndpointListResponse, EndpointResource
from outpostkit import AsyncClient, AsyncEndpoint, Client, Endpoint, FinetuningJob
from outpostkit.exceptions import ConfigurationError, NotFoundError, UnreadableResponseError

LISTED = "/v1/endpoints/aj-ya"


@pytest.fixture
def two(server) -> None:
    """A server with the endpoints echo and shout."""
    shout = server.endpoint("shout", status="failed")
    answer = {"total": 2, "endpoints": [server.endpoint("echo"), shout]}
    server.on("GET", LISTED, server.json(answer))


def listed(sdk: Any) -> Any:
    """The endpoints of aj-ya."""
    return sdk.do(lambda client: sdk.Endpoints(client, "aj-ya").list())


def test_a_list_of_endpoints_is_a_sequence(sdk, two) -> None:
    """As any list: its length, one, some, all, backwards, and whether there are any."""
    found = listed(sdk)

    assert [each.name for each in found] == ["echo", "shout"]
    assert [each.name for each in reversed(found)] == ["shout", "echo"]
    assert (len(found), bool(found), found[0].name, found[-1].name) == (2, True, "echo", "shout")
    assert [each.name for each in found[1:]] == ["shout"]
    assert found.index(found[1]) == 1


def test_an_empty_list_is_false(sdk, server) -> None:
    """As any list."""
    server.on("GET", LISTED, server.json({"total": 0, "endpoints": []}))

    assert not listed(sdk)


def test_what_is_no_item_is_kept_as_it_came_and_addresses_nothing(sdk, server) -> None:
    """The others of the answer are there, too."""
    server.on("GET", LISTED, server.json({"total": 1, "endpoints": [None]}))

    found = listed(sdk)

    assert found.endpoints == [None]
    with pytest.raises(UnreadableResponseError, match="item 0 of endpoints is no object"):
        found[0]


def test_an_endpoint_of_a_list_has_methods_and_its_data(sdk, server, two) -> None:
    """Without another question."""
    server.on("DELETE", "/v1/endpoints/aj-ya/shout", server.empty(204))

    shout = listed(sdk)[1]

    assert type(shout) is sdk.Endpoint
    assert (shout.details.status, len(server.requests)) == ("failed", 1)
    sdk.do(lambda client: sdk.Endpoint(client, full_name=shout.fullName).delete())


def test_a_list_keeps_the_fields_of_the_answer(sdk, two) -> None:
    """For programs that read those, and as an object of the same class."""
    found = listed(sdk)

    assert (found.total, [type(each) for each in found.endpoints]) == (2, [EndpointResource] * 2)
    assert isinstance(found, EndpointListResponse)
    assert found == EndpointListResponse(2, found.endpoints)
    assert found.to_dict()["total"] == 2
    assert vars(found) == {"total": 2, "endpoints": found.endpoints}


def test_a_list_knows_what_is_in_it(sdk, two) -> None:
    """By the object, by one that addresses the same, by name, and by name with the entity."""
    found = listed(sdk)

    assert found[0] in found
    assert "echo" in found
    assert "aj-ya/echo" in found
    assert "nobody" not in found
    assert 7 not in found
    assert sdk.do(_is_in(sdk, found, "shout"))
    assert not sdk.do(_is_in(sdk, found, "nobody"))


def _is_in(sdk: Any, found: Any, name: str) -> Any:
    """Ask whether an endpoint that was only addressed is in a list."""

    def blocking(client: Any) -> bool:
        return sdk.Endpoint(client, "aj-ya", name) in found

    async def awaited(client: Any) -> bool:
        return blocking(client)

    return awaited if sdk.is_async else blocking


def test_a_list_says_what_is_in_it(sdk, server, two) -> None:
    """In a line that stays short."""
    kind = sdk.Endpoint.__name__

    assert repr(listed(sdk)) == f"<EndpointList of 2: {kind}('aj-ya/echo'), {kind}('aj-ya/shout')>"


def test_a_long_list_shows_its_beginning(sdk, server) -> None:
    """And how many more there are."""
    endpoints = [server.endpoint(f"e{number}") for number in range(25)]
    server.on("GET", LISTED, server.json({"total": 25, "endpoints": endpoints}))

    assert repr(listed(sdk)).endswith("aj-ya/e19'), and 5 more>")


def test_a_list_goes_to_other_processes(server, two, monkeypatch) -> None:
    """With objects that work there."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", server.token)
    server.on("GET", "/v1/endpoints/aj-ya/echo/status", server.json({"status": "healthy"}))

    with Client(base_url=server.base_url) as client:
        found = pickle.loads(pickle.dumps(client.endpoints("aj-ya").list()))

    assert found[0].status() == "healthy"


def test_an_endpoint_is_got_by_its_name(sdk, server) -> None:
    """With its data."""
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json(server.endpoint(taskType="ner")))

    found = sdk.do(lambda client: sdk.Endpoints(client, "aj-ya").get("echo"))

    assert (type(found), found.fullName, found.details.taskType) == (
        sdk.Endpoint,
        "aj-ya/echo",
        "ner",
    )


def test_getting_an_endpoint_that_there_is_not_fails(sdk, server) -> None:
    """It is not only addressed."""
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json({"message": "No."}, 404))

    with pytest.raises(NotFoundError):
        sdk.do(lambda client: sdk.Endpoints(client, "aj-ya").get("echo"))


@pytest.mark.parametrize("name", ["", "a/b", None, 7])
def test_getting_by_what_is_no_name_asks_nobody(sdk, server, name) -> None:
    """The error names the argument."""
    with pytest.raises(ConfigurationError, match="name"):
        sdk.do(lambda client: sdk.Endpoints(client, "aj-ya").get(name))

    assert server.requests == []


def test_data_are_those_that_came_last(sdk, server) -> None:
    """Whichever method brought them; before the first there are none."""
    path = "/v1/endpoints/aj-ya/echo"
    server.on("GET", path, server.json(server.endpoint(status="healthy")))
    server.on("PUT", path, server.json(server.endpoint(taskType="ner")))
    with Client("token") as client:
        endpoint = Endpoint(client, "aj-ya", "echo")
        with pytest.raises(ConfigurationError, match="call get"):
            _ = endpoint.details

    async def awaited(client: AsyncClient) -> AsyncEndpoint:
        other = AsyncEndpoint(client, "aj-ya", "echo")
        await other.get()
        await other.update(task_type="ner")
        return other

    def blocking(client: Client) -> Endpoint:
        other = Endpoint(client, "aj-ya", "echo")
        other.get()
        other.update(task_type="ner")
        return other

    assert sdk.do(awaited if sdk.is_async else blocking).details.taskType == "ner"


def test_deployments_of_an_answer_are_a_sequence_of_records(sdk, server) -> None:
    """They have no methods of their own."""
    deployments = [server.deployment("d1", "healthy"), server.deployment("d0", "replaced")]
    server.on(
        "GET",
        "/v1/endpoints/aj-ya/echo/deployments",
        server.json({"total": 7, "deployments": deployments}),
    )

    found = sdk.do(lambda client: sdk.endpoint(client).list_deployments(limit=2))

    assert [each.id for each in found] == ["d1", "d0"]
    assert (found.total, found.deployments[0] in found) == (7, True)


SERVICE = {
    "id": "s",
    "name": "chat",
    "fullName": "aj-ya/chat",
    "taskType": "clm_sft",
    "dataset": "aj-ya/talk",
    "trainPath": "train.csv",
    "validPath": "valid.csv",
    "createdAt": "2024-03-25T10:00:00.000Z",
    "updatedAt": "2024-03-25T10:05:00.000Z",
}


def test_finetunings_and_their_jobs_are_sequences_of_objects(server) -> None:
    """With methods and data, as endpoints are."""
    job = {"id": "j1", "status": "queued", "createdAt": "2024-03-25T10:00:00.000Z"}
    server.on("GET", "/v1/finetunings/aj-ya", server.json({"total": 1, "finetunings": [SERVICE]}))
    server.on("GET", "/v1/finetunings/aj-ya/chat", server.json(SERVICE))
    server.on("GET", "/v1/finetunings/aj-ya/chat/jobs", server.json({"total": 1, "jobs": [job]}))

    with Client("token", base_url=server.base_url) as client:
        services = client.finetunings("aj-ya").list()
        jobs = services[0].list_jobs()

        assert (services[0].details.dataset, "chat" in services) == ("aj-ya/talk", True)
        assert client.finetunings("aj-ya").get("chat").details.fullName == "aj-ya/chat"

    assert [(type(each), each.job_id, each.details.status) for each in jobs] == [
        (FinetuningJob, "j1", "queued")
    ]
    assert ("j1" in jobs, "chat" in jobs) == (True, False)


def test_finetunings_are_sequences_of_objects_in_async_code(server) -> None:
    """The same, awaited."""
    server.on("GET", "/v1/finetunings/aj-ya", server.json({"total": 1, "finetunings": [SERVICE]}))

    async def main() -> Any:
        async with AsyncClient("token", base_url=server.base_url) as client:
            return [each.fullName for each in await client.finetunings("aj-ya").list()]

    assert anyio.run(main) == ["aj-ya/chat"]


def test_entries_of_a_repository_are_a_sequence(server) -> None:
    """Those of a folder, and those that a search finds."""
    entry = {"type": "file", "path": "a.txt", "name": "a.txt", "hash": "0" * 40, "size": 1}
    root = "/v1/git/tree/model/aj-ya/bert"
    tree = {"commit": "c", "path": "", "entries": [entry]}
    server.on("GET", f"{root}/view/HEAD/", server.json(tree))
    server.on("GET", f"{root}/search", server.json({**tree, "total": 9}))

    with Client("token", base_url=server.base_url) as client:
        repository = client.repositories("aj-ya").get("bert")

        assert [each.path for each in repository.view_tree()] == ["a.txt"]
        found = repository.search_tree("a")
    assert (len(found), found.total) == (1, 9)
