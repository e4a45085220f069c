"""A door for programs written for 0.0.46 and 0.0.69: helpers."""

from outpostkit._published.helpers import (
    convert_outpost_date_str_to_date as convert_outpost_date_str_to_date,
    parse_endpoint_log_data as parse_endpoint_log_data,
    parse_finetuning_job_log_data as parse_finetuning_job_log_data,
    separate_keys as separate_keys,
)
from outpostkit._published.log_data import (
    EndpointLogData as EndpointLogData,
    FinetuningJobLogData as FinetuningJobLogData,
)
