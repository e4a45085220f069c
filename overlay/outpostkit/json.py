"""A door for programs written for 0.0.46 and 0.0.69: values as JSON."""

from outpostkit._published.files import HAS_NUMPY as HAS_NUMPY, encode_json as encode_json
