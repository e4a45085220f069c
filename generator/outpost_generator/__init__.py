"""Writes typed Python clients from OpenAPI documents."""

#: Version of the distribution; stands here so that output does not depend on how it is installed.
__version__ = "0.1.0"
