"""Documents that break a rule, though it is clear what is meant: read, with a warning."""

import textwrap
from typing import Any

import yaml

from outpost_generator.config import Config
from outpost_generator.pipeline import Output, generate
from outpost_generator.reading.load import Source, as_document

HEAD = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}


def read(text: str) -> Output:
    """Return what becomes of a document."""
    document: dict[str, Any] = {**HEAD, **yaml.safe_load(textwrap.dedent(text))}
    return generate(Source(as_document(document), "api.yaml", ""), Config(), "api", "generate")


def warnings(output: Output) -> list[str]:
    """Return where and why there are warnings; nothing worse is allowed."""
    assert {each.level for each in output.problems} <= {"warning"}
    assert all(each["lost"] == 0 for each in output.account.totals().values())
    return [f"{each.pointer}: {each.reason}" for each in output.problems]


def parameters(output: Output) -> list[str]:
    """Return place and name of every parameter that was written."""
    return [part.name for one in output.account.operations for part in one.parameters]


def test_extensions_among_paths_and_webhooks_are_no_paths() -> None:
    """What begins with ``x-`` may stand anywhere, and is no operation."""
    output = read("""
        paths:
          x-codegen: /v1
          x-shared: {get: {responses: {}}}
          /a: {get: {responses: {}}}
        x-webhooks:
          x-exclude: true
    """)

    assert warnings(output) == []
    assert [each.pointer for each in output.account.operations] == ["#/paths/~1a/get"]


def test_a_header_without_a_name_is_left_out() -> None:
    """Nothing can send it, so the call works without."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: "", in: header}, {name: x, in: header}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: "
        "a header without a name cannot be sent; the parameter is left out"
    ]
    assert parameters(output) == ["header:x"]


def test_a_path_parameter_that_is_not_in_the_path_is_left_out() -> None:
    """Nothing of the request has a place for it."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: id, in: path, required: true}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: the path has no {id}; the parameter is left out"
    ]


def test_a_path_parameter_may_miss_the_path_by_case() -> None:
    """The path says how it is spelled."""
    output = read("""
        paths:
          "/a/{petId}": {get: {parameters: [{name: petid, in: path}], responses: {}}}
    """)

    assert warnings(output) == []
    assert parameters(output) == ["path:petId"]


def test_what_is_empty_counts_as_not_there() -> None:
    """Keys without a value, and an empty list where an object belongs, are left by many writers."""
    output = read("""
        servers:
        tags:
        components:
          schemas: []
          responses:
        paths:
          /a:
            parameters:
            get:
              tags:
              parameters: {}
              security:
              responses:
                200:
                204: []
                default: {description: d, headers: [], content: {application/json: }}
          /b:
    """)

    assert [each for each in warnings(output) if "key 200" not in each] == []
    assert len(output.account.operations) == 1


