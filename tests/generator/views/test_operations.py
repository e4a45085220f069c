"""What generated operations send and read."""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import httpx
import pytest


def answer(
    api: Any, status: int, content: bytes = b"", content_type: str | None = "application/json"
) -> httpx.Response:
    headers = {"content-type": content_type} if content_type else {}
    return httpx.Response(
        status, content=content, headers=headers, request=httpx.Request("GET", "http://x/")
    )


def test_an_optional_parameter_is_left_out_when_unset(generate: Callable[..., Any]) -> None:
    """An argument left at UNSET does not appear in the query string."""
    api = generate("""
        /endpoints:
          get:
            operationId: listEndpoints
            parameters: [{name: limit, in: query, schema: {type: integer}}]
    """)

    assert api.list_endpoints.plan().query == ()
    assert api.list_endpoints.plan(limit=5).query == (("limit", "5"),)


@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        ("schema: {type: array, items: {type: string}}", ["a", "b"], (("x", "a"), ("x", "b"))),
        (
            "explode: false, schema: {type: array, items: {type: string}}",
            ["a", "b"],
            (("x", "a,b"),),
        ),
        (
            "style: pipeDelimited, schema: {type: array, items: {type: integer}}",
            [1, 2],
            (("x", "1|2"),),
        ),
        (
            "style: spaceDelimited, schema: {type: array, items: {type: integer}}",
            [1, 2],
            (("x", "1 2"),),
        ),
        ("style: deepObject, schema: {type: object}", {"a": {"b": 1}}, (("x[a][b]", "1"),)),
        ("schema: {type: object}", {"a": 1, "b": True}, (("a", "1"), ("b", "true"))),
        ("content: {application/json: {schema: {type: object}}}", {"a": 1}, (("x", '{"a":1}'),)),
        ("schema: {type: boolean}", False, (("x", "false"),)),
    ],
)
def test_a_query_parameter_is_written_in_its_style(
    generate: Callable[..., Any], style: str, value: Any, expected: Any
) -> None:
    """style, explode and content decide how a value becomes query pairs."""
    api = generate(
        f"/a: {{get: {{operationId: op, parameters: [{{name: x, in: query, {style}}}]}}}}"
    )

    assert api.op.plan(x=value).query == expected


@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        ("schema: {type: string}", "a/b c", "/a/a%2Fb%20c"),
        ("schema: {type: array, items: {type: integer}}", [1, 2], "/a/1,2"),
        ("style: label, schema: {type: string}", "v", "/a/.v"),
        ("style: matrix, schema: {type: string}", "v", "/a/;x=v"),
        (
            "style: matrix, explode: true, schema: {type: array, items: {type: integer}}",
            [1, 2],
            "/a/;x=1;x=2",
        ),
        ("x-multi-segment: true, schema: {type: string}", "a b/c", "/a/a%20b/c"),
    ],
)
def test_a_path_parameter_is_written_in_its_style(
    generate: Callable[..., Any], style: str, value: Any, expected: str
) -> None:
    """A path parameter is percent-encoded; only one that spans segments keeps its slashes."""
    api = generate(
        f"/a/{{x}}: {{get: {{operationId: op, parameters: [{{name: x, in: path, {style}}}]}}}}"
    )

    assert api.op.plan(value).path == expected


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_parameter_cannot_address_another_resource(
    generate: Callable[..., Any], value: str
) -> None:
    """Empty segments and dot segments are refused before anything is sent, naming the parameter."""
    api = generate("/a/{x}: {get: {operationId: op}}")

    with pytest.raises(api.errors.InvalidArgument, match=r"^x: "):
        api.op.plan(value)


def test_header_and_cookie_parameters_are_sent(generate: Callable[..., Any]) -> None:
    """Parameters go where the document puts them; a header that could be split is refused."""
    api = generate("""
        /a:
          get:
            operationId: op
            parameters:
              - {name: X-Trace, in: header, required: true, schema: {type: string}}
              - {name: session, in: cookie, schema: {type: string}}
    """)

    assert api.op.plan(x_trace="t", session="a;b").headers == {
        "X-Trace": "t",
        "Cookie": "session=a%3Bb",
    }
    with pytest.raises(api.errors.InvalidArgument, match="X-Trace"):
        api.op.plan(x_trace="a\r\nEvil: 1")


