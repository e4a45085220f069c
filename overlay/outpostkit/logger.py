"""A door for programs written for 0.0.46 and 0.0.69: the logger of tools."""

from outpostkit._published.logger import init_outpost_logger as init_outpost_logger
