"""One document tried: every operation called, every request judged, every answer read back."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.generator.conformance import wire
from tests.generator.conformance.calls import Call, Package
from tests.generator.conformance.documents import Described, described
from tests.generator.conformance.judge import Arrived, Judge, is_json
from tests.generator.conformance.objections import reason
from tests.generator.conformance.values import Undrawable


@dataclass
class Account:
    """What became of one document.

    ``undrawn``: no allowed value was found. ``disputed``: by reason, what the judge has against
    requests that hold exactly what was drawn, and what jsonschema allows. ``failures``: everything
    else that is wrong.
    """

    operations: int = 0
    requests: int = 0
    answers: int = 0
    undrawn: list[str] = field(default_factory=list)
    disputed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def add(self, other: Account) -> None:
        """Count what became of another document, too."""
        self.operations += other.operations
        self.requests += other.requests
        self.answers += other.answers
        self.undrawn += other.undrawn
        self.failures += other.failures
        for why, each in other.disputed.items():
            self.disputed[why] += each


def try_document(
    document: dict[str, Any],
    package: Package,
    *,
    count: int,
    seed: int = 0,
    only: Iterable[Described] | None = None,
) -> Account:
    """Return what became of ``count`` calls of each operation."""
    account = Account()
    judge = Judge(document)
    for operation in only if only is not None else described(document):
        account.operations += 1
        chance = random.Random(f"{seed} {operation}")
        answers = iter(_answers(operation, package, account, chance, count))
        try:
            for call in package.calls(operation, count, chance):
                _try_call(operation, call, package, judge, next(answers, None), account)
            for answer in answers:
                _read_back(operation, package, answer, account)
        except Undrawable as failure:
            account.undrawn.append(f"{operation}: {failure}")
        except Exception as failure:
            account.failures.append(f"{operation}: {type(failure).__name__}: {failure}"[:600])
    return account


@dataclass(frozen=True)
class Answer:
    """An answer of a server that does what the document says."""

    status: int
    media_type: str
    value: Any

    def response(self) -> httpx.Response:
        content = json.dumps(self.value)
        return httpx.Response(
            self.status,
            content=content.encode(),
            headers={"content-type": self.media_type},
            request=httpx.Request("GET", "http://server.test/"),
        )


def _answers(
    operation: Described, package: Package, account: Account, chance: random.Random, count: int
) -> list[Answer]:
    """Return answers of every documented status and media type that JSON values are drawn for."""
    made = []
    for status, response in operation.responses.items():
        number = _status(status, operation.responses)
        for media_type, media in (response.get("content") or {}).items():
            if not is_json(media_type) or "*" in media_type:
                continue
            for attempt in range(count):
                schema = media.get("schema", {})
                try:
                    value = package.values.draw(schema, chance, sent=False, whole=attempt == 0)
                except Undrawable as failure:
                    account.undrawn.append(f"{operation} {status}: {failure}")
                    break
                made.append(Answer(number, media_type, value))
    return made


def _status(text: str, documented: dict[str, Any]) -> int:
    if text.isdigit():
        return int(text)
    if text.upper().endswith("XX"):
        first = int(text[0]) * 100
        return next(code for code in range(first, first + 99) if str(code) not in documented)
    return 200 if not any(each.startswith("2") for each in documented) else 599


def _try_call(
    operation: Described,
    call: Call,
    package: Package,
    judge: Judge,
    answer: Answer | None,
    account: Account,
) -> None:
    account.requests += 1
    module = package.operations[operation.method, operation.path].load()
    response = answer.response() if answer is not None else httpx.Response(418)
    request, returned = package.send(module, call, response)
    plan = module.plan(**call.arguments)
    base = urlsplit(plan.url(package.client.DEFAULT_BASE_URL)).path
    base = base.removesuffix(plan.path.partition("#")[0])
    raw = request.url.raw_path.decode("ascii").partition("?")[0]
    segments = wire.raw_segments(operation, raw.removeprefix(base), call.drawn)
    if segments is None or request.method != operation.method.upper():
        account.failures.append(f"{operation} request: {request.method} {raw} was sent")
        return
    problems = list(_lost_on_the_way(operation, call, request, segments))
    stated = parse_qsl(urlsplit(operation.path).query, keep_blank_values=True)
    described = operation.parameters
    fixed = [each for each in stated if ("query", each[0]) not in described and "{" not in each[1]]
    problems += [f"query {each} is lost" for each in fixed if each not in _query(request)]
    account.failures += [f"{operation} request: {problem}" for problem in problems]
    if not problems:
        _ask(judge, operation, call, request, segments, account)
    if answer is not None:
        _compare(operation, package, answer, returned.parsed, account)


def _query(request: httpx.Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True)


def _ask(
    judge: Judge,
    operation: Described,
    call: Call,
    request: httpx.Request,
    segments: dict[str, str],
    account: Account,
) -> None:
    """Let the judge read a request in which every drawn value stands as it was drawn."""
    arrived = judge.read(operation, request, segments)
    objections = [*arrived.objections, *_read_otherwise(call, arrived)]
    if not objections:
        return
    why = reason(objections[0]) or _about_what_was_not_sent(call, objections[0])
    if why is None:
        account.failures.append(f"{operation} request, says the judge: {objections[0]}")
    else:
        account.disputed[why].append(f"{operation}: {objections[0]}")


def _about_what_was_not_sent(call: Call, objection: str) -> str | None:
    """Return why an objection says nothing of the request: it is against a default."""
    parameter = re.match(r"Invalid (\w+) parameter: (\S+)", objection)
    if parameter is not None and parameter.groups() not in call.drawn:
        return "judges the default of a parameter that was not sent"
    field = re.search(r"<- \$\.(\w+):", objection)
    if field is not None and isinstance(call.body, dict) and field[1] not in call.body:
        return "judges the default of a field that was not sent"
    return None


def _lost_on_the_way(
    operation: Described, call: Call, request: httpx.Request, segments: dict[str, str]
) -> Iterator[str]:
    """Yield what does not stand in the request as it was drawn."""
    for (place, name), value in call.drawn.items():
        described = operation.parameters[place, name]
        seen = wire.parameter(described, place, value, segments.get(name), request)
        problem = difference(_text(value), _text(seen), f"{place} {name}")
        if problem:
            yield problem
    if call.has_body:
        seen = wire.body(request, call.body)
        loose = not is_json(request.headers["content-type"])
        drawn = (_text(call.body), _text(seen)) if loose else (call.body, seen)
        problem = difference(*drawn, "body")
        if problem:
            yield problem
    elif request.content:
        yield f"body: {request.content!r} is new"


def _read_otherwise(call: Call, arrived: Arrived) -> list[str]:
    """Return what the judge read otherwise than it was drawn."""
    pairs = [
        (value, arrived.parameters.get(key), " ".join(key)) for key, value in call.drawn.items()
    ]
    if call.has_body:
        pairs.append((call.body or {}, arrived.body or {}, "body"))
    found = [difference(_text(drawn), _text(seen), path) for drawn, seen, path in pairs]
    return [problem for problem in found if problem]


def difference(drawn: Any, seen: Any, path: str) -> str:
    """Return where two JSON values first differ; nothing when they are equal."""
    if isinstance(drawn, dict) and isinstance(seen, dict):
        for name in [*drawn, *(name for name in seen if name not in drawn)]:
            if name not in seen:
                return f"{path}.{name}: {drawn[name]!r} is lost"[:300]
            if name not in drawn:
                return f"{path}.{name}: {seen[name]!r} is new"[:300]
            found = difference(drawn[name], seen[name], f"{path}.{name}")
            if found:
                return found
        return ""
    if isinstance(drawn, list) and isinstance(seen, list) and len(drawn) == len(seen):
        pairs = enumerate(zip(drawn, seen, strict=True))
        return next(filter(None, (difference(*pair, f"{path}[{at}]") for at, pair in pairs)), "")
    same = drawn == seen and isinstance(drawn, bool) == isinstance(seen, bool)
    same = same or (_is_uuid(drawn) and drawn.lower() == seen)  # they are written in lower case
    return "" if same else f"{path}: {drawn!r} has become {seen!r}"[:400]


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and bool(
        re.fullmatch(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4,12}){4}", value)
    )


def _text(value: Any) -> Any:
    """Return a value as it looks where everything is text: 1 and "1" are one."""
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return _text(value[0]) if len(value) == 1 else [_text(item) for item in value]
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"^(-?[0-9]+)\.0$", r"\1", str(value))


def _read_back(operation: Described, package: Package, answer: Answer, account: Account) -> None:
    module = package.operations[operation.method, operation.path].load()
    _compare(operation, package, answer, module.read(answer.response()).parsed, account)


def _compare(
    operation: Described, package: Package, answer: Answer, parsed: Any, account: Account
) -> None:
    account.answers += 1
    if answer.status in (204, 304):
        return
    written = json.loads(package.codec.encode_json(parsed))
    problem = difference(answer.value, _without_defaults(answer.value, written, package), "$")
    if problem:
        account.failures.append(f"{operation} answer {answer.status}: {problem}")


def _without_defaults(answered: Any, written: Any, package: Package) -> Any:
    """Return what was written without the defaults that the model has filled in."""
    if isinstance(answered, dict) and isinstance(written, dict):
        return {
            name: _without_defaults(answered.get(name), item, package)
            for name, item in written.items()
            if name in answered
            or (name, json.dumps(item, sort_keys=True)) not in package.values.defaults
        }
    if isinstance(answered, list) and isinstance(written, list) and len(answered) == len(written):
        pairs = zip(answered, written, strict=True)
        return [_without_defaults(*pair, package) for pair in pairs]
    return written
