"""Where a client gets its settings from: argument, else environment, else profile, else default."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Optional, Sequence, Tuple

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import (
    BASE_URL_VARIABLE,
    PREDICTION_HOSTS_VARIABLE,
    TOKEN_VARIABLE,
    origin,
    resolve_base_url,
    resolve_prediction_hosts,
    resolve_token,
)

if TYPE_CHECKING:
    from outpostkit.profiles._file import Profile


class Account(NamedTuple):
    """Who is calling, and where to."""

    api_token: str
    base_url: str
    #: Hosts of other sites that get the token too.
    prediction_hosts: Tuple[str, ...]

    def __repr__(self) -> str:
        return f"Account(base_url={self.base_url!r})"


def resolve(
    api_token: Optional[str],
    base_url: Optional[str],
    profile: Optional[str],
    prediction_hosts: Optional[Sequence[str]] = None,
) -> Account:
    """Return the token, the address of the API, and the hosts of other sites that get the token.

    Raises:
        MissingTokenError: there is no token.
        ConfigurationError: something cannot be used, or the token of a profile would be sent to
            another server than the profile's own.
    """
    token_named = api_token or os.environ.get(TOKEN_VARIABLE)
    url_named = base_url or os.environ.get(BASE_URL_VARIABLE)
    chosen: Optional[Profile] = None
    if profile or not token_named or not url_named:
        from outpostkit.profiles._file import find_profile

        chosen = find_profile(profile)
    is_left_out = prediction_hosts is None and not os.environ.get(PREDICTION_HOSTS_VARIABLE)
    if chosen is not None and is_left_out:
        prediction_hosts = chosen.prediction_hosts
    hosts = resolve_prediction_hosts(prediction_hosts)
    if chosen is None:
        return Account(resolve_token(api_token), resolve_base_url(base_url), hosts)
    if profile:  # an argument as well, so it goes before the environment
        token = api_token or chosen.api_token
        address = base_url or chosen.base_url or os.environ.get(BASE_URL_VARIABLE)
    else:
        token = token_named or chosen.api_token
        address = url_named or chosen.base_url
    address = resolve_base_url(address)
    if token == chosen.api_token and chosen.base_url is not None:
        own = resolve_base_url(chosen.base_url)
        if origin(address) != origin(own):
            raise ConfigurationError(
                f"the token of profile {chosen.name!r} is for {own}, and base_url= or "
                f"{BASE_URL_VARIABLE} names {address}, where it is not sent; "
                "pass api_token= for that server, or choose its profile"
            )
    return Account(resolve_token(token), address, hosts)
