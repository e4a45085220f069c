"""Operations that answer page by page, as the settings or ``x-pagination`` say.

A rule names the style (page, offset, cursor, last, link), the query parameter that asks for another
page, where the items stand in the answer, and where the next cursor stands: in the answer, or with
the style ``last`` in its last item.
"""

from typing import Any

from attrs import frozen

from outpost_generator.python.text import literal
from outpost_generator.python.types import NONE, UNSET, ListOf, Named, Type, UnionOf, union
from outpost_generator.reading.document import pointer
from outpost_generator.reading.media import media_kind
from outpost_generator.schemas.parse import is_object
from outpost_generator.views.operation_context import OperationContext

STYLES = ("page", "offset", "cursor", "last", "link")
_SETTINGS = frozenset(("style", "parameter", "items", "next", "size", "first", "once"))


@frozen
class PagingView:
    """How the items of every page are reached."""

    item: str  # annotation of one item
    rule: str  # 'paging.Rule("cursor", "after", ("data",), ("next",))'


def paging_of(context: OperationContext) -> "PagingView | None":
    """Return the paging of an operation; ``None`` when nothing says that it has pages."""
    identifier = str(context.operation["operationId"])
    rule = context.models.config.pagination.get(identifier, context.operation.get("x-pagination"))
    if rule is None:
        return None
    where = f"{context.where}/x-pagination"
    reason = _refusal(context, rule)
    if reason:
        context.problem(where, reason, "Correct x-pagination, or `pagination` in the settings.")
        return None
    items = _path(context, _success(context), str(rule.get("items", "")))
    if items is None or not isinstance(items[1], ListOf):
        reason = f"the answer has no list at {rule.get('items', '')!r}"
        context.problem(where, reason, "Name the field that holds the items, as in `data.items`.")
        return None
    holder = items[1].item if rule["style"] == "last" else _success(context)
    following = _path(context, holder, str(rule.get("next", "")))
    if following is None or (rule["style"] in ("cursor", "last") and not rule.get("next")):
        where_it_is = "an item" if rule["style"] == "last" else "the answer"
        reason = f"{where_it_is} has no field {rule.get('next', '')!r} for the next cursor"
        context.problem(where, reason, "Name it as `next`, as in `meta.next_cursor`.")
        return None
    context.need_module("paging")
    arguments = [
        literal(rule["style"]),
        literal(str(rule.get("parameter", ""))),
        literal(items[0]),
        literal(following[0]),
        literal(str(rule.get("size", ""))),
        repr(int(rule.get("first", 1))),
        literal(str(rule.get("once", ""))),
    ]
    return PagingView(context.text(items[1].item), f"paging.Rule({', '.join(arguments)})")


def _refusal(context: OperationContext, rule: Any) -> str:
    if not isinstance(rule, dict) or rule.get("style") not in STYLES:
        return f"pagination needs a style: {', '.join(STYLES)}"
    unknown = sorted(set(rule) - _SETTINGS)
    if unknown:
        return f"pagination has no setting {unknown[0]!r}; it has {', '.join(sorted(_SETTINGS))}"
    in_query = {
        each.get("name") for each in context.operation["parameters"] if each.get("in") == "query"
    }
    for setting in ("parameter", "size", "once"):
        if rule.get(setting) and rule[setting] not in in_query:
            return f"the operation has no query parameter {rule[setting]!r}"
    if rule["style"] != "link" and not rule.get("parameter"):
        return "pagination needs the query `parameter` that asks for another page"
    first = rule.get("first", 1)
    return "" if isinstance(first, int) else "`first` must be a number"


def _success(context: OperationContext) -> "Type | None":
    for status, response in context.operation["responses"].items():
        for media_type in (response.get("content") or {}) if status[:1] == "2" else ():
            if media_kind(media_type) == "json":
                at = f"{context.where}/responses/{status}/content{pointer(media_type)[1:]}/schema"
                return context.models.types.by_pointer.get(at)
    return None


def _path(
    context: OperationContext, type_: "Type | None", path: str
) -> "tuple[tuple[str, ...], Type] | None":
    """Return the attributes that a dotted path of wire names leads through, and where it ends."""
    attributes: list[str] = []
    for name in path.split(".") if path else ():
        component = _object(context, type_)
        types = context.models.field_types(component) if component else {}
        if component is None or name not in types:
            return None
        attributes.append(context.models.field_names(component)[name])
        type_ = types[name]
    found = _plain(context, type_)
    return (tuple(attributes), found) if found is not None else None


def _plain(context: OperationContext, type_: "Type | None") -> "Type | None":
    """Return the type without null, through aliases."""
    if isinstance(type_, UnionOf):
        rest = [each for each in type_.members if each not in (NONE, UNSET)]
        type_ = union(*rest) if rest else None
    if isinstance(type_, Named) and context.models.is_alias(type_.component):
        return _plain(context, context.models.alias_type(type_.component))
    return type_


def _object(context: OperationContext, type_: "Type | None") -> "str | None":
    found = _plain(context, type_)
    if isinstance(found, Named) and is_object(context.models.schema(found.component)):
        return found.component
    return None
