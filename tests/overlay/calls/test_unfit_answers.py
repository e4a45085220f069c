"""Successes that are not what the API documents: nothing of it is there, or a client is strict."""

import copy
from typing import Any, Callable, Dict

import pytest

from outpost_api.api.user import get_user
from outpostkit import AsyncFinetuningService, FinetuningService
from outpostkit.exceptions import OutpostError, UnreadableResponseError

NOT_A_USER = [
    {"error": "login required"},
    {},
    {"id": 5, "name": ["x"]},
    [],
    "ok",
    None,
    True,
]


@pytest.mark.parametrize("body", NOT_A_USER)
def test_something_else_altogether_is_no_user(sdk, server, body: Any) -> None:
    """Of a gateway, say: none of the fields that a user must have is there."""
    server.on("GET", "/v1/user", server.json(body))

    with pytest.raises(UnreadableResponseError, match="getUser: status 200: expected UserDetails"):
        sdk.do(sdk.user)


def test_a_user_without_some_fields_is_one(sdk, server) -> None:
    """A missing field is None, and a value of another type stays."""
    server.on("GET", "/v1/user", server.json({"name": "aj-ya", "displayName": 5}))

    user = sdk.do(sdk.user)

    assert (user.name, user.id, user.displayName) == ("aj-ya", None, 5)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"error": "x"}], "expected List"),
        ([{}], "expected List"),
        ({"logs": []}, "expected List"),
    ],
)
def test_items_that_are_none_are_no_list(sdk, server, body: Any, words: str) -> None:
    """One that fits is enough: a wrong one costs no more than itself."""
    server.on("GET", "/v1/endpoints/aj-ya/echo/logs", server.json(body))

    with pytest.raises(UnreadableResponseError, match=words):
        sdk.do(lambda client: sdk.endpoint(client).get_logs())


ENDPOINT = "/v1/endpoints/aj-ya/echo"
#: What is called, what it asks, an answer without the one field, and where that would be.
METHODS: "Dict[str, tuple[str, str, Callable[[Any, Any], Any], Any, str]]" = {
    "status": ("GET", f"{ENDPOINT}/status", lambda sdk, c: sdk.endpoint(c).status(),
               {"status": 5}, "status"),
    "status of null": ("GET", f"{ENDPOINT}/status", lambda sdk, c: sdk.endpoint(c).status(),
                       {"status": None}, "status"),
    "list": ("GET", "/v1/endpoints/aj-ya", lambda sdk, c: sdk.Endpoints(c, "aj-ya").list(),
             {"total": 1}, r"\$.endpoints: expected list, got null"),
    "list of text": ("GET", "/v1/endpoints/aj-ya", lambda sdk, c: sdk.Endpoints(c, "aj-ya").list(),
                     {"total": 1, "endpoints": "none"}, r"\$.endpoints: .* got string"),
    "deployments": ("GET", f"{ENDPOINT}/deployments",
                    lambda sdk, c: sdk.endpoint(c).list_deployments(),
                    {"total": 0, "deployments": None}, r"\$.deployments: expected list"),
    "deploy": ("POST", f"{ENDPOINT}/deployments", lambda sdk, c: sdk.endpoint(c).deploy(),
               {"id": None}, "id"),
    "predictor": ("GET", ENDPOINT, lambda sdk, c: sdk.endpoint(c).get_prediction_client(),
                  {"name": "echo", "status": "healthy"}, r"\$.predictionPath: expected str"),
    "domain": ("GET", ENDPOINT, lambda sdk, c: sdk.endpoint(c).get_prediction_client(),
               {"predictionPath": "/p", "healthcheckPath": "/h", "primaryDomain": {}},
               r"\$.primaryDomain"),
    "waiting": ("GET", ENDPOINT, lambda sdk, c: sdk.endpoint(c).wait_until_healthy(),
                {"name": "echo"}, r"\$.status: expected str"),
    "jobs": ("GET", "/v1/finetunings/aj-ya/echo/jobs", lambda sdk, c: service(sdk, c).list_jobs(),
             {"total": 1}, r"\$.jobs: expected list"),
}  # fmt: skip


def service(sdk: Any, client: Any) -> Any:
    """A finetuning service."""
    kind = AsyncFinetuningService if sdk.is_async else FinetuningService
    return kind(client, "aj-ya", "echo")


