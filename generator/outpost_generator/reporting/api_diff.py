"""What users of a generated package notice when it is generated anew.

Both packages are read by griffe, which looks at their source and runs none of it. Griffe says which
names and arguments break callers; types, additions and what is sent are compared here. Operations
are told apart by their module and models by their name, as users import them. Fields are taken to
be passed by name.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import griffe
from attrs import frozen

from outpost_generator.reporting.api_package import ApiPackage

BREAKING, ADDED, DEPRECATED, CHANGED = "breaking", "added", "deprecated", "changed"
#: The functions of an operation module that differ from `sync` only in how they send.
_TWINS = frozenset(("plan", "sync_detailed", "asyncio", "asyncio_detailed", "aiterate", "astream"))


@frozen
class Change:
    """One thing that is different for users.

    Attributes:
        kind: breaking, added, deprecated or changed (nothing that worked stops to).
        place: what they import: ``api.endpoints.get_endpoint`` or ``models.Endpoint``.
        what: a sentence without its full stop, such as "the argument `limit` is gone".
    """

    kind: str
    place: str
    what: str


def compare(old: Path, new: Path) -> list[Change]:
    """Return what is different between two generated packages, each the folder of a package."""
    before, after = ApiPackage(old), ApiPackage(new)
    changes = [
        *_pairs(before.operations(), after.operations(), "operation", _operation_changes),
        *_pairs(before.models(), after.models(), "model", _model_changes),
        *_pairs(before.modules(), after.modules(), "module", _module_changes),
    ]
    if not changes and before.text() != after.text():
        changes.append(Change(CHANGED, "", "descriptions or internals are different"))
    return changes


_Compare = Callable[[str, griffe.Object, griffe.Object], Iterator[Change]]


def _pairs(
    old: dict[str, griffe.Object], new: dict[str, griffe.Object], noun: str, changes: _Compare
) -> Iterator[Change]:
    for place, before in sorted(old.items()):  # the file system gives them in any order
        if place not in new:
            yield Change(BREAKING, place, f"the {noun} is gone")
        else:
            yield from changes(place, before, new[place])
    for place in sorted(new.keys() - old.keys()):
        yield Change(ADDED, place, f"new {noun}")


def _module_changes(place: str, old: griffe.Object, new: griffe.Object) -> Iterator[Change]:
    """Compare names and arguments, as griffe does, and find what is new."""
    for breakage in griffe.find_breaking_changes(old, new):
        yield Change(BREAKING, place, _sentence(breakage, str(breakage.obj.name)))
    for name, found in new.members.items():
        if name not in old.members and isinstance(found, griffe.Object) and found.is_public:
            yield Change(ADDED, place, f"new `{name}`")


def _operation_changes(place: str, old: griffe.Object, new: griffe.Object) -> Iterator[Change]:
    for breakage in griffe.find_breaking_changes(old, new):
        if breakage.obj.name not in _TWINS and breakage.obj.name != "read":
            is_lost = breakage.kind is griffe.BreakageKind.OBJECT_REMOVED
            if is_lost or breakage.obj.name == "sync":
                yield Change(BREAKING, place, _sentence(breakage, breakage.obj.name))
    before, after = _function(old, "sync"), _function(new, "sync")
    if before is not None and after is not None:
        yield from _argument_changes(place, before, after)
        yield from _result_changes(place, before.returns, after.returns, "returns")
    for name in ("iterate", "stream"):
        earlier, later = _function(old, name), _function(new, name)
        if earlier is None and later is not None:
            yield Change(ADDED, place, f"new `{name}`")
        elif earlier is not None and later is not None:
            verb = f"`{name}` returns"
            yield from _result_changes(place, earlier.returns, later.returns, verb)
    yield from _call_changes(place, _facts(old), _facts(new))


def _function(module: griffe.Object, name: str) -> "griffe.Function | None":
    found = module.members.get(name)
    return found if isinstance(found, griffe.Function) else None


def _argument_changes(place: str, old: griffe.Function, new: griffe.Function) -> Iterator[Change]:
    """Compare the types of arguments, which griffe does not."""
    before = {each.name: each for each in old.parameters}
    for argument in new.parameters:
        if argument.name not in before:
            if not argument.required:
                yield Change(ADDED, place, f"new argument `{argument.name}`")
            continue
        earlier, later = _members(before[argument.name].annotation), _members(argument.annotation)
        if earlier != later:
            kind = CHANGED if earlier <= later or "JsonValue" in later else BREAKING
            was, now = before[argument.name].annotation, argument.annotation
            yield Change(kind, place, f"the argument `{argument.name}` is {_instead(now, was)}")


def _result_changes(place: str, old: object, new: object, verb: str) -> Iterator[Change]:
    earlier, later = _members(old), _members(new)
    if earlier != later:
        kind = CHANGED if later <= earlier else BREAKING
        yield Change(kind, place, f"{verb} {_instead(new, old)}")


def _call_changes(place: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    """Compare what is sent and read; callers need not change for that."""
    if new.get("deprecated") == "True" != old.get("deprecated"):
        yield Change(DEPRECATED, place, "the API says not to use it any more")
    sent = [f"{facts.get('method')} {facts.get('path')}" for facts in (new, old)]
    if sent[0] != sent[1]:
        yield Change(CHANGED, place, f"sends {_instead(*sent)}")
    for fact, what in _FACTS.items():
        if old.get(fact) != new.get(fact):
            yield Change(CHANGED, place, what)


#: Keywords of `OPERATION` -> what another value means.
_FACTS = {
    "responses": "other answers are documented",
    "security": "takes other credentials",
    "server": "has another server",
    "idempotent": "is sent again after other failures",
    "idempotency_header": "takes another idempotency key",
    "tag": "has another tag",
}


def _facts(module: griffe.Object) -> dict[str, str]:
    """Return the keywords of `OPERATION`: constants as text, all else as it is written."""
    found = module.members.get("OPERATION")
    value = found.value if isinstance(found, griffe.Attribute) else None
    try:
        call = ast.parse(str(value), mode="eval").body
    except SyntaxError:
        return {}
    if not isinstance(call, ast.Call):
        return {}
    return {
        each.arg: str(each.value.value)
        if isinstance(each.value, ast.Constant)
        else ast.unparse(_in_order(each.value))
        for each in call.keywords
        if each.arg
    }


def _in_order(node: ast.expr) -> ast.expr:
    """Return a table with its keys sorted: their order says nothing."""
    if not isinstance(node, ast.Dict):
        return node
    pairs = [
        (key, _in_order(value))
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    ]
    pairs.sort(key=lambda pair: ast.unparse(pair[0]))
    return ast.Dict(keys=[key for key, _ in pairs], values=[value for _, value in pairs])


def _model_changes(place: str, old: griffe.Object, new: griffe.Object) -> Iterator[Change]:
    if old.kind is not new.kind:
        yield Change(BREAKING, place, f"is {_instead(new.kind.value, old.kind.value)}")
    elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
        if str(old.value) != str(new.value):
            yield Change(BREAKING, place, f"is {_instead(new.value, old.value)}")
    elif isinstance(old, griffe.Class) and isinstance(new, griffe.Class):
        is_enum = any(str(base).endswith("OpenEnum") for base in new.bases)
        yield from _class_changes(place, old, new, "value" if is_enum else "field")


def _class_changes(place: str, old: griffe.Class, new: griffe.Class, noun: str) -> Iterator[Change]:
    for breakage in griffe.find_breaking_changes(old, new):
        if not breakage.obj.name.startswith("_"):
            yield Change(BREAKING, place, f"the {noun} `{breakage.obj.name}` is gone")
    for name, now in new.members.items():
        was = old.members.get(name)
        if name.startswith("_") or not isinstance(now, griffe.Attribute):
            continue
        if was is None:
            must = noun == "field" and now.value is None
            kind, word = (BREAKING, "new required") if must else (ADDED, "new")
            yield Change(kind, place, f"{word} {noun} `{name}`")
        elif isinstance(was, griffe.Attribute):
            if _members(was.annotation) != _members(now.annotation):
                types = _instead(now.annotation, was.annotation)
                yield Change(BREAKING, place, f"the {noun} `{name}` is {types}")
            elif str(was.value) != str(now.value):
                values = _instead(now.value, was.value)
                yield Change(BREAKING, place, f"the {noun} `{name}` is {values} by default")


def _sentence(breakage: griffe.Breakage, name: str) -> str:
    """Say what griffe found."""
    kinds = griffe.BreakageKind
    argument = getattr(breakage.new_value or breakage.old_value, "name", "")
    of_function = "" if name == "sync" else f" of `{name}`"
    match breakage.kind:
        case kinds.OBJECT_REMOVED:
            return f"`{name}` is gone"
        case kinds.PARAMETER_REMOVED:
            return f"the argument `{argument}`{of_function} is gone"
        case kinds.PARAMETER_ADDED_REQUIRED:
            return f"new required argument `{argument}`{of_function}"
        case kinds.PARAMETER_CHANGED_REQUIRED:
            return f"the argument `{argument}`{of_function} is required"
        case kinds.PARAMETER_CHANGED_DEFAULT:
            values = _instead(breakage.new_value.default, breakage.old_value.default)
            return f"the argument `{argument}`{of_function} is {values} by default"
        case kinds.PARAMETER_MOVED:
            return f"the argument `{argument}`{of_function} has another position"
        case kinds.PARAMETER_CHANGED_KIND:
            return f"the argument `{argument}`{of_function} is passed in another way"
        case _:
            return f"`{name}`: {breakage.kind.value.lower()}"


def _members(annotation: object) -> frozenset[str]:
    """Return the types that an annotation allows, whatever their order."""
    text = str(annotation)
    try:
        return frozenset(_flat(ast.parse(text, mode="eval").body))
    except SyntaxError:
        return frozenset((text,))


def _flat(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if node.value.id in ("Union", "Optional", "Literal"):
            for each in inner:
                yield from _flat(each)
            if node.value.id == "Optional":
                yield "None"
            return
    yield ast.unparse(node)


def _instead(new: object, old: object) -> str:
    return f"`{new}` instead of `{old}`"
