"""Clients that go to other processes: what of one travels, and what is found again over there.

A token never does: on the other side it comes from where a new client gets it, the environment or
a profile. Nor do connections, which are opened anew.
"""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any, Dict, Mapping, Optional
from urllib.parse import urlsplit

from outpostkit._calls.settings.headers import TELLING
from outpostkit.exceptions import ConfigurationError, MissingTokenError

#: What of the settings stays here.
_KEPT_BACK = frozenset({"api_token", "secrets"})

_ADVICE = "make the client where it is needed, with the same arguments"


def settings_state(settings: Any) -> Dict[str, Any]:
    """Return what of the settings of a client travels.

    Raises:
        ConfigurationError: one of them cannot, or is a secret; it is named.
    """
    state = {name: value for name, value in vars(settings).items() if name not in _KEPT_BACK}
    problem = _telling(settings.extra_headers) or _unpicklable(state)
    if problem is None:
        return state
    del state  # monitors collect the locals of whoever raises
    raise ConfigurationError(f"{problem}; {_ADVICE}")


def restore_settings(settings: Any, state: Mapping[str, Any]) -> None:
    """Make settings what they were, with the token of this process.

    Raises:
        MissingTokenError: it has none.
        ConfigurationError: it has one that is for another server.
    """
    source = state["token_source"]
    given = None if source is None else source.ask
    address, hosts = state["base_url"], state["prediction_hosts"]
    try:
        settings.__init__(given, address, None, None, state["profile"], hosts)
    except MissingTokenError:
        raise MissingTokenError(
            "a client comes to another process without its token, and there is none here: set the "
            "environment variable OUTPOST_API_TOKEN there, or save a profile"
        ) from None
    if source is not None:
        settings.secrets = (source,)
    vars(settings).update(state)


def check_options(make: object) -> None:
    """Make sure that the options of the httpx client that ``make`` makes can travel.

    Raises:
        ConfigurationError: one cannot, or is a secret; it is named.
    """
    problem: Optional[str] = "this client cannot be pickled"
    if isinstance(make, partial):
        problem = _problem_of_options(make.args[0])
    del make  # as above
    if problem is not None:
        raise ConfigurationError(f"{problem}; {_ADVICE}")


def _problem_of_options(options: Mapping[str, Any]) -> Optional[str]:
    for name in ("transport", "mounts", "cookies"):
        if options.get(name):
            return f"{name}: a client that has its own cannot be pickled"
    proxy = options.get("proxy")
    if proxy is not None and urlsplit(str(getattr(proxy, "url", proxy))).password is not None:
        return "proxy: its password is not put into a pickle"
    return _telling(dict(options["headers"])) or _unpicklable(options)


def _telling(headers: Mapping[str, str]) -> Optional[str]:
    for name in headers:
        if name.lower() in TELLING:
            return f"headers: {name!r} is a secret, which is not put into a pickle"
    return None


def _unpicklable(values: Mapping[str, Any]) -> Optional[str]:
    for name, value in values.items():
        try:
            pickle.dumps(value)
        except Exception as problem:  # whatever the class of an option raises
            reason = f"{type(problem).__name__}: {problem}"
            return f"{name}: {type(value).__name__} cannot be pickled ({reason})"
    return None