def test_the_response_type_depends_on_status_and_media_type(generate: Callable[..., Any]) -> None:
    """An exact status goes before a range, a range before default; the media type decides."""
    api = generate(
        """
        /a:
          get:
            operationId: op
            responses:
              '200':
                content:
                  application/json: {schema: {$ref: '#/components/schemas/Good'}}
                  text/csv: {}
              '4XX': {content: {application/json: {schema: {$ref: '#/components/schemas/Bad'}}}}
              default:
                content: {application/problem+json: {schema: {$ref: '#/components/schemas/Worse'}}}
        """,
        "{Good: {properties: {a: {type: integer}}}, Bad: {properties: {b: {type: integer}}},"
        " Worse: {properties: {c: {type: integer}}}}",
    )

    assert api.op.read(answer(api, 200, b'{"a":1}')).parsed == api.models.Good(1)
    assert api.op.read(answer(api, 200, b"x;y", "text/csv; charset=utf-8")).parsed == "x;y"
    assert api.op.read(answer(api, 418, b'{"b":1}')).parsed == api.models.Bad(1)
    assert api.op.read(
        answer(api, 599, b'{"c":1}', "application/problem+json")
    ).parsed == api.models.Worse(1)


def test_an_operation_with_its_own_server_takes_its_variables(generate: Callable[..., Any]) -> None:
    """Server variables are keyword arguments; base_url goes before them."""
    api = generate("""
        /predict:
          servers:
            - url: '{protocol}://{domain}'
              variables: {protocol: {default: https}, domain: {default: d}}
          get: {operationId: wake}
    """)

    assert api.wake.plan().base_url == "https://d"
    assert api.wake.plan(domain="me.example:80", protocol="http").base_url == "http://me.example:80"
    assert api.wake.plan(base_url="http://local").base_url == "http://local"
    with pytest.raises(api.errors.InvalidArgument, match="domain"):
        api.wake.plan(domain="evil.example/?")


def test_several_body_types_are_chosen_by_class_or_by_name(generate: Callable[..., Any]) -> None:
    """The class of the body chooses its media type, and an argument can choose another."""
    api = generate(
        """
        /a:
          post:
            operationId: op
            requestBody:
              required: true
              content:
                application/json: {schema: {$ref: '#/components/schemas/A'}}
                application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/A'}}
                multipart/form-data: {schema: {$ref: '#/components/schemas/F'}}
        """,
        "{A: {properties: {a: {type: array, items: {type: integer}}}},"
        " F: {properties: {file: {type: string, format: binary}}}}",
    )
    body = api.models.A([1, 2])

    assert api.op.plan(body=body).body == b'{"a":[1,2]}'
    assert api.op.plan(body=body, media_type="application/x-www-form-urlencoded").body == b"a=1&a=2"
    form = api.op.plan(body=api.models.F(api.types.File(b"x", filename="n.txt")))
    assert form.content_type.startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="n.txt"' in b"".join(form.body.chunks())
    with pytest.raises(api.errors.InvalidArgument, match="media_type"):
        api.op.plan(body=body, media_type="text/html")


def test_a_binary_property_is_a_file_to_type_checkers_too(generate: Callable[..., Any]) -> None:
    """Bytes in a form are never annotated as text."""
    api = generate(
        """
        /a:
          post:
            operationId: op
            requestBody:
              content:
                multipart/form-data: {schema: {$ref: '#/components/schemas/F'}}
        """,
        "{F: {required: [file], properties: {file: {type: string, format: binary}}}}",
    )

    assert api.models.F.__annotations__["file"] is api.types.File


def test_parameters_named_like_our_own_names_are_sent(generate: Callable[..., Any]) -> None:
    """No name of a document collides with what the generated functions use themselves."""
    names = [
        "client",
        "body",
        "base_url",
        "query",
        "headers",
        "str",
        "self",
        "class",
        "plan",
        "l",
        "text",
        "UNSET",
    ]
    listed = ", ".join(f"{{name: {name}, in: query, schema: {{type: string}}}}" for name in names)
    api = generate(f"""
        /a:
          post:
            operationId: op
            parameters: [{listed}]
            requestBody: {{content: {{application/json: {{schema: {{type: string}}}}}}}}
    """)
    arguments = {info.name: info.wire_name for info in api.operations["op"].parameters}

    assert api.op.plan(body="b", **arguments).query == tuple((name, name) for name in names)


