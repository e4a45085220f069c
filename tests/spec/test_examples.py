"""What the document shows is what the document says."""

import pytest

from tests.spec.document import Example, document, examples, operations, problems, shorten

EXAMPLES = [pytest.param(example, id=shorten(example.pointer)) for example in examples()]
BODIES = [
    pytest.param(content, id=f"{operation.id} {name}")
    for operation in operations()
    for name, content in operation.bodies.items()
]
PARAMETERS = [
    pytest.param(parameter, id=f"{operation.id} {parameter['name']}")
    for operation in operations()
    for parameter in operation.parameters
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_valid(example: Example) -> None:
    """Whoever copies an example, or leaves a value at its default, sends something valid."""
    assert problems(example.schema, example.value) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_holds_only_described_properties(example: Example) -> None:
    """Unknown properties are allowed on the wire; in an example they are a slip of the pen."""
    assert problems(example.schema, example.value, closed=True) == []


@pytest.mark.parametrize("content", BODIES)
def test_a_body_has_an_example(content: dict[str, object]) -> None:
    """Each media type of each request and response shows what it looks like."""
    assert "example" in content or content.get("examples")


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_has_an_example(parameter: dict[str, object]) -> None:
    """Each parameter shows a value."""
    assert "example" in parameter


def test_every_header_has_an_example() -> None:
    """Each shared header shows a value; responses define no header of their own."""
    headers = document()["components"]["headers"]

    assert [name for name, header in headers.items() if "example" not in header] == []


def test_there_are_many_examples() -> None:
    """A collector that loses them would leave every test above green."""
    pointers = {example.pointer for example in examples()}

    assert len(pointers) >= 200
    assert "#/components/parameters/IdempotencyKey/example" in pointers
    assert "#/components/headers/RequestId/example" in pointers
    assert "#/components/responses/NotFound/content/application~1json/example" in pointers
    assert "#/paths/~1user/get/responses/200/content/application~1json/example" in pointers
    assert (
        "#/components/schemas/ReplicaScalingConfig/properties/scaledownPeriod/default" in pointers
    )


def test_a_wrong_example_is_noticed() -> None:
    """References, bounds and formats count; properties that do not exist only when closed."""
    team = "#/components/schemas/FollowEntity"
    good = {"name": "a", "id": "b", "type": "team", "avatarUrl": "https://c", "isFollowing": None}

    assert problems(team, good) == []
    assert problems(team, {**good, "type": 1}) != []
    assert problems(team, {**good, "typo": 1}) == []
    assert problems(team, {**good, "typo": 1}, closed=True) != []
    assert problems("#/components/schemas/UserDetails/properties/createdAt", "yesterday") != []
    assert problems("#/paths/~1user/get/responses/200/content/application~1json/schema", {}) != []
