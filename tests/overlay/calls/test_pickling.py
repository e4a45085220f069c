"""Clients, and what is made with them, in other processes."""

import copy
import multiprocessing
import pickle
import ssl
import traceback
from typing import Any, Callable, Dict, List

import httpx
import pytest

from outpostkit import (
    AsyncClient,
    AsyncEndpoint,
    AsyncPredictor,
    Client,
    Endpoint,
    Endpoints,
    Finetunings,
    FinetuningService,
    Predictor,
    Repository,
    RetryPolicy,
    Team,
    User,
)
from outpostkit.exceptions import ConfigurationError, MissingTokenError

TOKEN = "op_a-token-of-this-process"

#: What is made with a client, by its name.
MADE: Dict[str, Callable[[Client], Any]] = {
    "Client": lambda client: client,
    "with_options": lambda client: client.with_options(retries=2, headers={"X-Team": "blue"}),
    "Endpoint": lambda client: Endpoint(client, "aj-ya", "echo"),
    "Endpoints": lambda client: Endpoints(client, "aj-ya"),
    "endpoints": lambda client: client.endpoints(),
    "Finetunings": lambda client: Finetunings(client, "aj-ya"),
    "FinetuningService": lambda client: FinetuningService(client, "aj-ya", "chat"),
    "Predictor": lambda client: Predictor(client, "http://127.0.0.1:9", "/p", "/h"),
    "Repository": lambda client: Repository(client, "model", "aj-ya", "bert"),
    "Team": lambda client: Team(client, "crew"),
    "User": lambda client: User(client),
}
ASYNC_MADE: Dict[str, Callable[[AsyncClient], Any]] = {
    "AsyncClient": lambda client: client,
    "AsyncEndpoint": lambda client: AsyncEndpoint(client, "aj-ya", "echo"),
    "AsyncPredictor": lambda client: AsyncPredictor(client, "http://127.0.0.1:9", "/p", "/h"),
}


def made(name: str) -> Any:
    """Something made with a client of this process."""
    if name in MADE:
        return MADE[name](Client(TOKEN, base_url="http://127.0.0.1:9/v1"))
    return ASYNC_MADE[name](AsyncClient(TOKEN, base_url="http://127.0.0.1:9/v1"))


of_each = pytest.mark.parametrize("name", [*MADE, *ASYNC_MADE])


@of_each
def test_a_pickle_has_no_token(name: str) -> None:
    """Whoever reads it cannot call the API."""
    assert TOKEN.encode() not in pickle.dumps(made(name))


@of_each
def test_over_there_it_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the token that is there."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", "op_another")
    one = made(name)

    assert repr(pickle.loads(pickle.dumps(one))) == repr(one)


@of_each
def test_without_a_token_over_there_it_is_refused(name: str) -> None:
    """Where it is unpickled, and not with the first call; the error says what to set."""
    written = pickle.dumps(made(name))

    with pytest.raises(MissingTokenError, match="OUTPOST_API_TOKEN"):
        pickle.loads(written)


@of_each
def test_copies_work_without_a_token_in_the_environment(name: str) -> None:
    """They stay here, so they keep theirs."""
    one = made(name)

    assert repr(copy.deepcopy(one)) == repr(copy.copy(one)) == repr(one)


def test_copies_share_connections(server) -> None:
    """Closing one closes all."""
    server.on("GET", "/v1/user", server.json(server.user))
    client = Client(TOKEN, base_url=server.base_url)

    assert copy.deepcopy(client).user.name == copy.copy(client).user.name == "aj-ya"
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        _ = copy.deepcopy(client).user


def test_settings_travel(server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where to, how patiently, with which headers; the token is that of the other side."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", "op_another")
    server.on("GET", "/v1/user", server.json({}, 500), server.json(server.user))
    client = Client(TOKEN, base_url=server.base_url, headers={"X-Team": "blue"})
    client = client.with_options(query={"a": "1"}, retry=RetryPolicy(initial_delay=0.01))

    assert pickle.loads(pickle.dumps(client)).user.name == "aj-ya"

    sent = server.last
    assert (sent.headers["X-Team"], sent.args["a"]) == ("blue", "1")
    assert sent.headers["Authorization"] == "Bearer op_another"


def test_what_goes_together_shares_connections_over_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it did here."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", "op_another")
    client = Client(TOKEN)

    one, other = pickle.loads(pickle.dumps((client, Endpoint(client, "aj-ya", "echo"))))

    one.close()
    with pytest.raises(ConfigurationError, match="closed"):
        other.get()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("transport", httpx.HTTPTransport()),
        ("mounts", {"http://": httpx.HTTPTransport()}),
        ("verify", ssl.create_default_context()),
        ("event_hooks", {"request": [lambda request: None]}),
        ("cookies", {"session": "s3cr3t"}),
        ("headers", {"Authorization": "Bearer s3cr3t"}),
        ("proxy", "http://me:s3cr3t@127.0.0.1:9"),
        ("retry", RetryPolicy(on_retry=lambda event: None)),
    ],
)
def test_what_cannot_travel_is_named(option: str, value: Any) -> None:
    """And never shown, neither by the error nor by the variables of our frames."""
    options: Dict[str, Any] = {option: value}
    with pytest.raises(ConfigurationError, match=f"^{option}: ") as caught:
        pickle.dumps(Client(TOKEN, **options))

    shown = [
        repr(frame.f_locals)
        for frame, _ in traceback.walk_tb(caught.tb)
        if frame.f_globals["__name__"].startswith("outpostkit.")
    ]
    assert "s3cr3t" not in f"{caught.value} {shown}"


def test_a_secret_header_of_some_calls_does_not_travel_either() -> None:
    """It is named."""
    client = Client(TOKEN).with_options(headers={"X-Api-Key": "s3cr3t"})

    with pytest.raises(ConfigurationError, match="X-Api-Key"):
        pickle.dumps(client)


def test_a_client_of_a_subclass_travels_with_its_own_attributes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Programs derive from ours."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", "op_another")
    client = Mine(TOKEN)
    client.label = "blue"

    assert pickle.loads(pickle.dumps(client)).label == "blue"


class Mine(Client):
    """A client that has something more."""

    label = ""


def names_of(client: Client, count: int) -> List[str]:
    """Ask who the user is; runs in another process."""
    return [client.user.name for _ in range(count)]


def test_a_client_works_in_a_fresh_process(server, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has nothing of this one but its environment."""
    monkeypatch.setenv("OUTPOST_API_TOKEN", TOKEN)
    server.on("GET", "/v1/user", server.json(server.user))

    with multiprocessing.get_context("spawn").Pool(1) as pool, Client(
        base_url=server.base_url
    ) as client:
        assert pool.apply(names_of, (client, 2)) == ["aj-ya", "aj-ya"]


def test_joblib_calls_with_a_predictor(server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes are fresh ones, and get functions by value."""
    joblib = pytest.importorskip("joblib", reason="joblib is what is tried")
    monkeypatch.setenv("OUTPOST_API_TOKEN", TOKEN)
    server.on("POST", "/predict", server.json({"label": "ok"}))

    with Client(base_url=server.base_url) as client:
        predictor = Predictor(client, server.url, "/predict", "/healthcheck")
        answers = joblib.Parallel(n_jobs=2, backend="loky")(
            joblib.delayed(lambda text: predictor.infer(json={"text": text}).json())(text)
            for text in ("a", "b")
        )

    assert answers == [{"label": "ok"}] * 2
