"""A door for programs written for 0.0.46 and 0.0.69: the base class of prediction templates."""

from outpostkit._published.handler import EndpointHandler as EndpointHandler
