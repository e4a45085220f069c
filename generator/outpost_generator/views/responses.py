"""What an operation returns: by status, by media type."""

from attrs import frozen

from outpost_generator.python.types import ANY, BYTES, NONE, STR, Type, union
from outpost_generator.reading.document import pointer
from outpost_generator.reading.media import media_kind, streamed_as
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.printed.operations import AnswerView, ContentView


@frozen
class ResponsesView:
    """The annotations of a success and of an error body, and all answers."""

    success: str
    failure: str
    answers: tuple[AnswerView, ...]
    accept: str  # application/pdf; "" where the answer is plain JSON


def responses_of(context: OperationContext) -> ResponsesView:
    """Return what the operation returns."""
    documented = context.operation["responses"]
    has_success = any(status[:1] == "2" for status in documented)
    successes: list[Type] = []
    failures: list[Type] = []
    answers: list[AnswerView] = []
    offered: list[str] = []
    for status, response in documented.items():
        types = _content_types(context, response, f"{context.where}/responses/{status}")
        contents = {name.lower(): context.text(type_) for name, type_ in types.items()}
        views = tuple(ContentView(*each) for each in contents.items())
        answers.append(AnswerView(status if status == "default" else status.upper(), views))
        if status[:1] == "2" or (status == "default" and not has_success):
            successes.extend(types.values() or [NONE])
            offered.extend(name for name in types if name not in offered)
        else:
            failures.extend(types.values())
    return ResponsesView(
        success=context.text(union(*successes) if successes else NONE),
        failure=context.text(union(*failures) if failures else NONE),
        answers=tuple(answers),
        accept=_accept(offered),
    )


def _accept(offered: list[str]) -> str:
    """Return the Accept header that asks for what the document offers.

    Servers answer JSON unasked, so plain JSON needs none; and one that is sent where none is due
    is a needless difference from what the server was tried with.
    """
    if all(
        name.lower().partition(";")[0].strip() in ("application/json", "*/*") for name in offered
    ):
        return ""
    sendable = [name for name in offered if name.isascii() and name.isprintable()]
    return ", ".join(sendable)


def _content_types(
    context: OperationContext, response: dict[str, object], at: str
) -> dict[str, Type]:
    content = response.get("content")
    if not isinstance(content, dict):
        return {}
    types: dict[str, Type] = {}
    # What is made to be streamed is read by `stream`; whole only where there is nothing else.
    whole = [each for each in content if streamed_as(each) is None] or list(content)
    for media_type in whole:
        media = content[media_type]
        kind = media_kind(media_type)
        if kind == "json":
            where = f"{at}/content{pointer(media_type)[1:]}/schema"
            has_schema = isinstance(media.get("schema"), dict)
            types[media_type] = context.models.types.at(where) if has_schema else ANY
        else:
            types[media_type] = STR if kind == "text" else BYTES
    return types
