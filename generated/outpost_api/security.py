# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/security.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""The document's security schemes, and how credentials are written into a request."""

import base64
from typing import Dict, List, Mapping, NamedTuple, Tuple, Union
from urllib.parse import quote

from outpost_api.errors import InvalidArgument

#: A token or key; a (user name, password) pair for HTTP basic authentication.
Credential = Union[str, Tuple[str, str]]


class SecurityScheme(NamedTuple):
    """One security scheme: its OpenAPI type, and where and under which name the credential goes."""

    type: str
    location: str
    name: str
    scheme: str

    @property
    def takes_token(self) -> bool:
        """Whether the credential is a bearer token."""
        return self.type in ("oauth2", "openIdConnect") or (
            self.type == "http" and self.scheme == "bearer"
        )


SCHEMES: Mapping[str, SecurityScheme] = {
    "bearerAuth": SecurityScheme("http", "header", "Authorization", "bearer"),
}


def token_credentials(token: str) -> Dict[str, Credential]:
    """Return the token as the credential of every scheme that takes a bearer token."""
    return {name: token for name, scheme in SCHEMES.items() if scheme.takes_token}


def apply_credentials(
    security: Tuple[Tuple[str, ...], ...],
    credentials: Mapping[str, Credential],
    headers: Dict[str, str],
    query: List[Tuple[str, str]],
) -> None:
    """Write the first alternative whose credentials are all there into headers and query."""
    for alternative in security:
        if alternative and all(name in credentials for name in alternative):
            for name in alternative:
                _apply(name, SCHEMES[name], credentials[name], headers, query)
            return


def _apply(
    name: str,
    scheme: SecurityScheme,
    credential: Credential,
    headers: Dict[str, str],
    query: List[Tuple[str, str]],
) -> None:
    if scheme.type == "http" and scheme.scheme == "basic":
        if isinstance(credential, str):
            raise InvalidArgument(
                name, "HTTP basic authentication needs a (user name, password) pair"
            )
        headers["Authorization"] = "Basic " + base64.b64encode(
            ":".join(credential).encode("utf-8")
        ).decode("ascii")
        return
    if not isinstance(credential, str):
        raise InvalidArgument(name, "needs one token or key, not a pair")
    if not credential.isascii() or not credential.isprintable():
        # The value itself is not shown: it is a secret.
        raise InvalidArgument(name, "the credential holds characters that no header can carry")
    if scheme.location == "query":
        query.append((scheme.name, credential))
    elif scheme.location == "cookie":
        cookie = f"{scheme.name}={quote(credential, safe='')}"
        headers["Cookie"] = f"{headers['Cookie']}; {cookie}" if "Cookie" in headers else cookie
    elif scheme.type == "apiKey":
        headers[scheme.name] = credential
    elif scheme.takes_token:
        headers["Authorization"] = f"Bearer {credential}"
    else:
        headers["Authorization"] = f"{scheme.scheme.capitalize()} {credential}"
