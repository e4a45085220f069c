"""``outpostkit local user``, ``team`` and ``token``: accounts, while the server runs or not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from outpost_server.commands.data_option import data_option
from outpost_server.keeping.data_folder import DataFolder, FolderUnusable
from outpost_server.keeping.store.accounts import AccountNameTaken
from outpost_server.keeping.store.database import StoreError
from outpost_server.keeping.store.records import Account, new_account
from outpost_server.keeping.store.store import Store
from outpost_server.keeping.store.teams import LastOwner
from outpost_server.keeping.store.third_party_tokens import TokenNameTaken
from outpost_server.keeping.store.users import StillOwner
from outpost_server.keeping.tokens import new_token
from outpost_server.rules.settings import SettingsError, check_name
from outpost_server.rules.settings_file import read_settings
from outpost_server.rules.token_life import LifeRefused, end_of, read_life

ROLES = click.Choice(["owner", "member"])


def _end(_: click.Context, __: click.Parameter, life: str | None) -> str | None:
    try:
        return None if life is None else end_of(read_life(life))
    except LifeRefused as error:
        raise click.BadParameter(f"{error}.") from None


end_option = click.option(
    "--expires-in",
    "ends_at",
    metavar="TIME",
    callback=_end,
    help="When the token ends, such as 12h or 30d from now. [default: never]",
)
user_option = click.option("--user", "user_name", help="Whose keys. [default: the server's user]")


@click.group()
def user() -> None:
    """Users of the server, each with a token."""


@user.command("add")
@click.argument("name")
@click.option("--team", "team_name", help="A team that the user joins.")
@click.option("--role", type=ROLES, default="member", show_default=True, help="What it is there.")
@end_option
@data_option
def add_user(
    data_folder: Path, name: str, team_name: str | None, role: str, ends_at: str | None
) -> None:
    """Add a user and print the new user's token, which cannot be shown again."""
    with _store(data_folder) as store:
        team = None if team_name is None else _account(store, team_name, "team")
        account, token = _new(name, "user"), new_token()
        asyncio.run(store.users.add(account, token, ends_at))
        if team is not None:
            asyncio.run(store.teams.put_member(team.id, account.id, role))
    click.echo(token)
    click.echo(f"Added the user {name}. Above is its token; it cannot be shown again.", err=True)
    _say_when_it_ends(ends_at)
    state = DataFolder(data_folder).read_state()
    if state is None:
        click.echo(
            "Whether users are protected from each other, `status` says of a server.", err=True
        )
    elif state.exposure is not None:
        click.echo(f"Warning: {state.exposure}", err=True)


@user.command("list")
@data_option
def list_users(data_folder: Path) -> None:
    """Print the names of users, when the token of each ends, and their teams."""
    with _store(data_folder) as store:
        for account in _of_type(store, "user"):
            end = store.users.token_end(account.id) or "never ends"
            teams = " ".join(team.name for team in store.teams.of_user(account.id))
            click.echo(f"{account.name:<30} {end:<24} {teams}".rstrip())


@user.command("renew")
@click.argument("name")
@end_option
@data_option
def renew_token(data_folder: Path, name: str, ends_at: str | None) -> None:
    """Print a new token for a user. Those of before are not valid any more."""
    with _store(data_folder) as store:
        account, token = _account(store, name, "user"), new_token()
        if account.is_server_owner and ends_at is not None:
            raise click.ClickException(
                f"{name} is the server's user, whose token ends only when it is renewed. Leave "
                "--expires-in out."
            )
        if account.is_server_owner and "token_file" in _settings(data_folder):
            raise click.ClickException(
                f"{name} has its token from the server's token_file. Change it there, and restart "
                "the server."
            )
        asyncio.run(store.users.replace_tokens(account.id, token, ends_at))
        if account.is_server_owner:
            # The next start would make the one in the folder valid again.
            DataFolder(data_folder).write_token(token)
    click.echo(token)
    click.echo(f"Above is the only token of {name}; it cannot be shown again.", err=True)
    _say_when_it_ends(ends_at)


@user.command("remove")
@click.argument("name")
@data_option
def remove_user(data_folder: Path, name: str) -> None:
    """Remove a user who owns no endpoint, and is not the only owner of a team."""
    with _store(data_folder) as store:
        account = _account(store, name, "user")
        if account.is_server_owner:
            raise click.ClickException(f"{name} is the server's user; it cannot be removed here.")
        try:
            asyncio.run(store.users.remove(account.id))
        except StillOwner as still:
            if still.teams:
                raise _only_owner(name, ", ".join(still.teams)) from None
            raise click.ClickException(
                f"{name} owns {len(still.endpoints)} endpoints, such as {still.endpoints[0]}. "
                "Delete them first; to shut the user out meanwhile: `outpostkit local user renew`."
            ) from None
    click.echo(f"Removed the user {name}.")


@click.group()
def team() -> None:
    """Teams, which own endpoints together."""


@team.command("add")
@click.argument("name")
@click.option("--owner", help="The user who owns it. [default: the server's user]")
@data_option
def add_team(data_folder: Path, name: str, owner: str | None) -> None:
    """Add a team."""
    with _store(data_folder) as store:
        asyncio.run(store.teams.add(_new(name, "team"), _user(store, owner).id))
    click.echo(f"Added the team {name}.")


