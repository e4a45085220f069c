"""Helpers that earlier versions had; the objects that methods return need none of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Dict, Iterable, Mapping, Tuple, TypeVar

from outpostkit._compat.warning import warn_once

if TYPE_CHECKING:
    from outpost_api.types import JsonValue
    from outpostkit._types.endpoint import EndpointLogData
    from outpostkit._types.finetuning import FinetuningJobLogData

__all__ = [
    "convert_outpost_date_str_to_date",
    "parse_endpoint_log_data",
    "parse_finetuning_job_log_data",
    "separate_keys",
]

T = TypeVar("T")


def convert_outpost_date_str_to_date(date_string: str) -> datetime:
    """Return a time of the API, such as ``2023-12-08T13:26:01.277Z``, as a datetime in UTC.

    It has no time zone, as it never had: compare it with ``datetime.utcnow()``.

    Raises:
        ValueError: it is not such a time.
    """
    return datetime.strptime(date_string, "%Y-%m-%dT%H:%M:%S.%fZ")


def separate_keys(
    dictionary: Mapping[str, T], known_keys: Iterable[str]
) -> Tuple[Dict[str, T], Dict[str, T]]:
    """Return a dictionary as two: what has a known key, and the rest."""
    known = frozenset(known_keys)
    return (
        {key: value for key, value in dictionary.items() if key in known},
        {key: value for key, value in dictionary.items() if key not in known},
    )


def parse_endpoint_log_data(log_data: "Dict[str, JsonValue]") -> "EndpointLogData":
    """Return what a log line of an endpoint says, from its JSON object."""
    from outpostkit._types.endpoint import EndpointLogData

    warn_once("parse_endpoint_log_data(...)", "EndpointLogData.from_dict(...)")
    return EndpointLogData.from_dict(log_data)


def parse_finetuning_job_log_data(log_data: "Dict[str, JsonValue]") -> "FinetuningJobLogData":
    """Return what a log line of a finetuning job says, from its JSON object."""
    from outpostkit._types.finetuning import FinetuningJobLogData

    warn_once("parse_finetuning_job_log_data(...)", "FinetuningJobLogData.from_dict(...)")
    return FinetuningJobLogData.from_dict(log_data)
