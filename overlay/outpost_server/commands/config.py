"""``outpostkit local config``: what the server is told at every start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from outpost_server.commands.data_option import data_option
from outpost_server.keeping.data_folder import DataFolder, FolderUnusable
from outpost_server.rules.settings import SHARED_VARIABLES, ServerSettings, SettingsError
from outpost_server.rules.settings_file import (
    NAMES,
    keep_settings,
    read_settings,
    require_name,
    setting_of_words,
)

VARIABLES = {**SHARED_VARIABLES, "environments": "OUTPOST_ENVIRONMENTS"}


@click.group(invoke_without_command=True)
@data_option
@click.pass_context
def config(context: click.Context, data_folder: Path) -> None:
    """Show or change what the server is told at every start.

    Options of `start` are kept here, too. What is kept wins over variables of the environment.
    """
    if context.invoked_subcommand is not None:
        return
    folder = DataFolder(data_folder)
    try:
        kept = read_settings(folder)
        settings = ServerSettings(folder.root, **of_environment(), **kept)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    for name in NAMES:
        variable = VARIABLES.get(name)
        if name in kept:
            source = folder.settings.name
        else:
            source = variable if variable and os.environ.get(variable) else "default"
        click.echo(f"{name:<22} {_shown(getattr(settings, name)):<30} {source}")


@config.command("set")
@click.argument("name")
@click.argument("values", metavar="VALUE...", nargs=-1, required=True)
@data_option
def set_value(data_folder: Path, name: str, values: tuple[str, ...]) -> None:
    """Keep VALUE as the setting NAME; a list takes several."""
    name = name.replace("-", "_")
    folder = DataFolder(data_folder)
    try:
        require_name(name)
        kept = read_settings(folder, without=name)
        kept[name] = setting_of_words(name, values)
        kept[name] = getattr(ServerSettings(folder.root, **kept), name)
        _keep(folder, kept)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@config.command("unset")
@click.argument("name")
@data_option
def unset_value(data_folder: Path, name: str) -> None:
    """Forget the setting NAME, so that its default counts."""
    name = name.replace("-", "_")
    folder = DataFolder(data_folder)
    try:
        require_name(name)
        _keep(folder, read_settings(folder, without=name))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def of_environment() -> dict[str, Any]:
    """Return the settings of variables that ServerSettings does not read by itself."""
    folder = os.environ.get(VARIABLES["environments"])
    return {"environments": folder} if folder else {}


def _keep(folder: DataFolder, values: dict[str, Any]) -> None:
    try:
        folder.prepare()
        keep_settings(folder, values)
    except (FolderUnusable, OSError) as error:
        raise click.ClickException(str(error)) from None
    if folder.read_state() is not None:
        click.echo("Kept for the next start; the server that runs goes on as it is.", err=True)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "-"
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
