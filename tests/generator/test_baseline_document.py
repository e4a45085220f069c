"""Every operation of openapi-python-client's own end-to-end document, called and answered."""

import asyncio
import datetime
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import field, frozen
from werkzeug.formparser import parse_form_data

from outpost_generator.config import Config
from outpost_generator.pipeline import generate
from outpost_generator.reading.load import load
from outpost_generator.writing.manifest import write

DOCUMENT = Path(__file__).parent / "data/openapi_python_client/baseline_openapi_3.0.json"
PACKAGE = "opc_baseline"
JSON, FORM, BYTES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
)
DAY = datetime.date(2026, 1, 2)
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
A_MODEL = {
    "an_enum_value": "FIRST_VALUE",
    "an_allof_enum_with_overridden_default": "overridden_default",
    "aCamelDateTime": "2026-01-02T03:04:05Z",
    "a_date": "2026-01-02",
    "a_nullable_date": None,
    "a_uuid": "0e9b1f4e-6f1c-4c5b-8a43-1f2d3c4b5a69",
    "a_nullable_uuid": None,
    "required_nullable": None,
    "required_not_nullable": "x",
    "model": {},
    "nullable_model": None,
    "one_of_models": {},
    "nullable_one_of_models": None,
    "any_value": 1,
    "nested_list_of_enums": [],
}


@frozen
class Call:
    """One call of a generated function and the request that the document wants for it."""

    function: str
    sends: str  # "GET /path?query"
    #: arguments by name, or what makes them of the package's models
    given: "dict[str, Any] | Callable[[Any], dict[str, Any]]" = field(factory=dict)
    headers: dict[str, str] = field(factory=dict)
    body: bytes = b""
    json: Any = None

    def arguments(self, models: Any) -> dict[str, Any]:
        return self.given(models) if callable(self.given) else self.given


