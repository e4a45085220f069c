"""Accounts by name, in a file that only you can read.

The file is ``$XDG_CONFIG_HOME/outpost/config.toml``, else ``~/.config/outpost/config.toml``;
``OUTPOST_CONFIG_FILE`` names another. It looks like this::

    default = "work"

    [profiles.work]
    api_token = "..."

    [profiles.local]
    api_token = "..."
    base_url = "http://127.0.0.1:8000/v1"
    prediction_hosts = ["*.example.com"]    # other sites that get the token: see Client

``Client(profile="local")`` uses one of them; without, ``OUTPOST_PROFILE`` or ``default`` names it.
Reading needs Python 3.11, or the package ``tomli``.
"""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.profiles._file import (
        Profile as Profile,
        config_path as config_path,
        delete_profile as delete_profile,
        find_profile as find_profile,
        list_profiles as list_profiles,
        save_profile as save_profile,
    )

_HOMES = {
    "Profile": "outpostkit.profiles._file",
    "config_path": "outpostkit.profiles._file",
    "delete_profile": "outpostkit.profiles._file",
    "find_profile": "outpostkit.profiles._file",
    "list_profiles": "outpostkit.profiles._file",
    "save_profile": "outpostkit.profiles._file",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)
