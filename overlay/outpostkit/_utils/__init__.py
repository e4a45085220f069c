"""A door for programs written for 0.0.46 and 0.0.69: helpers."""

from outpostkit._published.helpers import (
    save_file_at_path_from_response as save_file_at_path_from_response,
)
from outpostkit._resources.names import split_full_name as split_full_name