CALLS = [
    # bodies
    Call(
        "bodies.post_bodies_multiple",
        "POST /bodies/multiple",
        lambda m: {"body": m.PostBodiesMultipleBody("x")},
        {"content-type": JSON},
        json={"a": "x"},
    ),
    Call(
        "bodies.post_bodies_multiple",
        "POST /bodies/multiple",
        {"body": b"raw"},
        {"content-type": BYTES},
        b"raw",
    ),
    Call(
        "bodies.post_bodies_multiple",
        "POST /bodies/multiple",
        lambda m: {"body": m.PostBodiesMultipleBody2("x y")},
        {"content-type": FORM},
        b"a=x+y",
    ),
    Call(
        "bodies.json_like",
        "POST /bodies/json-like",
        lambda m: {"body": m.JsonLikeBody("x")},
        {"content-type": "application/vnd+json"},
        json={"a": "x"},
    ),
    Call(
        "bodies.refs",
        "POST /bodies/refs",
        lambda m: {"body": m.AModel.from_dict(A_MODEL)},
        {"content-type": JSON},
        json=A_MODEL,
    ),
    Call("bodies.optional_body", "POST /bodies/optional"),
    Call(
        "bodies.optional_body",
        "POST /bodies/optional",
        {"body": {"any": [1]}},
        {"content-type": JSON},
        json={"any": [1]},
    ),
    Call(
        "config.content_type_override",
        "POST /config/content-type-override",
        {"body": b"text"},
        {"content-type": "openapi/python/client"},
        b"text",
    ),
    # parameters of a path and of its operations
    Call("default.get_common_parameters", "GET /common_parameters?common=x", {"common": "x"}),
    Call("default.post_common_parameters", "POST /common_parameters"),
    Call(
        "parameters.get_common_parameters_overriding_param",
        "GET /common_parameters_overriding/a%2Fb?param=q",
        {"param": "a/b", "param2": "q"},
    ),
    Call(
        "parameters.delete_common_parameters_overriding_param",
        "DELETE /common_parameters_overriding/a?param=q",
        {"param2": "a", "param": "q"},
    ),
    Call(
        "parameters.get_same_name_multiple_locations_param",
        "GET /same-name-multiple-locations/p?param=q",
        {"param4": "p", "param": "q", "param2": "h", "param3": "c"},
        {"param": "h", "cookie": "param=c"},
    ),
    Call(
        "parameters.multiple_path_parameters",
        "GET /multiple-path-parameters/d/something/2/a/3",
        {"param4": "d", "param2": 2, "param1": "a", "param3": 3},
    ),
    Call(
        "parameter_references.get_parameter_references_path_param",
        "GET /parameter-references/p?string+param=s&integer+param=1",
        {
            "path_param": "p",
            "string_param": "s",
            "integer_param": 1,
            "header_param": "h",
            "cookie_param": "c",
        },
        {"header param": "h", "cookie": "cookie param=c"},
    ),
    Call("default.get_models_allof", "GET /models/allof"),
    Call("default.get_models_oneof_with_required_const", "GET /models/oneof-with-required-const"),
    Call(
        "default.post_types_unions_duplicate_types",
        "POST /types/unions/duplicate-types",
        lambda m: {"body": m.AModel.from_dict(A_MODEL)},
        {"content-type": JSON},
        json=A_MODEL,
    ),
    # names that Python or the generated code has for itself
    Call(
        "default.reserved_parameters",
        "GET /naming/reserved-parameters?client=c&url=u",
        {"client_": "c", "url": "u"},
    ),
    Call("naming.hyphen_in_path", "GET /naming/p", {"hyphen_in_path": "p"}),
    Call(
        "naming.mixed_case",
        "GET /naming/mixed-case?mixed_case=a&mixedCase=b",
        {"mixed_case": "a", "mixed_case2": "b"},
    ),
    Call(
        "naming.post_naming_property_conflict_with_import",
        "POST /naming/property-conflict-with-import",
        lambda m: {"body": m.PostNamingPropertyConflictWithImportBody("f", "d")},
        {"content-type": JSON},
        json={"Field": "f", "Define": "d"},
    ),
    Call("true.false", "GET /naming/keywords?import=x", {"import_": "x"}),
    Call("n1.get_tag_with_number", "GET /tag_with_number"),
    # types of parameters
    Call(
        "defaults.defaults_tests_defaults_post",
        "POST /defaults?string_prop=s&string+with+num=1&date_prop=2026-01-02"
        "&float_prop=1.5&float_with_int=3.0&int_prop=7&boolean_prop=false"
        "&list_prop=FIRST_VALUE&list_prop=SECOND_VALUE&union_prop=u"
        "&enum_prop=FIRST_VALUE&a_property=1.5",
        lambda m: {
            "string_prop": "s",
            "string_with_num": "1",
            "date_prop": DAY,
            "float_prop": 1.5,
            "float_with_int": 3.0,
            "int_prop": 7,
            "boolean_prop": False,
            "list_prop": ["FIRST_VALUE", m.AnEnum.SECOND_VALUE],
            "union_prop": "u",
            "enum_prop": m.AnEnum.FIRST_VALUE,
            "model_prop": m.ModelWithUnionProperty(),
            "required_model_prop": m.ModelWithUnionProperty(1.5),
        },
    ),
    Call(
        "enums.bool_enum_tests_bool_enum_post",
        "POST /enum/bool?bool_enum=true",
        {"bool_enum": True},
    ),
    Call("enums.int_enum_tests_int_enum_post", "POST /enum/int?int_enum=-1", {"int_enum": -1}),
    Call(
        "location.get_location_header_types",
        "GET /location/header/types",
        {
            "boolean_header": True,
            "string_header": "s",
            "number_header": 1.5,
            "integer_header": 7,
            "int_enum_header": 2,
            "string_enum_header": "two",
        },
        {
            "Boolean-Header": "true",
            "String-Header": "s",
            "Number-Header": "1.5",
            "Integer-Header": "7",
            "Int-Enum-Header": "2",
            "String-Enum-Header": "two",
        },
    ),
    Call(
        "location.get_location_query_optionality",
        "GET /location/query/optionality"
        "?not_null_required=2026-01-02T03%3A04%3A05Z&null_required=null",
        {"not_null_required": MOMENT, "null_required": None},
    ),
    Call(
        "tests.get_user_list",
        "GET /tests/?an_enum_value=FIRST_VALUE"
        "&an_enum_value_with_null=FIRST_VALUE&an_enum_value_with_null=null"
        "&an_enum_value_with_only_null=null&some_date=2026-01-02",
        {
            "an_enum_value": ["FIRST_VALUE"],
            "an_enum_value_with_null": ["FIRST_VALUE", None],
            "an_enum_value_with_only_null": [None],
            "some_date": DAY,
        },
    ),
    Call(
        "tests.token_with_cookie_auth_token_with_cookie_get",
        "GET /auth/token_with_cookie",
        {"my_token": "t"},
        {"cookie": "MyToken=t"},
    ),
    # answers
    Call("responses.default_status_code", "GET /responses/status-codes/default"),
    Call(
        "responses.post_responses_unions_simple_before_complex",
        "POST /responses/unions/simple_before_complex",
    ),
    Call("responses.reference_response", "GET /responses/reference"),
    Call("responses.status_code_patterns", "GET /response/status-codes/patterns"),
    Call("responses.status_code_precedence", "GET /response/status-codes/precedence"),
    Call("responses.text_response", "POST /responses/text", headers={"accept": "text/plain"}),
    Call(
        "tests.octet_stream_tests_octet_stream_get",
        "GET /tests/octet_stream",
        headers={"accept": BYTES},
    ),
    Call("tests.no_response_tests_no_response_get", "GET /tests/no_response"),
    Call(
        "tests.unsupported_content_tests_unsupported_content_get",
        "GET /tests/unsupported_content",
        headers={"accept": "application/json, not_real/content-type"},
    ),
    Call("tests.get_basic_list_of_strings", "GET /tests/basic_lists/strings"),
    Call("tests.get_basic_list_of_integers", "GET /tests/basic_lists/integers"),
    Call("tests.get_basic_list_of_floats", "GET /tests/basic_lists/floats"),
    Call("tests.get_basic_list_of_booleans", "GET /tests/basic_lists/booleans"),
    Call("tests.description_with_backslash", "GET /tests/description-with-backslash"),
    # bodies of all kinds
    Call(
        "tests.callback_test",
        "POST /tests/callback",
        lambda m: {"body": m.AModel.from_dict(A_MODEL)},
        {"content-type": JSON},
        json=A_MODEL,
    ),
    Call(
        "tests.json_body_tests_json_body_post",
        "POST /tests/json_body",
        lambda m: {"body": m.AModel.from_dict(A_MODEL)},
        {"content-type": JSON},
        json=A_MODEL,
    ),
    Call(
        "tests.post_tests_json_body_string",
        "POST /tests/json_body/string",
        {"body": "text"},
        {"content-type": JSON},
        json="text",
    ),
    Call(
        "tests.test_inline_objects",
        "POST /tests/inline_objects",
        lambda m: {"body": m.TestInlineObjectsBody("x")},
        {"content-type": JSON},
        json={"a_property": "x"},
    ),
    Call(
        "tests.octet_stream_tests_octet_stream_post",
        "POST /tests/octet_stream",
        {"body": b"raw"},
        {"content-type": BYTES},
        b"raw",
    ),
    Call(
        "tests.post_form_data",
        "POST /tests/post_form_data",
        lambda m: {"body": m.AFormData("r", "o")},
        {"content-type": FORM},
        b"an_required_field=r&an_optional_field=o",
    ),
    Call(
        "tests.post_form_data_inline",
        "POST /tests/post_form_data_inline",
        lambda m: {"body": m.PostFormDataInlineBody("r")},
        {"content-type": FORM},
        b"a_required_field=r",
    ),
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The client of the document."""
    folder = tmp_path_factory.mktemp("baseline")
    result = generate(load(DOCUMENT, DOCUMENT.name), Config(), PACKAGE, "outpost-generator")
    assert [problem for problem in result.problems if problem.level == "error"] == []
    write(folder, result.files, result.manifest)
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


class Server:
    """Answers that it is out of order, which every operation can be told, and keeps the request."""

    def __init__(self) -> None:
        self.request = httpx.Request("GET", "http://nothing")
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.request = request
        return httpx.Response(503)


def called(package: Any, call: Call, server: Server) -> httpx.Request:
    """Call a function without and with blocking; return the request, the same both times."""
    operation = importlib.import_module(f"{PACKAGE}.api.{call.function}")
    arguments = call.arguments(importlib.import_module(f"{PACKAGE}.models"))
    with httpx.Client(transport=server.transport) as http:
        client = package.Client(base_url="http://api", http_client=http)
        operation.sync_detailed(**arguments, client=client)
    request = server.request

    async def call_async() -> None:
        async with httpx.AsyncClient(transport=server.transport) as http:
            client = package.AsyncClient(base_url="http://api", http_client=http)
            await operation.asyncio_detailed(**arguments, client=client)

    asyncio.run(call_async())
    assert (server.request.method, server.request.url) == (request.method, request.url)
    if "multipart" not in request.headers.get("content-type", ""):
        assert server.request.content == request.content
    return request


@pytest.mark.parametrize("call", CALLS, ids=[call.function for call in CALLS])
def test_a_call_sends_what_the_document_says(package: Any, call: Call) -> None:
    """Method, path, query, headers and body, from blocking and from other functions."""
    request = called(package, call, Server())

    assert f"{request.method} {request.url.raw_path.decode()}" == call.sends
    assert {name: request.headers.get(name) for name in call.headers} == call.headers
    assert (json.loads(request.content) if call.json is not None else request.content) == (
        call.json if call.json is not None else call.body
    )


UPLOAD = "tests.upload_file_tests_upload_post"


def test_an_upload_sends_every_part_as_its_type(package: Any) -> None:
    """Files by name, objects as JSON, dates and numbers as text; what is unset is left out."""
    call = Call(
        UPLOAD,
        "",
        lambda models: {
            "body": models.UploadFileTestsUploadPostBody.from_dict(
                {
                    "some_required_number": 1.5,
                    "some_object": {"num": 1, "text": "t"},
                    "some_nullable_object": None,
                    "a_date": "2026-01-02",
                    "some_int_array": [1, 2],
                    "some_array": [{"an_required_field": "r"}],
                    "some_enum": "DIFFERENT",
                    "further": {"foo": "f"},
                    "some_file": package.File(b"raw", filename="raw.bin"),
                }
            )
        },
    )

    request = called(package, call, Server())

    environ = {
        "wsgi.input": io.BytesIO(request.content),
        "CONTENT_TYPE": request.headers["content-type"],
        "CONTENT_LENGTH": str(len(request.content)),
    }
    _, fields, files = parse_form_data(environ)
    assert (request.method, request.url.path) == ("POST", "/tests/upload")
    with files["some_file"].stream as sent:
        assert (files["some_file"].filename, sent.read()) == ("raw.bin", b"raw")
    assert fields.to_dict(flat=False) == {
        "some_required_number": ["1.5"],
        "some_object": ['{"num":1.0,"text":"t"}'],
        "some_string": ["some_default_string"],
        "a_date": ["2026-01-02"],
        "some_int_array": ["1", "2"],
        "some_array": ['{"an_required_field":"r"}'],
        "some_enum": ["DIFFERENT"],
        "further": ['{"foo":"f"}'],
    }


def test_every_operation_of_the_document_is_called(package: Any) -> None:
    """No operation is missing from the calls above, and none is called that is not there."""
    registry = importlib.import_module(f"{PACKAGE}.operations").OPERATIONS
    modules = {info.module.removeprefix(f"{PACKAGE}.api.") for info in registry.values()}
    paths = json.loads(DOCUMENT.read_text())["paths"]

    assert {call.function for call in CALLS} | {UPLOAD} == modules
    assert len(modules) == sum(
        method in ("get", "post", "put", "delete") for item in paths.values() for method in item
    )


def answered(package: Any, function: str, answer: httpx.Response) -> Any:
    """Return what a function without arguments makes of an answer."""
    transport = httpx.MockTransport(lambda request: answer)
    with httpx.Client(transport=transport) as http:
        client = package.Client(base_url="http://api", http_client=http)
        return importlib.import_module(f"{PACKAGE}.api.{function}").sync_detailed(client=client)


@pytest.mark.parametrize(
    ("function", "answer", "parsed"),
    [
        ("tests.get_basic_list_of_floats", httpx.Response(200, json=[1.5, 2]), [1.5, 2.0]),
        ("responses.text_response", httpx.Response(200, text="hi"), "hi"),
        ("responses.default_status_code", httpx.Response(201, text="any"), "any"),
        ("responses.reference_response", httpx.Response(200, json={"a_date": "2024-01-01"}), None),
        ("tests.octet_stream_tests_octet_stream_get", httpx.Response(200, content=b"x"), b"x"),
        ("tests.no_response_tests_no_response_get", httpx.Response(599), None),
    ],
)
def test_answers_are_read(
    package: Any, function: str, answer: httpx.Response, parsed: object
) -> None:
    """Lists, text, bytes, any status, references to answers, and answers that nobody documented."""
    response = answered(package, function, answer)

    assert response.status_code == answer.status_code
    if parsed is not None:
        assert response.parsed == parsed