def test_operations_are_listed_without_loading_them(generate: Callable[..., Any]) -> None:
    """The registry tells id, method, path, tag, parameters and module of each operation."""
    api = generate(
        "/a/{x}: {get: {operationId: getA, tags: [Some Tag], deprecated: true, summary: Get it}}"
    )

    info = api.operations["getA"]
    assert (info.method, info.path, info.tag, info.deprecated) == (
        "GET",
        "/a/{x}",
        "Some Tag",
        True,
    )
    assert info.module.endswith(".api.some_tag.get_a")
    assert "Deprecated." in str(info.load().plan.__doc__)


def test_credentials_go_where_the_document_says(generate: Callable[..., Any]) -> None:
    """Each operation gets the first alternative whose credentials are there, and no other."""
    api = generate(
        """
        /a: {get: {operationId: withKey, security: [{key: []}]}}
        /b: {get: {operationId: free, security: []}}
        /c: {get: {operationId: either, security: [{basic: []}, {bearer: []}]}}
        """,
        components={
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "query", "name": "k"},
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        },
    )
    seen: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: seen.append(request) or httpx.Response(204))
    client = api.client.Client(
        "t", credentials={"key": "k1"}, http_client=httpx.Client(transport=transport)
    )

    for module in (api.with_key, api.free, api.either):
        module.sync_detailed(client=client)

    assert [request.url.query for request in seen] == [b"k=k1", b"", b""]
    assert [request.headers.get("authorization") for request in seen] == [None, None, "Bearer t"]
    assert "k1" not in repr(client)


def test_an_answer_that_is_not_plain_json_is_asked_for(generate: Callable[..., Any]) -> None:
    """The Accept header names the media types of the success, unless that is JSON alone."""
    api = generate("""
        /pdf:
          get:
            operationId: pdf
            responses: {200: {content: {application/pdf: {}, text/plain: {}}}}
        /json:
          get: {operationId: plain, responses: {200: {content: {application/json: {}}}}}
    """)

    assert api.pdf.plan().headers == {"Accept": "application/pdf, text/plain"}
    assert api.plain.plan().headers == {}


def test_an_enum_that_is_passed_in_may_be_its_text(generate: Callable[..., Any]) -> None:
    """Type checkers take the text of a value for a member; at run time nothing is different."""
    api = generate(
        """
        /a:
          post:
            operationId: op
            parameters: [{name: sort, in: query, schema: {$ref: "#/components/schemas/Sort"}}]
            requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/In"}}}}
            responses:
              200: {content: {application/json: {schema: {$ref: "#/components/schemas/Out"}}}}
        """,
        """
        Sort: {type: string, enum: [up, down]}
        Out: {type: object, properties: {kind: {$ref: "#/components/schemas/Kind"}}}
        Kind: {type: string, enum: [a, b]}
        In: {type: object, properties: {sort: {$ref: "#/components/schemas/Sort"}}}
        """,
    )

    assert api.op.plan(sort="up", body=api.models.In(sort="up")).body == b'{"sort":"up"}'
    assert "sort: Union[Unset, SortLike] = UNSET" in api.source("models/in_.py")
    assert "kind: Union[Unset, Kind] = UNSET" in api.source("models/out.py")


def test_a_field_of_a_form_is_written_in_its_style(generate: Callable[..., Any]) -> None:
    """``encoding`` decides how a field of a form becomes pairs."""
    api = generate("""
        /a:
          post:
            operationId: op
            requestBody:
              content:
                application/x-www-form-urlencoded:
                  schema: {type: object}
                  encoding:
                    deep: {style: deepObject, explode: true}
                    joined: {style: pipeDelimited, explode: false}
                    text: {contentType: application/json}
    """)

    plan = api.op.plan(body={"deep": {"a": 1}, "joined": [1, 2], "text": {"b": 2}, "each": [3, 4]})

    assert unquote_plus(plan.body.decode()) == ('deep[a]=1&joined=1|2&text={"b":2}&each=3&each=4')