def test_a_value_of_another_kind_is_left_out_where_it_is_not_needed() -> None:
    """Everything else of the document is read."""
    output = read("""
        paths:
          /a:
            get:
              tags: pets
              security: none
              callbacks: [x]
              responses: {default: {description: d, headers: later, content: [x]}}
        components:
          schemas: {A: text, B: {properties: 3, required: name, allOf: {a: 1}, $ref: [x]}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/tags: no list; read as a list of it alone",
        "#/paths/~1a/get/security: must be a list; left out",
        "#/paths/~1a/get/callbacks: must be an object; left out",
        "#/paths/~1a/get/responses/default/headers: must be an object; left out",
        "#/paths/~1a/get/responses/default/content: must be an object; left out",
        "#/components/schemas/A: must be an object; left out",
        "#/components/schemas/B/properties: must be an object; left out",
        "#/components/schemas/B/required: no list; read as a list of it alone",
        "#/components/schemas/B/allOf: no list; read as a list of it alone",
        "#/components/schemas/B/$ref: must be text; left out",
    ]


def test_a_property_may_say_itself_that_it_is_required() -> None:
    """As the third draft of JSON Schema had it."""
    output = read("""
        components:
          schemas:
            A:
              properties: {a: {type: string, required: true}, b: {type: string, required: false}}
    """)

    assert [each.partition(": ")[0] for each in warnings(output)] == [
        "#/components/schemas/A/properties/a/required"
    ]
    model = output.files["api/models/a.py"]
    assert "a: str\n" in model
    assert "b: Union[Unset, str] = UNSET" in model


def test_a_list_of_items_is_read_as_what_comes_first() -> None:
    """As drafts before 2020 had it."""
    output = read("""
        components: {schemas: {A: {properties: {a: {items: [{type: string}, {type: integer}]}}}}}
    """)

    assert warnings(output) == [
        "#/components/schemas/A/properties/a/items: a list; read as prefixItems"
    ]
    assert "a: Union[Unset, List[Union[str, int]]] = UNSET" in output.files["api/models/a.py"]


def test_types_that_json_schema_does_not_have_mean_what_they_say() -> None:
    """Names of other languages are understood; of what nobody knows, anything is read."""
    output = read("""
        components:
          schemas:
            A:
              properties:
                a: {type: String}
                b: {type: int}
                c: {type: datetime}
                d: {type: [bool, "null"]}
                e: {type: quux}
    """)

    assert len(warnings(output)) == 5
    model = output.files["api/models/a.py"]
    assert "a: Union[Unset, str]" in model
    assert "b: Union[Unset, int]" in model
    assert "c: Union[Unset, datetime.datetime]" in model
    assert "d: Union[Unset, bool, None]" in model
    assert "e: Union[Unset, JsonValue]" in model


def test_what_is_left_of_swagger_2_is_read_as_what_replaced_it() -> None:
    """Types in parameters, schemas in answers, bodies and forms among the parameters."""
    output = read("""
        paths:
          /a:
            post:
              operationId: post_a
              parameters:
              - {name: q, in: query, type: integer}
              - {name: pet, in: body, required: true, schema: {properties: {n: {type: string}}}}
              responses: {"200": {description: ok, schema: {type: string}}}
            put:
              operationId: put_a
              parameters:
              - {name: file, in: formData, type: file, required: true}
              responses: {"200": {description: ok, headers: {X-A: {type: integer}}}}
    """)

    assert len(warnings(output)) == 5
    post, put = output.files["api/api/default/post_a.py"], output.files["api/api/default/put_a.py"]
    assert "q: Union[Unset, int] = UNSET" in post
    assert "body: PostABody" in post
    assert 'responses={"200": {"application/json": str}}' in post
    assert "multipart_body(body)" in put
    assert "file: File" in output.files["api/models/put_a_body.py"]


def test_names_of_media_types_and_answers_may_be_almost_right() -> None:
    """The names that servers send are used."""
    output = read("""
        paths:
          /a:
            get:
              operationId: get_a
              responses:
                200 OK: {description: ok, content: {json: {schema: {type: integer}}}}
    """)

    assert len(warnings(output)) == 2
    module = output.files["api/api/default/get_a.py"]
    assert 'responses={"200": {"application/json": int}}' in module


def test_paths_may_lack_the_slash_and_hold_patterns() -> None:
    """Templates of web frameworks are often copied as they are."""
    output = read("""
        paths:
          "a/{id:[0-9]+}/{rest*} ":
            get:
              operationId: get_a
              parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
              responses: {}
    """)

    assert len(warnings(output)) == 1
    module = output.files["api/api/default/get_a.py"]
    assert "    id: int,\n    rest: str,\n" in module
    assert '"/a/" + path_segment("id:[0-9]+", id) + "/" + path_segment("rest*", rest)' in module


def test_one_thing_where_a_list_belongs_is_the_list() -> None:
    """A lone server, requirement or member; members by number keep their number."""
    output = read("""
        servers: {url: "https://a.test"}
        components:
          schemas:
            A: {allOf: {properties: {a: {type: string}}}}
            B: {anyOf: {"1": {properties: {b: {type: string}}}}}
            C: {properties: {c: {$ref: "#/components/schemas/B/anyOf/1/properties/b"}}}
        paths:
          /a: {get: {security: {key: []}, responses: {}}}
    """)

    assert len(warnings(output)) == 4
    assert "a: Union[Unset, str]" in output.files["api/models/a.py"]
    assert "c: Union[Unset, str]" in output.files["api/models/c.py"]


def test_a_path_may_hold_a_query() -> None:
    """It is sent with the parameters, which would replace it in the address."""
    output = read("""
        paths:
          "/rest?method=list&user={user}":
            get:
              operationId: list
              parameters:
              - {name: user, in: path, required: true, schema: {type: integer}}
              - {name: page, in: query, schema: {type: integer}}
              responses: {}
    """)

    module = output.files["api/api/default/list.py"]
    assert '[("method", "list"), ("user", scalar_text(user))]' in module
    assert '        "/rest",\n        query=query_pairs,' in module