@team.command("join")
@click.argument("team_name", metavar="TEAM")
@click.argument("user_name", metavar="USER")
@click.option("--role", type=ROLES, default="member", show_default=True, help="What it is there.")
@data_option
def join_team(data_folder: Path, team_name: str, user_name: str, role: str) -> None:
    """Let a user join a team, or change what the user is there."""
    with _store(data_folder) as store:
        joined, joins = _account(store, team_name, "team"), _account(store, user_name, "user")
        try:
            asyncio.run(store.teams.put_member(joined.id, joins.id, role))
        except LastOwner:
            raise _only_owner(user_name, team_name) from None
    click.echo(f"{user_name} is {role} of {team_name}.")


@team.command("leave")
@click.argument("team_name", metavar="TEAM")
@click.argument("user_name", metavar="USER")
@data_option
def leave_team(data_folder: Path, team_name: str, user_name: str) -> None:
    """Take a user out of a team, which keeps an owner."""
    with _store(data_folder) as store:
        left, leaves = _account(store, team_name, "team"), _account(store, user_name, "user")
        try:
            has_left = asyncio.run(store.teams.remove_member(left.id, leaves.id))
        except LastOwner:
            raise _only_owner(user_name, team_name) from None
        if not has_left:
            raise click.ClickException(f"{user_name} does not belong to {team_name}.")
    click.echo(f"{user_name} has left {team_name}.")


@team.command("list")
@data_option
def list_teams(data_folder: Path) -> None:
    """Print the names of teams and of who belongs to them."""
    with _store(data_folder) as store:
        for account in _of_type(store, "team"):
            members = store.teams.members(account.id)
            found = " ".join(f"{member.name} ({role})" for member, role in members)
            click.echo(f"{account.name:<30} {found}".rstrip())


@click.group()
def token() -> None:
    """Keys of other services, such as Hugging Face. They are sealed and never shown."""


@token.command("add")
@click.argument("name")
@click.option("--type", "service", default="huggingface", show_default=True, help="The service.")
@user_option
@data_option
def add_token(data_folder: Path, name: str, service: str, user_name: str | None) -> None:
    """Read a key from the terminal or from standard input, and print the id to use as keyId."""
    if not 1 <= len(name) <= 200 or not 1 <= len(service) <= 64:
        raise click.ClickException("the name has 1 to 200 characters, the service 1 to 64.")
    if sys.stdin.isatty():
        value = click.prompt(f"The key for {service}", hide_input=True)
    else:
        value = sys.stdin.read().strip()
    if not value:
        raise click.ClickException("the key is empty.")
    with _store(data_folder) as store:
        owner = _user(store, user_name)
        try:
            token_id = asyncio.run(store.third_party_tokens.add(owner.id, name, service, value))
        except TokenNameTaken:
            raise click.ClickException(f"{owner.name} has a key named {name!r} already.") from None
    click.echo(token_id)


@token.command("list")
@user_option
@data_option
def list_tokens(data_folder: Path, user_name: str | None) -> None:
    """Print id, service and name of each key."""
    with _store(data_folder) as store:
        for one in store.third_party_tokens.of_user(_user(store, user_name).id):
            click.echo(f"{one.id}  {one.type:<12} {one.name}")


@token.command("remove")
@click.argument("name")
@user_option
@data_option
def remove_token(data_folder: Path, name: str, user_name: str | None) -> None:
    """Forget a key."""
    with _store(data_folder) as store:
        owner = _user(store, user_name)
        if not asyncio.run(store.third_party_tokens.remove(owner.id, name)):
            raise click.ClickException(f"{owner.name} has no key named {name!r}.")
    click.echo(f"Removed the key {name}.")


@contextmanager
def _store(data_folder: Path) -> Iterator[Store]:
    """Open the store beside the server, if one runs; it sees what has changed at once."""
    folder = DataFolder(data_folder)
    try:
        folder.prepare()
        store = Store(folder.store, folder.key, is_guest=folder.read_state() is not None)
    except (FolderUnusable, StoreError) as error:
        raise click.ClickException(str(error)) from None
    try:
        yield store
    except AccountNameTaken:
        raise click.ClickException("another user or team has this name.") from None
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


def _settings(data_folder: Path) -> dict[str, Any]:
    try:
        return read_settings(DataFolder(data_folder))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _new(name: str, kind: str) -> Account:
    try:
        check_name(kind, name)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    return new_account(name, kind)


def _account(store: Store, name: str, kind: str) -> Account:
    found = store.accounts.by_name(name)
    if found is None or found.type != kind:
        raise click.ClickException(f"there is no {kind} {name!r}.")
    return found


def _user(store: Store, name: str | None) -> Account:
    found = store.users.server_owner() if name is None else _account(store, name, "user")
    if found is None:
        raise click.ClickException(
            "the server has no user yet: start it once with `outpostkit local start`, or name one."
        )
    return found


def _only_owner(user_name: str, team_names: str) -> click.ClickException:
    return click.ClickException(
        f"{user_name} is the only owner of {team_names}. Let another user own it first, with "
        "`outpostkit local team join TEAM USER --role owner`."
    )


def _say_when_it_ends(ends_at: str | None) -> None:
    if ends_at is not None:
        click.echo(f"It ends at {ends_at}.", err=True)


def _of_type(store: Store, kind: str) -> list[Account]:
    return [one for one in store.accounts.all() if one.type == kind and not one.is_deleting]
