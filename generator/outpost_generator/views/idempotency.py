"""Whether an operation may be sent twice, and the header whose key makes it so for one call."""

from outpost_generator.views.operation_context import OperationContext

#: What most APIs that know such a key call its header; ``x-idempotency-key`` may name another.
_HEADER = "Idempotency-Key"


def marked_idempotent(context: OperationContext) -> "bool | None":
    """Return what the settings, else ``x-idempotent``, say; ``None`` leaves it to the method."""
    identifier = str(context.operation["operationId"])
    marked = context.operation.get("x-idempotent")
    marked = context.models.config.idempotent.get(identifier, marked)
    if marked is not None and not isinstance(marked, bool):
        way_out = "Write true or false, without quotes."
        context.problem(f"{context.where}/x-idempotent", f"{marked!r} is neither", way_out)
    return marked if isinstance(marked, bool) else None


def idempotency_header(context: OperationContext) -> str:
    """Return the name of the header; "" when the operation takes no key.

    It is the header parameter that ``x-idempotency-key`` names, or without that (or with ``true``)
    the one named ``Idempotency-Key``; names compare without case. ``false`` says there is none, and
    so does ``x-idempotent: false`` where no header is named.
    """
    marked = context.operation.get("x-idempotency-key", marked_idempotent(context) is not False)
    if marked is False:
        return ""
    wanted = marked if isinstance(marked, str) else _HEADER
    for parameter in context.operation["parameters"]:
        name = str(parameter.get("name"))
        if parameter.get("in") == "header" and name.lower() == wanted.lower():
            return name
    if isinstance(marked, str):
        reason = f"the operation has no header parameter {marked!r}"
        way_out = "Name the header that takes the key, or write true for Idempotency-Key."
        context.problem(f"{context.where}/x-idempotency-key", reason, way_out)
    return ""
