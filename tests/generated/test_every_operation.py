"""Every operation of the document, sent to a real server, compared with the examples there."""

import json
import re
import typing
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import parse_qsl, quote

import pytest
import yaml
from attrs import define
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from outpost_api import AsyncClient, Client, File, ResponseError
from outpost_api.codec import from_builtins, to_builtins
from outpost_api.model import Model
from outpost_api.operations import OPERATIONS
from outpost_api.streaming import Events, Lines, Pieces

SPEC = Path(__file__).parents[2] / "spec" / "outpost.yaml"
BINARY = b"\x00\x01 a file \xff"
EVENTS = "text/event-stream"
#: Media types of answers that are read item by item; the document's example is one item.
STREAMS = (EVENTS, "application/jsonl", "application/x-ndjson", "application/json-seq")
EVENT_FIELDS = {"event", "data", "id", "retry"}


class _Loader(yaml.SafeLoader):
    """Leaves times as the text that JSON would hold."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
DOCUMENT: Dict[str, Any] = yaml.load(SPEC.read_text(encoding="utf-8"), Loader=_Loader)


class Case(NamedTuple):
    """One request body and one answer of one operation, taken from the document."""

    id: str
    method: str
    path: str
    parameters: List[Dict[str, Any]]
    media_type: Optional[str]
    body: Any
    body_schema: Dict[str, Any]
    status: int
    answer_type: Optional[str]
    answer: Any
    has_server: bool


def resolve(value: Any) -> Any:
    """Return what a reference stands for."""
    while isinstance(value, dict) and "$ref" in value:
        target: Any = DOCUMENT
        for part in value["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def examples(media: Dict[str, Any]) -> List[Any]:
    """Return every example of a media type."""
    if "example" in media:
        return [media["example"]]
    return [resolve(each)["value"] for each in (media.get("examples") or {}).values()]


def cases() -> Iterator[Case]:
    """Yield each operation with each example of its body, and with each example of each answer."""
    for path, item in DOCUMENT["paths"].items():
        for method in ("get", "put", "post", "delete", "patch"):
            operation = item.get(method)
            if operation is None:
                continue
            parameters = [
                resolve(each)
                for each in [*item.get("parameters", []), *operation.get("parameters", [])]
            ]
            content = resolve(operation.get("requestBody", {})).get("content", {})
            bodies = [
                (media_type, example, resolve(media.get("schema", {})))
                for media_type, media in content.items()
                for example in examples(media)
            ] or [(None, None, {})]
            answers = list(_answers(operation))
            assert not content or bodies[0][0] is not None, (
                f"{operation['operationId']}: no example of the body"
            )
            for index in range(max(len(bodies), len(answers))):
                media_type, body, schema = bodies[index % len(bodies)]
                status, answer_type, answer = answers[index % len(answers)]
                yield Case(
                    operation["operationId"],
                    method.upper(),
                    path,
                    parameters,
                    media_type,
                    body,
                    schema,
                    status,
                    answer_type,
                    answer,
                    "servers" in operation or "servers" in item,
                )


def _answers(operation: Dict[str, Any]) -> Iterator[Tuple[int, Optional[str], Any]]:
    for status, response in operation["responses"].items():
        content = resolve(response).get("content", {})
        if not content:
            yield int(status), None, None
        for media_type, media in content.items():
            is_list = resolve(media.get("schema", {})).get("type") == "array"
            for example in examples(media):
                items = example if is_list and media_type in STREAMS else [example]
                yield from ((int(status), media_type, item) for item in items)


def is_read_whole(case: Case) -> bool:
    """Tell whether an answer can be had at once; what is streamed beside another form cannot."""
    documented = OPERATIONS[case.id].load().OPERATION.responses
    return case.answer_type not in STREAMS or case.answer_type in documented[str(case.status)]


CASES = list(cases())
WHOLE = [case for case in CASES if is_read_whole(case)]


def sample(parameter: Dict[str, Any]) -> Any:
    """Return the value that a test gives a parameter."""
    schema = resolve(parameter.get("schema", {}))
    found = [*examples(parameter), *examples(schema), *schema.get("examples", [])[:1]]
    if found:
        return found[0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "boolean":
        return True
    if schema.get("type") == "integer":
        return schema.get("minimum", 7)
    if schema.get("type") == "array":
        return [sample({"schema": schema["items"]})]
    return "v1"


def wire_text(value: Any) -> str:
    """Return a scalar as it goes on the wire."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def arguments_of(case: Case, plan: Any) -> Dict[str, Any]:
    """Return the arguments of the generated function for a case."""
    hints = typing.get_type_hints(plan)
    names = {(each.wire_name, each.location): each.name for each in OPERATIONS[case.id].parameters}
    arguments = {}
    for each in case.parameters:
        name = names[each["name"], each["in"]]
        arguments[name] = from_builtins(hints[name], sample(each))
    if case.media_type is not None:
        arguments["body"] = body_of(case, hints["body"])
        if len(OPERATIONS[case.id].request_media_types) > 1:
            arguments["media_type"] = case.media_type
    return arguments


