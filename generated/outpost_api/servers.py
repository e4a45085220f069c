# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/servers.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""The servers of the document, for those who do not use its first."""

from typing import Mapping, NamedTuple, Tuple

from outpost_api.encoding import server_part
from outpost_api.errors import InvalidArgument


class Variable(NamedTuple):
    """One part of a server's address: its default, the values it may have (empty: any), its meaning."""

    default: str
    choices: Tuple[str, ...]
    description: str


class Server(NamedTuple):
    """One server: its address with ``{variables}``, what the document says of it, and the variables."""

    url: str
    description: str
    variables: Mapping[str, Variable]

    def address(self, **values: str) -> str:
        """Return the address for a client's ``base_url``; variables not given have their defaults.

        Raises:
            InvalidArgument: there is no such variable, or it may not have that value.
        """
        written = self.url
        for name in values:
            if name not in self.variables:
                raise InvalidArgument(name, f"is no variable of {self.url}")
        for name, variable in self.variables.items():
            value = values.get(name, variable.default)
            if variable.choices and value not in variable.choices:
                raise InvalidArgument(name, f"must be one of: {', '.join(variable.choices)}")
            written = written.replace("{" + name + "}", server_part(name, value))
        return written


SERVERS: Tuple[Server, ...] = (
    Server(
        "https://api.outpost.run/v1",
        "The API. Clients of versions up to 0.0.49 used this address and later ones a gateway in front of it; this document keeps the address and the property names of the former.",
        {},
    ),
)
