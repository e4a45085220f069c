"""References: into other files, into schemas, to anchors, with something beside them."""

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from outpost_generator.errors import GenerationFailed
from outpost_generator.reading.document import Document
from outpost_generator.reading.load import load

ROOT = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /pets:
    $ref: paths/pets.yaml
components:
  schemas:
    Local: {type: object, properties: {id: {type: integer}}}
"""
PETS = """
get:
  operationId: listPets
  parameters: [{$ref: "../common.yaml#/parameters/Limit"}]
  responses:
    "200":
      description: ok
      content:
        application/json:
          schema: {type: array, items: {$ref: "../common.yaml#/schemas/Pet"}}
"""
COMMON = """
parameters:
  Limit: {name: limit, in: query, schema: {type: integer}}
schemas:
  Pet:
    type: object
    properties:
      owner: {$ref: "#/schemas/Owner"}
      local: {$ref: "api.yaml#/components/schemas/Local"}
      friend: {$ref: "#/schemas/Pet"}
  Owner: {type: object, properties: {name: {type: string}}}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "paths").mkdir()
    (tmp_path / "api.yaml").write_text(ROOT)
    (tmp_path / "paths" / "pets.yaml").write_text(PETS)
    (tmp_path / "common.yaml").write_text(COMMON)
    return tmp_path / "api.yaml"


def test_a_document_in_several_files_is_one(files: Path, generate: Callable[..., Any]) -> None:
    """Path items, parameters and schemas of other files are what they would be in one."""
    api = generate(document=load(files, "api.yaml").document.root)

    pet = api.models.Pet.from_dict({"owner": {"name": "x"}, "local": {"id": 1}, "friend": {}})

    assert api.list_pets.plan(limit=3).query == (("limit", "3"),)
    assert (pet.owner, pet.local) == (api.models.Owner("x"), api.models.Local(1))
    assert pet.friend == api.models.Pet()


def test_the_digest_covers_every_file(files: Path) -> None:
    """A change of any file is a change of the document."""
    before = load(files, "api.yaml").digest
    (files.parent / "common.yaml").write_text(COMMON + "# changed\n")

    assert load(files, "api.yaml").digest != before


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("missing.yaml", "missing.yaml cannot be read: No such file"),
        ("../../secret.yaml", "lies outside the folder"),
        ("file:///etc/hosts", "lies outside the folder"),
        ("http://127.0.0.1:9/x.yaml", "leads to the network.*\n.*--allow-http"),
        ("ftp://127.0.0.1/x.yaml", "ftp: is not read"),
    ],
)
def test_a_reference_that_cannot_be_followed_says_the_way_out(
    tmp_path: Path, reference: str, reason: str
) -> None:
    """References stay in the document's folder and off the network unless that is allowed."""
    (tmp_path / "api.yaml").write_text(f"openapi: 3.1.0\npaths: {{/a: {{$ref: '{reference}'}}}}\n")

    with pytest.raises(GenerationFailed, match=reason):
        load(tmp_path / "api.yaml", "api.yaml")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_references_lead_to_the_network_when_allowed(tmp_path: Path, server: str) -> None:
    """With the flag, an address is read as a file would be."""
    (tmp_path / "common.yaml").write_text(COMMON)
    (tmp_path / "api.yaml").write_text(
        f"openapi: 3.1.0\npaths: {{/a: {{$ref: '{server}/common.yaml#/schemas/Owner'}}}}\n"
    )

    root = load(tmp_path / "api.yaml", "api.yaml", allow_http=True).document.root

    assert root["paths"]["/a"]["$ref"] == "#/x-external/common/schemas/Owner"


def test_a_reference_may_lead_into_a_schema(normalised: Callable[..., Document]) -> None:
    """A property or a definition that others refer to has a name of its own."""
    document = normalised(
        schemas="""
        A:
          properties:
            inner: {properties: {n: {type: integer}}}
            b: {$ref: "#/components/schemas/A/properties/inner"}
            c: {$ref: "#/components/schemas/A/$defs/of~1slash"}
            d: {$ref: "#here"}
          $defs:
            of/slash: {properties: {s: {type: string}}}
            anchored: {$anchor: here, properties: {t: {type: string}}}
        """
    )

    properties = document.schemas["A"]["properties"]
    assert [properties[name]["$ref"].rpartition("/")[2] for name in "bcd"] == [
        "AInner",
        "OfSlash",
        "Anchored",
    ]


def test_what_stands_beside_a_reference_counts(generate: Callable[..., Any]) -> None:
    """Properties beside a reference extend what it refers to."""
    api = generate(
        schemas="""
        Base: {properties: {a: {type: string}}}
        More: {$ref: "#/components/schemas/Base", properties: {b: {type: integer}}, required: [b]}
        """
    )

    assert api.models.More(b=1, a="x").to_dict() == {"b": 1, "a": "x"}


def test_other_methods_are_operations(generate: Callable[..., Any]) -> None:
    """OpenAPI 3.2 knows the method QUERY, and any other by name."""
    api = generate(
        """
        /a:
          query: {operationId: search, requestBody: {content: {application/json: {}}}}
          additionalOperations: {COPY: {operationId: copy}}
        """,
        document={"openapi": "3.2.0"},
    )

    assert [api.search.plan(body={}).method, api.copy.plan().method] == ["QUERY", "COPY"]


@pytest.mark.parametrize("name", ["api.json", "api.yaml"])
def test_a_key_that_is_there_twice_is_named(tmp_path: Path, name: str) -> None:
    """Nobody knows which of the two was meant."""
    (tmp_path / name).write_text('{"openapi": "3.1.0", "paths": {"/a": {}, "/a": {}}}')

    with pytest.raises(GenerationFailed, match="duplicate key '/a'"):
        load(tmp_path / name, name)


def test_swagger_2_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """What to do is part of the message."""
    (tmp_path / "api.yaml").write_text("swagger: '2.0'\n")

    with pytest.raises(GenerationFailed, match="Convert it to OpenAPI 3"):
        load(tmp_path / "api.yaml", "api.yaml")


def test_a_reference_may_be_the_name_of_a_component(
    tmp_path: Path, normalised: Callable[..., Document]
) -> None:
    """A lone name, and a path of another version of the specification, say which one is meant."""
    path = tmp_path / "api.yaml"
    path.write_text(
        'openapi: 3.0.3\ninfo: {title: t, version: "1"}\npaths: {}\n'
        "components: {schemas: {A: {properties: {b: {$ref: B}}}, B: {type: string}}}\n"
    )

    read = load(path, path.name).document
    done = normalised(
        schemas='{A: {properties: {b: {$ref: "#/definitions/B"}}}, B: {type: string}}'
    )

    for document in (read, done):
        assert document.schemas["A"]["properties"]["b"] == {"$ref": "#/components/schemas/B"}
        assert [each.level for each in document.problems] == ["warning"]


def test_a_file_that_is_not_there_is_named_with_the_place_of_its_reference(tmp_path: Path) -> None:
    """The pointer leads to what has to be corrected."""
    path = tmp_path / "api.yaml"
    path.write_text(ROOT)

    with pytest.raises(GenerationFailed) as failure:
        load(path, path.name)

    assert failure.value.problems[0].pointer == "#/paths/~1pets"
