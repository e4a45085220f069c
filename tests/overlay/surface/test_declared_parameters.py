"""Methods whose parameters are declared once, for both kinds of code, as tools see them."""

import inspect

import pytest

from outpostkit import AsyncEndpoint, AsyncEndpoints, Client, Endpoint, Endpoints

METHODS = [
    Endpoints.create,
    AsyncEndpoints.create,
    Endpoint.get_logs,
    AsyncEndpoint.get_logs,
    Endpoint.list_deployments,
    AsyncEndpoint.list_deployments,
]


@pytest.fixture
def endpoints():
    """Endpoints of a server that nothing is sent to."""
    with Client(api_token="t", base_url="http://127.0.0.1:9/v1") as client:
        yield Endpoints(client, "me")


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__qualname__)
def test_help_shows_each_parameter_by_its_name(method) -> None:
    """And none that stands for all others."""
    kinds = {parameter.kind for parameter in inspect.signature(method).parameters.values()}

    assert not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__qualname__)
def test_the_source_is_that_of_the_method(method) -> None:
    """Notebooks show it for ``create??``."""
    assert f"def {method.__name__}(" in inspect.getsource(method)


def test_an_argument_that_does_not_fit_is_named_with_the_method_that_was_called(endpoints) -> None:
    """Not with the function that would have taken it."""
    with pytest.raises(
        TypeError, match=r"^create\(\) got an unexpected keyword argument 'tmplate'"
    ):
        endpoints.create(tmplate="shout.py")
    with pytest.raises(TypeError, match=r"^create\(\) missing 1 required positional argument"):
        endpoints.create()


def test_raw_responses_list_the_methods_they_have(endpoints) -> None:
    """So that a shell can complete them."""
    assert {"create", "list"} <= {*dir(endpoints.with_raw_response)}
