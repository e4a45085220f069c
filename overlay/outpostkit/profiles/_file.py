"""The file of the profiles: read and written as a whole, and private."""

import os
import stat
from contextlib import contextmanager, suppress
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import (
    PROFILE_VARIABLE,
    resolve_base_url,
    resolve_prediction_hosts,
    resolve_token,
)

CONFIG_VARIABLE = "OUTPOST_CONFIG_FILE"

#: File and its state to what was read from it.
_read: "Dict[str, Tuple[object, Dict[str, Any]]]" = {}


class Profile(NamedTuple):
    """One account."""

    #: What it is called in the file.
    name: str
    #: None when the file has none for it.
    api_token: Optional[str]
    #: None means the default address.
    base_url: Optional[str]
    #: Hosts of other sites whose endpoints get the token; see :class:`outpostkit.Client`.
    prediction_hosts: Tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Profile(name={self.name!r}, base_url={self.base_url!r})"


def config_path() -> str:
    """Return the path of the configuration file, which need not exist."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return os.path.expanduser(named)
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join("~", ".config")
    return os.path.join(os.path.expanduser(folder), "outpost", "config.toml")


def find_profile(name: Optional[str] = None) -> Optional[Profile]:
    """Return a profile: ``name``, else that of ``OUTPOST_PROFILE``, else the file's default.

    None means that nothing names one.

    Raises:
        ConfigurationError: there is no profile of that name, or the file cannot be used: others
            can read it, or it is not what this module describes.
    """
    wanted = name or os.environ.get(PROFILE_VARIABLE)
    path = config_path()
    config = _load(path)
    if not wanted:
        wanted = config.get("default")
        if wanted is None:
            return None
    found = config.get("profiles", {}).get(wanted)
    if found is None:
        known = ", ".join(sorted(config.get("profiles", {}))) or "none"
        raise ConfigurationError(
            f"there is no profile {wanted!r} in {path}; its profiles: {known}. "
            "outpostkit.profiles.save_profile() adds one."
        )
    return _profile(str(wanted), found)


def list_profiles() -> List[Profile]:
    """Return all profiles by name; errors as :func:`find_profile`."""
    profiles = _load(config_path()).get("profiles", {})
    return [_profile(name, profiles[name]) for name in sorted(profiles)]


def save_profile(
    name: str,
    api_token: str,
    *,
    base_url: Optional[str] = None,
    is_default: Optional[bool] = None,
    prediction_hosts: Optional[Sequence[str]] = None,
) -> str:
    """Add or replace a profile, and return the path of the file.

    The file is replaced as a whole, readable for you alone, so that no reader sees half of it.
    What else it holds is kept, also what others save at the same time; comments are not.

    Args:
        name: letters, digits, ``-`` and ``_``.
        api_token: the token of the account.
        base_url: the server that it is for; the default address if left out.
        is_default: whether it is used where no profile is named; by default that is the first
            one that is saved.
        prediction_hosts: hosts that get the token when endpoints of that server answer there,
            besides those of its own site; see :class:`outpostkit.Client`.

    Raises:
        ConfigurationError: a value or the file cannot be used.
    """
    if not name or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise ConfigurationError(
            f"profile name {name!r} must be made of letters, digits, - and _ alone"
        )
    profile: Dict[str, Any] = {"api_token": resolve_token(api_token, {})}
    if base_url is not None:
        profile["base_url"] = resolve_base_url(base_url)
    if prediction_hosts:
        profile["prediction_hosts"] = list(resolve_prediction_hosts(prediction_hosts))
    path = config_path()
    with _changing(path) as config:
        config["profiles"] = {**config.get("profiles", {}), name: profile}
        if is_default or (is_default is None and "default" not in config):
            config["default"] = name
    return path


def delete_profile(name: str) -> bool:
    """Remove a profile; return whether there was one. Errors as :func:`save_profile`."""
    path = config_path()
    if name not in _load(path).get("profiles", {}):
        return False
    with _changing(path) as config:
        found = config.get("profiles", {}).pop(name, None)
        if config.get("default") == name:
            del config["default"]
    return found is not None


@contextmanager
def _changing(path: str) -> "Iterator[Dict[str, Any]]":
    """Give what the file holds, to be changed, and write that; others have to wait meanwhile.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    from outpostkit.profiles._locking import only_one_writer

    target = os.path.realpath(path)  # a link to a file kept elsewhere stays a link
    try:
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        with only_one_writer(target):
            config: Dict[str, Any] = {}
            with suppress(FileNotFoundError):
                _check_private(target, os.stat(target))
                config = _parse(path)  # what it holds now, not what was kept of it
            yield config
            _write(path, target, config)
    except OSError as problem:
        raise ConfigurationError(f"{path} cannot be written: {problem.strerror}") from problem
    finally:
        _read.pop(path, None)


def _profile(name: str, found: Dict[str, Any]) -> Profile:
    hosts = tuple(found.get("prediction_hosts", ()))
    return Profile(name, found.get("api_token"), found.get("base_url"), hosts)


def _load(path: str) -> Dict[str, Any]:
    """Return what the file holds; nothing when there is none."""
    try:
        state = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        raise ConfigurationError(f"{path} cannot be read: {problem.strerror}") from problem
    _check_private(path, state)
    version = (state.st_mtime_ns, state.st_size, state.st_ino)
    kept = _read.get(path)
    if kept is not None and kept[0] == version:
        return kept[1]
    config = _parse(path)
    _read[path] = (version, config)
    return config


def _check_private(path: str, state: os.stat_result) -> None:
    if os.name != "posix":
        return
    if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            f"{path} holds tokens and other users may read or change it; "
            f"make it yours alone with: chmod 600 {path}"
        )


def _parse(path: str) -> Dict[str, Any]:
    from outpostkit.profiles._toml import loads

    try:
        with open(path, encoding="utf-8") as file:
            config = loads(file.read(), path)
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{path} cannot be read: {problem}") from problem
    profiles = config.get("profiles", {})
    good = isinstance(profiles, dict) and all(
        isinstance(profile, dict)
        and all(
            isinstance(profile.get(field, ""), str) and profile.get(field, "-")
            for field in ("api_token", "base_url")
        )
        and isinstance(profile.get("prediction_hosts", []), list)
        and all(isinstance(host, str) for host in profile.get("prediction_hosts", []))
        for profile in profiles.values()
    )
    if not good or not isinstance(config.get("default", ""), str):
        # What is there is not quoted: it may be a token in the wrong place.
        raise ConfigurationError(
            f"{path} is not as outpostkit.profiles describes it: default is a text, and every "
            "[profiles.NAME] has an api_token and, if need be, a base_url, both texts, and "
            "prediction_hosts, a list of texts"
        )
    return config


def _write(path: str, target: str, config: Dict[str, Any]) -> None:
    import tempfile

    from outpostkit.profiles._toml import dumps

    text = dumps(config, path)
    draft: Optional[str] = None
    try:
        # Only its owner can read it from the beginning.
        descriptor, draft = tempfile.mkstemp(prefix=".config-", dir=os.path.dirname(target))
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
        draft = None
    finally:
        if draft is not None:
            with suppress(OSError):
                os.unlink(draft)
