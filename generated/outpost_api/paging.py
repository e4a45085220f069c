# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/paging.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Going through all pages of an answer, item by item."""

import re
from typing import Any, AsyncIterator, Iterator, List, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import parse_qsl, urlsplit

from outpost_api.client import AsyncSender, SyncSender
from outpost_api.errors import DecodeError
from outpost_api.request import RequestPlan
from outpost_api.response import Response

_NEXT = re.compile(
    r"<([^<>]*)>\s*;(?:[^,<>]*;)?\s*rel\s*=\s*\"?(?:[^\",;]*\s)?next(?:\s[^\",;]*)?\"?", re.I
)


class Rule(NamedTuple):
    """How an operation has pages.

    Attributes:
        style: ``page`` and ``offset`` count, ``cursor`` hands on what the last page said, ``last``
            what its last item says, ``link`` follows the header ``Link``.
        parameter: query parameter that asks for another page.
        items: attributes that lead to the items of a page; none when the answer is a list.
        next: attributes that lead to the cursor of the next page.
        size: query parameter with the size of a page, or "".
        first: number of the first page.
        once: query parameter that is sent for the first page only, or "".
    """

    style: str
    parameter: str
    items: Tuple[str, ...]
    next: Tuple[str, ...]
    size: str
    first: int
    once: str = ""


def iterate(client: SyncSender, plan: RequestPlan[Any, Any], rule: Rule) -> Iterator[Any]:
    """Yield every item of every page; a page is asked for when its first item is."""
    following: Optional[RequestPlan[Any, Any]] = plan
    while following is not None:
        plan = following
        response = client.send(plan)
        response.value()
        found = items_of(response, rule)
        yield from found
        following = next_plan(plan, response, rule, found)


async def aiterate(
    client: AsyncSender, plan: RequestPlan[Any, Any], rule: Rule
) -> AsyncIterator[Any]:
    """Do what :func:`iterate` does, without blocking."""
    following: Optional[RequestPlan[Any, Any]] = plan
    while following is not None:
        plan = following
        response = await client.send(plan)
        response.value()
        found = items_of(response, rule)
        for item in found:
            yield item
        following = next_plan(plan, response, rule, found)


def items_of(response: Response[Any, Any], rule: Rule) -> Sequence[Any]:
    """Return the items of a page; a field that is not there holds none.

    Raises:
        DecodeError: what stands in their place is no list.
    """
    found = _at(response.parsed, rule.items)
    if found is None:
        return ()
    if not isinstance(found, list):
        path = ".".join(("$", *rule.items))
        raise DecodeError(
            f"{path}: expected a list of items", path=path, operation_id=response.operation.id
        )
    return found


def next_plan(
    plan: RequestPlan[Any, Any], response: Response[Any, Any], rule: Rule, found: Sequence[Any]
) -> Optional[RequestPlan[Any, Any]]:
    """Return the call of the page after this one, or ``None`` after the last. Performs nothing."""
    sent = dict(plan.query)
    if rule.style == "link":
        link = _NEXT.search(response.headers.get("link", ""))
        # Only the query is taken: an address elsewhere would be sent the token.
        query = parse_qsl(urlsplit(link[1]).query, keep_blank_values=True) if link else []
        return _moved(plan, query, response) if link else None
    if rule.style == "cursor":
        cursor = _at(response.parsed, rule.next)
        return None if cursor is None else _with(plan, rule, str(cursor), response)
    size = sent.get(rule.size, "")
    if not found or (size.isdigit() and len(found) < int(size)):
        return None
    if rule.style == "last":
        cursor = _at(found[-1], rule.next)
        return None if cursor is None else _with(plan, rule, str(cursor), response)
    first = rule.first if rule.style == "page" else 0
    here = int(sent.get(rule.parameter, first))
    return _with(plan, rule, str(here + (1 if rule.style == "page" else len(found))), response)


def _with(
    plan: RequestPlan[Any, Any], rule: Rule, value: str, response: Response[Any, Any]
) -> RequestPlan[Any, Any]:
    kept = [pair for pair in plan.query if pair[0] not in (rule.parameter, rule.once)]
    return _moved(plan, [*kept, (rule.parameter, value)], response)


def _moved(
    plan: RequestPlan[Any, Any], query: List[Tuple[str, str]], response: Response[Any, Any]
) -> RequestPlan[Any, Any]:
    if sorted(query) == sorted(plan.query):
        reason = "the server names the page it has just sent as the next one"
        raise DecodeError(reason, content=response.content, operation_id=plan.operation.id)
    other = plan.moved()
    other.query = tuple(query)
    return other


def _at(value: Any, attributes: Tuple[str, ...]) -> Any:
    for name in attributes:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    # What is unset is false, and so is what is null or empty.
    return value or None
