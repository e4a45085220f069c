"""The document as a whole."""

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.spec.document import document, operations, text


def test_the_document_is_valid_openapi() -> None:
    """The OpenAPI 3.1 schema and the rules beyond it, such as references that lead somewhere."""
    assert document()["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_no_key_is_written_twice() -> None:
    """YAML readers keep the last one silently, so an operation or a schema could vanish."""
    repeated: list[str] = []
    waiting = [yaml.compose(text())]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            line = node.start_mark.line + 1
            repeated += [f"{key} (line {line})" for key in set(keys) if keys.count(key) > 1]
            waiting += [value for _, value in node.value]

    assert repeated == []


def test_every_declared_tag_is_described_and_used() -> None:
    """Tags become packages of the client; none of them is empty."""
    tags = document()["tags"]
    used = {tag for operation in operations() for tag in operation.raw["tags"]}

    assert [tag["name"] for tag in tags if not tag.get("description", "").strip()] == []
    assert {tag["name"] for tag in tags} == used
    assert len(tags) == len(used)


def test_only_the_predictions_and_large_files_have_servers_of_their_own() -> None:
    """All other operations go to the API, whose address is the only one without variables."""
    elsewhere = {
        one.raw["tags"][0] for one in operations() if "servers" in document()["paths"][one.path]
    }

    assert elsewhere == {"predictions", "lfs"}
    assert [server["url"] for server in document()["servers"]] == ["https://api.outpost.run/v1"]