def test_every_server_of_the_document_can_be_chosen(generate: Callable[..., Any]) -> None:
    """A client takes the address of any server, its variables filled in and checked."""
    region = {"default": "eu", "enum": ["eu", "us"]}
    api = generate(
        servers=[
            {"url": "https://a.example"},
            {"url": "https://{region}.b.example", "variables": {"region": region}},
        ]
    )

    server = api.servers.SERVERS[1]

    assert (server.address(), server.address(region="us")) == (
        "https://eu.b.example",
        "https://us.b.example",
    )
    with pytest.raises(ValueError, match="one of: eu, us"):
        server.address(region="mars")


def test_bytes_and_text_choose_their_media_type(generate: Callable[..., Any]) -> None:
    """Where a body may be an object, text or bytes, its class says how it is written."""
    api = generate("""
        /things:
          post:
            operationId: putThing
            requestBody:
              content:
                application/json: {schema: {properties: {x: {type: integer}}}}
                text/plain: {}
                application/octet-stream: {}
    """)
    plan = api.put_thing.plan

    assert plan(body=api.models.PutThingBody(1)).content_type == "application/json"
    assert plan(body="text").content_type == "text/plain; charset=utf-8"
    assert plan(body=b"raw").content_type == "application/octet-stream"
    opened = io.BytesIO(b"raw")
    assert plan(body=opened).content_type == "application/octet-stream"
    with pytest.raises(TypeError):
        plan(body=opened, media_type="application/json")


def test_a_multipart_body_is_announced_as_the_document_says(generate: Callable[..., Any]) -> None:
    """There are others than forms."""
    api = generate(
        paths="""
            /files:
              post:
                operationId: upload
                requestBody:
                  content:
                    multipart/related:
                      schema: {type: object, properties: {meta: {type: string}}}
        """
    )

    plan = api.upload.plan(body=api.models.UploadBody(meta="m"))

    assert plan.body.content_type.startswith("multipart/related; boundary=")


def test_objects_are_written_in_the_style_of_their_place(generate: Callable[..., Any]) -> None:
    """In a path, in a query with another delimiter than a comma, and in a cookie."""
    api = generate(
        paths="""
            "/a/{in_path}/{exploded}":
              get:
                operationId: get_a
                parameters:
                - {name: in_path, in: path, schema: {$ref: "#/components/schemas/Colour"}}
                - name: exploded
                  in: path
                  style: matrix
                  explode: true
                  schema: {$ref: "#/components/schemas/Colour"}
                - name: piped
                  in: query
                  style: pipeDelimited
                  explode: false
                  schema: {$ref: "#/components/schemas/Colour"}
                - {name: c, in: cookie, schema: {$ref: "#/components/schemas/Colour"}}
        """,
        schemas="""
            Colour: {type: object, properties: {r: {type: integer}, name: {type: string}}}
        """,
    )
    colour = api.models.Colour(r=1, name="a,b")

    plan = api.get_a.plan(colour, colour, piped=colour, c=colour)

    assert plan.path == "/a/r,1,name,a%2Cb/;r=1;name=a%2Cb"
    assert plan.query == (("piped", "r|1|name|a,b"),)
    assert plan.headers["Cookie"] == "c=r,1,name,a%2Cb"


def test_parameters_with_content_are_written_as_it_says(generate: Callable[..., Any]) -> None:
    """As JSON in every place, or as plain text."""
    api = generate(
        paths="""
            "/a/{name}":
              get:
                operationId: get_a
                parameters:
                - {name: name, in: path, content: {application/json: {schema: {type: string}}}}
                - {name: X-Filter, in: header, content: {application/json: {schema: {type: array}}}}
                - {name: note, in: query, content: {text/plain: {schema: {type: string}}}}
        """
    )

    plan = api.get_a.plan("a b", x_filter=[1, 2], note="n")

    assert plan.path == "/a/%22a%20b%22"
    assert plan.headers["X-Filter"] == "[1,2]"
    assert plan.query == (("note", "n"),)