@pytest.mark.parametrize("row", METHODS)
def test_a_method_does_not_go_on_without_what_it_is_about(sdk, server, row: str) -> None:
    """Nor give the text 'None' for it, or a list that cannot be iterated over."""
    method, path, call, body, words = METHODS[row]
    server.on(method, path, server.json(body))

    with pytest.raises(UnreadableResponseError, match=words):
        sdk.do(lambda client: call(sdk, client))


def changed(user: Dict[str, Any], path: str, value: Any) -> Dict[str, Any]:
    """A user in whom one value is another, or gone."""
    found = copy.deepcopy(user)
    *way, last = path.split(".")
    inner = found
    for step in way:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("id", ..., "missing required field `id`"),
        ("stats.followers_count", ..., "missing required field `followers_count`"),
        ("displayName", 5, "Expected `str`, got `int`"),
        ("stats.followers_count", "many", "Expected `int`, got `str`"),
        ("socials", {"x": 1}, "Expected `str`, got `int`"),
        ("stats", None, "Expected `object`, got `null`"),
    ],
)
@pytest.mark.parametrize("how", ["client", "option"])
def test_a_strict_client_wants_all_of_it(
    sdk, server, path: str, value: Any, words: str, how: str
) -> None:
    """At every depth; the error names the operation and the place."""
    server.on("GET", "/v1/user", server.json(changed(server.user, path, value)))
    options = {"strict": True} if how == "client" else {}

    def user(client: Any) -> Any:
        return sdk.user(client.with_options(strict=True) if how == "option" else client)

    sdk.do(sdk.user)
    with pytest.raises(UnreadableResponseError, match=words) as caught:
        sdk.do(user, **options)

    assert caught.value.operation_id == "getUser"
    assert str(caught.value).startswith("getUser: status 200: $")
    parent = path.rpartition(".")[0]
    assert caught.value.path.startswith(f"$.{parent}" if parent else "$")


def test_a_strict_client_takes_what_is_documented(sdk, server) -> None:
    """And what is new: fields and members of enumerations that a later server has."""
    server.on("GET", "/v1/user", server.json({**server.user, "new": [1]}))
    server.on("GET", f"{ENDPOINT}/status", server.json({"status": "dreaming"}))

    assert sdk.do(sdk.user, strict=True).name == "aj-ya"
    assert sdk.do(lambda client: sdk.endpoint(client).status(), strict=True) == "dreaming"


@pytest.mark.parametrize("way", ["send", "call", "raw", "stream"])
def test_every_way_to_call_is_strict(sdk, server, way: str) -> None:
    """Of the client, and of resources and their raw answers."""
    server.on("GET", "/v1/user", server.json({"name": "aj-ya"}))

    def blocking(client: Any) -> Any:
        if way == "stream":
            with client.stream(get_user.plan()) as answer:
                return answer.parse()
        return (client.with_raw_response.call if way == "raw" else getattr(client, way))(
            get_user.plan()
        )

    async def asynchronous(client: Any) -> Any:
        if way == "stream":
            async with client.stream(get_user.plan()) as answer:
                return await answer.parse()
        return await (client.with_raw_response.call if way == "raw" else getattr(client, way))(
            get_user.plan()
        )

    call = asynchronous if sdk.is_async else blocking
    sdk.do(call)
    with pytest.raises(UnreadableResponseError, match="missing required field"):
        sdk.do(call, strict=True)


def test_a_strict_client_reads_errors_as_they_are(sdk, server) -> None:
    """The status says what went wrong, whatever the body says."""
    server.on("GET", "/v1/user", server.json({"odd": True}, 404))

    with pytest.raises(OutpostError) as caught:
        sdk.do(sdk.user, strict=True)

    assert type(caught.value).__name__ == "NotFoundError"


def test_what_is_wrong_is_told_without_the_token(sdk, server) -> None:
    """A server may send it back."""
    server.on("GET", "/v1/endpoints/aj-ya", server.json({"total": server.token, "endpoints": 1}))

    with pytest.raises(UnreadableResponseError) as caught:
        sdk.do(lambda client: sdk.Endpoints(client, "aj-ya").list())

    assert server.token not in str(caught.value)
    assert server.token.encode() not in caught.value.content


def test_an_answer_that_cannot_be_read_has_no_context_with_its_body(sdk, server) -> None:
    """A monitor collects that too, though no traceback shows it."""
    server.on("GET", "/v1/user", server.json([server.token]))

    with pytest.raises(UnreadableResponseError) as caught:
        sdk.do(sdk.user)

    assert caught.value.__context__ is caught.value.__cause__ is None