def body_of(case: Case, hint: Any) -> Any:
    """Return the body of a case as a caller gives it."""
    if case.media_type == "application/octet-stream":
        return BINARY
    if case.media_type != "multipart/form-data":
        return from_builtins(hint, case.body) if "json" in str(case.media_type) else case.body
    forms = [each for each in typing.get_args(hint) or (hint,) if hasattr(each, "from_dict")]
    if not forms:
        return case.body
    form = forms[-1].from_dict(case.body)
    for name, schema in case.body_schema["properties"].items():
        if resolve(schema).get("format") == "binary":
            file = File(BINARY, filename="a file.py", content_type="text/x-python")
            setattr(form, name, file)
    return form


def expected_path(case: Case) -> str:
    """Return the path that the server must see."""
    path = case.path
    for each in case.parameters:
        if each["in"] == "path":
            safe = "/" if each.get("x-multi-segment") else ""
            path = path.replace("{" + each["name"] + "}", quote(wire_text(sample(each)), safe=safe))
    return path


def expected_query(case: Case) -> List[Tuple[str, str]]:
    """Return the query that the server must see, sorted."""
    pairs = []
    for each in case.parameters:
        if each["in"] != "query":
            continue
        value = sample(each)
        if not isinstance(value, list):
            pairs.append((each["name"], wire_text(value)))
        elif each.get("explode", True):
            pairs.extend((each["name"], wire_text(item)) for item in value)
        else:
            pairs.append((each["name"], ",".join(wire_text(item) for item in value)))
    return sorted(pairs)


def without_defaults(actual: Any, example: Any) -> Any:
    """Return a re-encoded value without the fields that only defaults have put there."""
    if isinstance(actual, dict) and isinstance(example, dict):
        return {
            key: without_defaults(item, example[key])
            for key, item in actual.items()
            if key in example
        }
    if isinstance(actual, list) and isinstance(example, list) and len(actual) == len(example):
        return [without_defaults(a, b) for a, b in zip(actual, example)]
    return actual


def answer_bytes(case: Case) -> bytes:
    """Return the body that the server answers with."""
    if case.answer_type is None:
        return b""
    if case.answer_type in STREAMS:
        # Twice, so that a reader that stops after the first item, or joins them, is noticed.
        one = sent_event(case.answer) if case.answer_type == EVENTS else json.dumps(case.answer)
        return f"{one}\n{one}\n".encode()
    return json.dumps(case.answer).encode() if "json" in case.answer_type else case.answer.encode()


def sent_event(item: Any) -> str:
    """Return the lines of a server-sent event; an item with the fields of one is the event."""
    is_event = isinstance(item, dict) and "data" in item and item.keys() <= EVENT_FIELDS
    fields = item if is_event else {"data": item}
    return "".join(
        f"{name}: {line}\n"
        for name, value in fields.items()
        for line in (value if isinstance(value, str) else json.dumps(value)).split("\n")
    )


def check_request(case: Case, request: Request) -> None:
    """Compare what the server saw with the document."""
    assert request.method == case.method
    assert request.environ["RAW_URI"].partition("?")[0] == expected_path(case)
    assert sorted(
        parse_qsl(request.query_string.decode(), keep_blank_values=True)
    ) == expected_query(case)
    for each in case.parameters:
        if each["in"] == "header":
            assert request.headers[each["name"]] == wire_text(sample(each))
    needs_token = OPERATIONS[case.id].load().OPERATION.security
    assert request.headers.get("Authorization") == ("Bearer the-token" if needs_token else None)
    check_body(case, request)


def check_body(case: Case, request: Request) -> None:
    """Compare the body that the server saw with the document's example."""
    if case.media_type is None:
        assert request.data == b""
        return
    assert request.mimetype == case.media_type
    if "json" in case.media_type:
        assert without_defaults(json.loads(request.data), case.body) == case.body
    elif case.media_type == "application/octet-stream":
        assert request.data == BINARY
    elif case.media_type == "application/x-www-form-urlencoded":
        assert dict(parse_qsl(request.data.decode())) == case.body
    else:
        check_parts(case, request)


def check_parts(case: Case, request: Request) -> None:
    """Compare each part of a multipart body with the document's example."""
    heading = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parts = {
        part.get_param("name", header="content-disposition"): part
        for part in BytesParser().parsebytes(heading + request.data).get_payload()
    }
    properties = case.body_schema.get("properties", {})
    for name, part in parts.items():
        content = part.get_payload(decode=True)
        if resolve(properties.get(name, {})).get("format") == "binary":
            assert (content, part.get_filename()) == (BINARY, "a file.py")
        elif part.get_content_type() == "application/json":
            assert without_defaults(json.loads(content), case.body[name]) == case.body[name]
        else:
            assert content.decode() == wire_text(case.body[name])
    required = set(case.body_schema.get("required", ()))
    assert required <= set(parts)


