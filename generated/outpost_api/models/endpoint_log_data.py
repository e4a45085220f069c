# Generated from spec/outpost.yaml#/components/schemas/EndpointLogData by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointLogData: A log line."""

from typing import ClassVar, Dict, Optional

from attrs import define, field

from outpost_api.model import Model
from outpost_api.models.log_type import LogType
from outpost_api.types import JsonValue


@define
class EndpointLogData(Model):
    """A log line. Properties that are not listed tell more of its origin, such as
    `kubernetes.pod_name`, whose last part names the replica.

    Attributes:
        level_num: Severity as Python's logging counts it: 20 is INFO. (0 to 100)
        log_type: The kind of line.
        level: Severity: DEBUG, INFO, WARNING, ERROR or CRITICAL. (at most 32 characters)
        logger_name: Name of the logger that wrote it.
        message: The text.
        exc_info: Traceback of the exception that was logged. (default None)
        stack_info: Stack of the call that was logged. (default None)
        additional_properties: further fields of the object, by wire name.
    """

    __native__: ClassVar[bool] = False

    level_num: int
    log_type: LogType
    level: str
    logger_name: str
    message: str
    exc_info: Optional[str] = None
    stack_info: Optional[str] = None
    additional_properties: Dict[str, JsonValue] = field(factory=dict)


__all__ = ["EndpointLogData"]
