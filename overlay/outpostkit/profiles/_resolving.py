"""Where a client gets its settings from: argument, else environment, else profile, else default."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Tuple

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import (
    BASE_URL_VARIABLE,
    TOKEN_VARIABLE,
    origin,
    resolve_base_url,
    resolve_token,
)

if TYPE_CHECKING:
    from outpostkit.profiles._file import Profile


def resolve(
    api_token: Optional[str], base_url: Optional[str], profile: Optional[str]
) -> Tuple[str, str]:
    """Return the token and the address of the API.

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
    if chosen is None:
        return resolve_token(api_token), resolve_base_url(base_url)
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
    return resolve_token(token), address
