"""A door for programs written for 0.0.46 and 0.0.69: ``_types.endpoint``, by the README's name."""

from outpostkit._types.endpoint import *  # noqa: F403 - the same table of contents, kept in one place