def check_answer(case: Case, parsed: Any) -> None:
    """Compare what the caller gets with the document's example."""
    if case.answer_type is None:
        assert parsed is None
    elif isinstance(parsed, bytes):
        assert parsed == answer_bytes(case)
    elif case.answer_type in STREAMS:
        assert parsed == answer_bytes(case).decode()
    else:
        assert without_defaults(to_builtins(parsed), case.answer) == case.answer


def check_stream(case: Case, items: List[Any]) -> None:
    """Compare the items of a streamed answer, or the bytes of any other, with the example."""
    if case.answer_type not in STREAMS:
        assert b"".join(items) == answer_bytes(case)
        return
    found = [without_defaults(to_builtins(item), case.answer) for item in items]
    assert found == [case.answer, case.answer]


def serve(httpserver: HTTPServer, case: Case) -> None:
    """Answer every request with the case's example; what was asked is checked later."""
    content_type = case.answer_type if case.answer_type != "*/*" else "image/png"
    answer = Response(answer_bytes(case), status=case.status, content_type=content_type)
    httpserver.expect_request(re.compile(".*")).respond_with_response(answer)


def case_name(case: Case) -> str:
    return f"{case.id}-{case.status}"


@pytest.mark.parametrize("case", WHOLE, ids=case_name)
def test_an_operation_is_sent_and_read_as_documented(case: Case, httpserver: HTTPServer) -> None:
    """Method, path, query, headers, body and result of each operation are those of the document."""
    serve(httpserver, case)
    module = OPERATIONS[case.id].load()
    arguments = arguments_of(case, module.plan)
    if case.has_server:
        arguments["base_url"] = httpserver.url_for("")

    with Client("the-token", base_url=httpserver.url_for("")) as client:
        answer = module.sync_detailed(**arguments, client=client)
        if case.status < 300:
            check_answer(case, module.sync(**arguments, client=client))
        else:
            with pytest.raises(ResponseError) as caught:
                module.sync(**arguments, client=client)
            assert (caught.value.status_code, caught.value.operation_id) == (case.status, case.id)
            check_answer(case, caught.value.parsed)

    assert (answer.status_code, answer.is_success) == (case.status, case.status < 300)
    check_answer(case, answer.parsed)
    for request, _ in httpserver.log:
        check_request(case, request)


@pytest.mark.anyio
@pytest.mark.parametrize("case", WHOLE, ids=case_name)
async def test_an_operation_is_the_same_in_async(case: Case, httpserver: HTTPServer) -> None:
    """The asynchronous functions send and read the same as the blocking ones."""
    serve(httpserver, case)
    module = OPERATIONS[case.id].load()
    arguments = arguments_of(case, module.plan)
    if case.has_server:
        arguments["base_url"] = httpserver.url_for("")

    async with AsyncClient("the-token", base_url=httpserver.url_for("")) as client:
        answer = await module.asyncio_detailed(**arguments, client=client)
        if case.status < 300:
            check_answer(case, await module.asyncio(**arguments, client=client))
        else:
            with pytest.raises(ResponseError) as caught:
                await module.asyncio(**arguments, client=client)
            assert caught.value.status_code == case.status

    check_answer(case, answer.parsed)
    for request, _ in httpserver.log:
        check_request(case, request)


@define
class Told(Model):
    """A server-sent event as a document describes it."""

    data: Dict[str, int]
    event: str


@pytest.mark.parametrize(
    ("media_type", "item", "pieces"),
    [
        (EVENTS, {"n": 1}, Events(Dict[str, int])),
        (EVENTS, {"event": "told", "data": {"n": 1}}, Events(Told, whole=True)),
        (EVENTS, "two\nlines", Events(str)),
        ("application/jsonl", {"n": 1}, Lines(Dict[str, int])),
    ],
)
def test_a_streamed_answer_shows_one_item(media_type: str, item: Any, pieces: Pieces[Any]) -> None:
    """The example of such an answer, sent as its media type says, is what the client reads."""
    case = WHOLE[0]._replace(answer_type=media_type, answer=item)

    check_stream(case, [*pieces.feed(answer_bytes(case)), *pieces.end()])


def test_every_operation_of_the_document_is_called() -> None:
    """No operation of the document is missing from the registry or from these tests."""
    documented = {
        operation["operationId"]
        for item in DOCUMENT["paths"].values()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch", "head", "options", "trace")
    }

    assert documented == set(OPERATIONS) == {case.id for case in WHOLE}
