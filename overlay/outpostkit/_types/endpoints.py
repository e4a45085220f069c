"""A door for programs written for 0.0.46 and 0.0.69: the classes of endpoints.

The README writes this name; they are those of :mod:`outpostkit._types.endpoint`.
"""

from outpostkit._types.endpoint import *  # noqa: F403 - the same table of contents, kept in one place
