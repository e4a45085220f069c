# Generated from spec/outpost.yaml#/components/schemas/LogType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""LogType: The kind of a log line."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class LogType(OpenEnum):
    """The kind of a log line. Open: clients accept values that are not listed.

    Values that this document does not know survive as they are.
    """

    dep = "dep"
    runtime = "runtime"
    event = "event"


#: A member, or its text as it is.
if TYPE_CHECKING:
    LogTypeLike = Union[LogType, Literal["dep", "runtime", "event"]]
else:
    LogTypeLike = LogType

__all__ = ["LogType", "LogTypeLike"]
