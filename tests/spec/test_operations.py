"""What every operation of the document offers its callers."""

from typing import Any

import pytest

from tests.spec.document import Operation, document, operations, resolve

EVERY = pytest.mark.parametrize("operation", [pytest.param(one, id=one.id) for one in operations()])
PARAMETERS = [
    pytest.param(parameter, id=f"{operation.id} {parameter['name']}")
    for operation in operations()
    for parameter in operation.parameters
]

OPERATIONS = """
    getUser                     GET     /user
    deleteUser                  DELETE  /user
    renewUserToken              POST    /user/token
    listThirdPartyTokens        GET     /user/tokens
    listUserFollowers           GET     /user/followers
    listUserFollowing           GET     /user/following
    isFollowing                 GET     /user/following/{name}
    follow                      PUT     /user/following/{name}
    unfollow                    DELETE  /user/following/{name}
    listUserTeams               GET     /user/teams
    uploadUserAvatar            POST    /user/avatar
    deleteUserAvatar            DELETE  /user/avatar
    updateUserSocials           PUT     /user/socials

    getTeam                     GET     /teams/{name}
    deleteTeam                  DELETE  /teams/{name}
    listTeamFollowers           GET     /teams/{name}/followers
    listTeamFollowing           GET     /teams/{name}/following
    listTeamMembers             GET     /teams/{name}/members
    putTeamMember               PUT     /teams/{name}/members/{user}
    removeTeamMember            DELETE  /teams/{name}/members/{user}
    uploadTeamAvatar            POST    /teams/{name}/avatar
    deleteTeamAvatar            DELETE  /teams/{name}/avatar
    updateTeamSocials           PUT     /teams/{name}/socials

    listUsers                   GET     /users
    addUser                     POST    /users
    removeUser                  DELETE  /users/{name}
    renewTokenOfUser            POST    /users/{name}/token

    listEndpoints               GET     /endpoints/{entity}
    createEndpoint              POST    /endpoints/{entity}
    getEndpoint                 GET     /endpoints/{entity}/{name}
    updateEndpoint              PUT     /endpoints/{entity}/{name}
    deleteEndpoint              DELETE  /endpoints/{entity}/{name}
    renameEndpoint              PUT     /endpoints/{entity}/{name}/name
    listDeployments             GET     /endpoints/{entity}/{name}/deployments
    createDeployment            POST    /endpoints/{entity}/{name}/deployments
    getEndpointStatus           GET     /endpoints/{entity}/{name}/status
    getReplicaStatus            GET     /endpoints/{entity}/{name}/replica-status
    getEndpointLogs             GET     /endpoints/{entity}/{name}/logs
    getCustomTemplate           GET     /endpoints/{entity}/{name}/custom-template

    infer                       POST    /predict
    wake                        GET     /predict
    healthcheck                 GET     /healthcheck

    listTasks                   GET     /tasks
    listContainers              GET     /containers
    listHardwareInstances       GET     /hardware-instances

    listFinetunings             GET     /finetunings/{entity}
    createFinetuning            POST    /finetunings/{entity}
    getFinetuning               GET     /finetunings/{entity}/{name}
    listFinetuningJobs          GET     /finetunings/{entity}/{name}/jobs
    createFinetuningJob         POST    /finetunings/{entity}/{name}/jobs
    getFinetuningJob            GET     /finetunings/{entity}/{name}/jobs/{jobId}
    deleteFinetuningJob         DELETE  /finetunings/{entity}/{name}/jobs/{jobId}
    getFinetuningJobConfigs     GET     /finetunings/{entity}/{name}/jobs/{jobId}/configs
    getFinetuningJobTrainerLogs GET     /finetunings/{entity}/{name}/jobs/{jobId}/logs/trainer
    getFinetuningJobLogs        GET     /finetunings/{entity}/{name}/jobs/{jobId}/logs
    enqueueFinetuningJobs       POST    /finetunings/{entity}/jobs/enqueue

    viewBlob                    GET     /git/blobs/{repo_type}/{entity}/{name}/view/{ref}/{path}
    downloadBlob                GET     /git/blobs/{repo_type}/{entity}/{name}/download/{ref}/{path}
    viewTree                    GET     /git/tree/{repo_type}/{entity}/{name}/view/{ref}/{path}
    searchTree                  GET     /git/tree/{repo_type}/{entity}/{name}/search

    createLfsBatch              POST    /{organization}/{repo_type}/{repo}/objects/batch
"""


