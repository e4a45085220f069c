"""The server's own user and its teams, as a start of the server finds or makes them."""

from __future__ import annotations

from pathlib import Path

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.store.accounts import AccountNameTaken
from outpost_server.keeping.store.records import new_account
from outpost_server.keeping.store.store import Store
from outpost_server.keeping.tokens import new_token
from outpost_server.rules.settings import ServerSettings, SettingsError

# 24 characters of base64 are 144 bits.
MIN_TOKEN_CHARS = 24


async def prepare_accounts(settings: ServerSettings, folder: DataFolder, store: Store) -> None:
    """Keep the user, the token and the teams of earlier runs; make those that are missing.

    Another entity gives the same user another name. When the token file was removed, there is a
    new token, and the one before is not valid any more. A token file wins over both.

    Raises:
        SettingsError: a name belongs to another user or team, or the token file cannot be used.
    """
    try:
        await _prepare_owner(settings, folder, store)
        owner = store.users.server_owner()
        assert owner is not None
        for name in settings.teams:
            found = store.accounts.by_name(name)
            if found is None:
                await store.teams.add(new_account(name, "team"), owner.id)
            elif found.type != "team":
                raise SettingsError(f"team {name!r}: a user has this name.")
    except AccountNameTaken:
        raise SettingsError(
            f"entity {settings.entity!r} or one of the teams {', '.join(settings.teams)}: another "
            "user or team has this name."
        ) from None


async def _prepare_owner(settings: ServerSettings, folder: DataFolder, store: Store) -> None:
    owner = store.users.server_owner()
    kept = folder.read_token()
    given = None if settings.token_file is None else _read_token_file(settings.token_file)
    token = given or kept or new_token()
    if owner is None:
        await store.users.add(new_account(settings.entity, "user", is_server_owner=True), token)
    else:
        if store.users.by_token(token) != owner:
            await store.users.replace_tokens(owner.id, token)
        if owner.name != settings.entity:
            await store.accounts.rename(owner.id, settings.entity)
    if token != kept:
        # Last: a token that nobody has read yet is made anew after a crash.
        folder.write_token(token)


def _read_token_file(path: Path) -> str:
    """Return the token in a file.

    Raises:
        SettingsError: the file cannot be read, others may read it, or its token is too weak.
    """
    try:
        mode = path.stat().st_mode
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"token file {path}: it cannot be read: {error}") from None
    if mode & 0o077:
        raise SettingsError(f"token file {path}: others may read it. Run: chmod 600 {path}")
    if len(token) < MIN_TOKEN_CHARS or not token.isascii() or len(token.split()) != 1:
        raise SettingsError(
            f"token file {path}: expected one line of at least {MIN_TOKEN_CHARS} visible "
            "characters, such as from: openssl rand -base64 32"
        )
    return token
