"""What a log line says, with what is derived from where it came from."""

from typing import TYPE_CHECKING, Dict, Mapping, Optional, Union

from attrs import define

from outpost_api import models
from outpost_api.later import later

if TYPE_CHECKING:
    from outpost_api import types
    from outpost_api.types import JsonValue
else:
    types = later("outpost_api.types")


@define(init=False)
class EndpointLogData(models.EndpointLogData):
    """What a log line of an endpoint says."""

    def __init__(
        self,
        level_num: int,
        log_type: Union[models.LogType, str],
        level: str,
        logger_name: str,
        message: str,
        exc_info: Optional[str] = None,
        stack_info: Optional[str] = None,
        replica: Optional[str] = None,
        extra: "Optional[Mapping[str, types.JsonValue]]" = None,
        additional_properties: "Optional[Mapping[str, types.JsonValue]]" = None,
    ) -> None:
        """Hold a line; ``extra`` and ``additional_properties`` are two names of the same."""
        rest: Dict[str, JsonValue] = {**(additional_properties or {}), **(extra or {})}
        if replica is not None:
            rest["replica"] = replica
        kind = models.LogType(log_type) if isinstance(log_type, str) else log_type
        super().__init__(level_num, kind, level, logger_name, message, exc_info, stack_info, rest)

    @property
    def extra(self) -> "Dict[str, types.JsonValue]":
        """What else the line tells of its origin."""
        rest = self.additional_properties
        return {name: value for name, value in rest.items() if name != "replica"}

    @property
    def replica(self) -> Optional[str]:
        """Which replica wrote the line: the last part of the name of its pod; None if unknown."""
        named = self.additional_properties.get("replica")
        if isinstance(named, str):
            return named
        pod = self.additional_properties.get("kubernetes")
        name = pod.get("pod_name") if isinstance(pod, Mapping) else None
        return name.rpartition("-")[2] if isinstance(name, str) else None


@define(init=False)
class FinetuningJobLogData(models.FinetuningJobLogData):
    """What a log line of a finetuning job says."""

    def __init__(
        self,
        level_num: int,
        log_type: Union[models.LogType, str],
        level: str,
        logger_name: str,
        message: str,
        exc_info: Optional[str] = None,
        stack_info: Optional[str] = None,
        extra: "Optional[Mapping[str, types.JsonValue]]" = None,
        additional_properties: "Optional[Mapping[str, types.JsonValue]]" = None,
    ) -> None:
        """Hold a line; ``extra`` and ``additional_properties`` are two names of the same."""
        rest: Dict[str, JsonValue] = {**(additional_properties or {}), **(extra or {})}
        kind = models.LogType(log_type) if isinstance(log_type, str) else log_type
        super().__init__(level_num, kind, level, logger_name, message, exc_info, stack_info, rest)

    @property
    def extra(self) -> "Dict[str, types.JsonValue]":
        """What else the line tells of its origin."""
        return self.additional_properties
