# Generated from spec/outpost.yaml#/paths/~1endpoints~1{entity}~1{name}~1logs/get/parameters/8/schema by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""GetEndpointLogsLevel: #/paths/~1endpoints~1{entity}~1{name}~1logs/get/parameters/8/schema."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class GetEndpointLogsLevel(OpenEnum):
    """GetEndpointLogsLevel.

    Values that this document does not know survive as they are.
    """

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


#: A member, or its text as it is.
if TYPE_CHECKING:
    GetEndpointLogsLevelLike = Union[
        GetEndpointLogsLevel, Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    ]
else:
    GetEndpointLogsLevelLike = GetEndpointLogsLevel

__all__ = ["GetEndpointLogsLevel", "GetEndpointLogsLevelLike"]