def test_the_document_has_exactly_these_operations() -> None:
    """Each operation under its method and path, and no other."""
    expected = {
        line[0]: (line[1], line[2]) for line in map(str.split, OPERATIONS.splitlines()) if line
    }
    found = [(one.id, (one.method, one.path)) for one in operations()]

    assert dict(found) == expected
    assert len(found) == len(expected)


@EVERY
def test_an_operation_says_what_it_is_for(operation: Operation) -> None:
    """It has an id, one declared tag, a summary of one line and a description that says more."""
    declared = {tag["name"] for tag in document()["tags"]}
    summary, description = operation.raw["summary"], operation.raw["description"].strip()

    assert operation.raw["operationId"] == operation.id
    assert len(operation.raw["tags"]) == 1
    assert operation.raw["tags"][0] in declared
    assert 0 < len(summary) <= 70
    assert "\n" not in summary
    assert not summary.endswith(".")
    assert description.endswith(".")
    assert description.rstrip(".") != summary


@EVERY
def test_an_operation_says_how_it_ends(operation: Operation) -> None:
    """One success, what is wrong with a request, and what is wrong with Outpost."""
    statuses = set(operation.raw["responses"])
    needs_token = operation.raw.get("security", document()["security"]) != []

    assert len([status for status in statuses if status.startswith("2")]) == 1
    assert "500" in statuses
    assert "429" in statuses
    assert ("401" in statuses) is needs_token
    assert "404" in statuses or "{" not in operation.path
    assert {"400", "422"} & statuses or "requestBody" not in operation.raw


@EVERY
def test_every_response_is_described_and_carries_its_request_id(operation: Operation) -> None:
    """Success or error, the header is there to quote; only 204 goes without a body."""
    for status, response in operation.responses.items():
        assert response["description"].strip(), status
        assert response["headers"]["X-Request-Id"] == {"$ref": "#/components/headers/RequestId"}, (
            status
        )
        assert (status == "204") is ("content" not in response), status


@EVERY
def test_no_parameter_is_given_twice(operation: Operation) -> None:
    """Those of the path and those of the operation do not meet, and together they fill the path."""
    keys = [(parameter["in"], parameter["name"]) for parameter in operation.parameters]
    in_path = {name for place, name in keys if place == "path"}

    assert len(keys) == len(set(keys))
    assert in_path == {part.split("}")[0] for part in operation.path.split("{")[1:]}


@EVERY
def test_an_operation_that_creates_takes_an_idempotency_key(operation: Operation) -> None:
    """The extension by which clients know that they may repeat it, and the header, go together.

    What is created with a token in its answer takes none: no answer that is kept has a token.
    """
    created = operation.raw["responses"].get("201")
    takes_key = "Idempotency-Key" in [parameter["name"] for parameter in operation.parameters]

    assert operation.raw.get("x-idempotency-key", False) is takes_key
    assert takes_key is (created is not None and "UserToken" not in str(created))
    assert operation.method == "POST" or not takes_key


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_described_and_bounded(parameter: dict[str, Any]) -> None:
    """A caller learns what a parameter means and which values it takes before sending any."""
    assert parameter["description"].strip().endswith(".")
    assert unbounded(parameter["schema"]) == []


def unbounded(schema: dict[str, Any]) -> list[object]:
    """Return the parts of a schema that allow values without end."""
    schema = resolve(schema)
    if "enum" in schema or "const" in schema:
        return []
    options = schema.get("anyOf", []) + schema.get("oneOf", [])
    if options:
        return [part for option in options for part in unbounded(option)]
    bounds: dict[str, list[set[str]]] = {
        "string": [{"maxLength"}, {"pattern"}, {"format"}],
        "integer": [{"minimum", "maximum"}],
        "number": [{"minimum", "maximum"}],
        "array": [{"maxItems"}],
        "boolean": [set()],
        "null": [set()],
    }
    types = schema.get("type", "object")
    loose = [
        kind
        for kind in ([types] if isinstance(types, str) else types)
        if not any(need <= set(schema) for need in bounds.get(kind, []))
    ]
    return loose + (unbounded(schema["items"]) if "items" in schema else [])
