"""``outpostkit profile``: accounts by name, in the configuration file that only you can read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles import (
    Profile,
    config_path,
    delete_profile,
    find_profile,
    list_profiles,
    save_profile,
)


@click.group()
def profile() -> None:
    """Accounts of Outpost servers, each under a name of your choice."""


@profile.command()
@click.argument("name")
@click.option("--base-url", help="Address of the server. [default: that of Outpost]")
@click.option("--default", "is_default", is_flag=True, help="Use it where no profile is named.")
@click.option(
    "--prediction-host",
    "hosts",
    multiple=True,
    help="A host of another site that gets the token too, such as *.example.com; any number.",
)
def add(name: str, base_url: str | None, is_default: bool, hosts: tuple[str, ...]) -> None:
    """Save an account; its token is asked for, or read from standard input."""
    # Never an argument or an option: others can read the command lines of this machine.
    if sys.stdin.isatty():
        token = click.prompt("Token", hide_input=True, err=True)
    else:
        token = sys.stdin.readline().strip()
    with _clear_errors():
        path = save_profile(
            name,
            token,
            base_url=base_url,
            is_default=is_default or None,
            prediction_hosts=hosts,
        )
    click.echo(f"Saved {name} in {path}.", err=True)


@profile.command("list")
def list_names() -> None:
    """Print names and addresses; the one in use has a star."""
    with _clear_errors():
        profiles = list_profiles()
        used = find_profile() if profiles else None
    for each in profiles:
        star = "*" if used is not None and each.name == used.name else " "
        click.echo(f"{star} {each.name:<20} {each.base_url or ''}".rstrip())
    if not profiles:
        click.echo(
            f"There are none in {config_path()}; `outpostkit profile add` adds one.", err=True
        )


@profile.command()
@click.argument("name")
def use(name: str) -> None:
    """Use an account where no profile is named."""
    with _clear_errors():
        found = _existing(name)
        save_profile(
            name,
            found.api_token or "",
            base_url=found.base_url,
            is_default=True,
            prediction_hosts=found.prediction_hosts,
        )
    click.echo(f"{name} is the default now.", err=True)


@profile.command()
@click.argument("name")
def remove(name: str) -> None:
    """Forget an account. Its token stays valid until it is revoked at the server."""
    with _clear_errors():
        _existing(name)
        delete_profile(name)
    click.echo(f"Removed {name}.", err=True)


def _existing(name: str) -> Profile:
    found = find_profile(name)
    assert found is not None, "a name that is given and unknown is an error"
    return found


@contextmanager
def _clear_errors() -> Iterator[None]:
    """End the command with the text of an error that the user can act on."""
    try:
        yield
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
