"""``outpostkit local``: the local Outpost from the command line."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from outpost_server.commands.accounts import team, token, user
from outpost_server.commands.config import config, of_environment
from outpost_server.commands.data_option import data_option
from outpost_server.engines import DEFAULT_ENGINE, ENGINE_HOMES
from outpost_server.keeping.backup import BackupError, back_up, restore
from outpost_server.keeping.data_folder import (
    DataFolder,
    FolderInUse,
    FolderUnusable,
    ServerState,
    default_data_folder,
)
from outpost_server.rules.settings import (
    DEFAULT_ENTITY,
    DEFAULT_HOST,
    DEFAULT_KEEP_DEPLOYMENTS,
    DEFAULT_KEEP_LOGS_MB,
    DEFAULT_MODEL_CACHE_GB,
    ISOLATION,
    LOG_FORMATS,
    ServerSettings,
    SettingsError,
)
from outpost_server.rules.settings_file import keep_settings, read_settings
from outpost_server.running.health import is_nearly_full
from outpost_server.running.server import REFUSALS, run
from outpost_server.running.server_log import set_up_logging
from outpost_server.running.server_process import (
    LocalOutpostError,
    end_server,
    let_go,
    start_server,
)

PROTECTED = "Users are protected from each other: see docs/isolation.md."


@click.group()
def local() -> None:
    """Run an Outpost on this machine."""


for group in (user, team, token, config):
    local.add_command(group)


@local.command()
@data_option
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="The address to listen on.")
@click.option("--port", default=0, help="The port to listen on. [default: that of the last run]")
@click.option(
    "--entity", default=DEFAULT_ENTITY, show_default=True, help="The name of the server's user."
)
@click.option(
    "--team", "teams", multiple=True, help="A team that the user owns; may be given several times."
)
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the user's token. Needed for a host that others can reach.",
)
@click.option(
    "--rate-limit", default=0, help="Calls of the API per user and minute. [default: any number]"
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="ADDRESS",
    help="An address or a network of proxies whose X-Forwarded-For and X-Forwarded-Proto are "
    "believed; may be given several times.",
)
@click.option(
    "--allow-system-packages/--no-system-packages",
    default=False,
    help="Let deployments install the system_dependencies of their template with apt-get.",
)
@click.option(
    "--log-format",
    type=click.Choice(LOG_FORMATS),
    default=LOG_FORMATS[0],
    show_default=True,
    help="How the server writes its own log.",
)
@click.option(
    "--engine",
    default=DEFAULT_ENGINE,
    show_default=True,
    help=f"What runs replicas: {' or '.join(ENGINE_HOMES)}.",
)
@click.option(
    "--hardware",
    "hardware_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML or JSON file with more hardware that endpoints can ask for.",
)
@click.option("--gpus", type=int, help="GPUs for replicas. [default: those of this machine]")
@click.option(
    "--environments",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the packages of containers and templates, which servers can share. "
    "[default: one in the data folder]",
)
@click.option(
    "--model-folder",
    "model_folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder below which every user may name models to serve; may be given several times.",
)
@click.option(
    "--model-cache-gb",
    default=DEFAULT_MODEL_CACHE_GB,
    show_default=True,
    help="Gigabytes that models of the hub may take. HF_HOME moves them to another disk.",
)
@click.option(
    "--isolation",
    type=click.Choice(ISOLATION),
    default=ISOLATION[0],
    show_default=True,
    help="Whether replicas are kept from what is not theirs; see docs/isolation.md.",
)
@click.option(
    "--pass-variable",
    "passed_variables",
    multiple=True,
    help="A variable of this environment that replicas and builds have, too; may be given several"
    " times.",
)
@click.option(
    "--readable-folder",
    "readable_folders",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A folder that all replicas and builds may read; may be given several times.",
)
@click.option(
    "--writable-folder",
    "writable_folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that all replicas and builds may write; may be given several times.",
)
@click.option(
    "--requirement-folder",
    "requirement_folders",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A folder below which every user may name packages; may be given several times.",
)
@click.option(
    "--allow-index-options",
    is_flag=True,
    help="Let python_requirements choose package indexes, as with --extra-index-url ADDRESS.",
)
@click.option(
    "--keep-deployments",
    default=DEFAULT_KEEP_DEPLOYMENTS,
    show_default=True,
    help="Concluded deployments of each endpoint that are kept beside the one that serves.",
)
@click.option(
    "--keep-logs-mb",
    default=DEFAULT_KEEP_LOGS_MB,
    show_default=True,
    help="MiB of logs that are kept of each endpoint's deployments that serve no more.",
)
@click.option("--foreground", is_flag=True, help="Stay in this terminal until Ctrl-C.")
@click.pass_context
def start(context: click.Context, /, data_folder: Path, foreground: bool, **options: Any) -> None:
    """Start the server, in the background unless told otherwise.

    What it is told is kept for the next start; see `outpostkit local config`.
    """
    folder = DataFolder(data_folder)
    told = [
        name
        for name in options
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    try:
        kept = read_settings(folder)
        values = of_environment() | kept | {name: options[name] for name in told}
        settings = ServerSettings(data_folder, **values)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if not settings.is_loopback:
        click.echo(
            f"Warning: whoever can reach {settings.host} can talk to this server, without "
            "encryption. Let only those reach it whom you trust, or put a proxy with TLS before "
            "it.",
            err=True,
        )

    def introduce(state: ServerState) -> None:
        # Only now: what a server does not start with is not kept.
        if told:
            keep_settings(folder, kept | {name: getattr(settings, name) for name in told})
        _introduce(state, data_folder)

    if foreground:
        set_up_logging(settings.log_format)
        try:
            run(settings, on_ready=introduce)
        except REFUSALS as error:
            raise click.ClickException(str(error)) from None
        return
    running = folder.read_state()
    if running is not None:
        raise click.ClickException(
            f"a local Outpost runs on {folder.root} already (process {running.pid}, "
            f"{running.base_url})."
        )
    try:
        let_go(start_server(settings))
    except LocalOutpostError as error:
        raise click.ClickException(str(error)) from None
    introduce(_running(folder))


@local.command()
@data_option
def stop(data_folder: Path) -> None:
    """Stop the server and everything that it started."""
    folder = _trusted(data_folder)
    state = folder.read_state()
    if state is None:
        click.echo(f"No local Outpost runs on {folder.root}.")
        return
    end_server(state)
    click.echo(f"Stopped the local Outpost on {folder.root}.")


@local.command()
@data_option
def status(data_folder: Path) -> None:
    """Tell whether the server runs, and where. Exit code 1 when it does not."""
    folder = _trusted(data_folder)
    state = _running(folder)
    click.echo(f"running   {state.base_url}")
    click.echo(f"entity    {state.entity}")
    click.echo(f"process   {state.pid}")
    click.echo(f"data      {folder.root}")
    click.echo(f"users     {state.exposure or PROTECTED}")
    if is_nearly_full(folder.root):
        click.echo("disk      full: delete endpoints, or make room; see docs/server.md.")


@local.command()
@data_option
def env(data_folder: Path) -> None:
    """Print the variables with which clients find the server, for eval in a shell."""
    folder = _trusted(data_folder)
    state = _running(folder)
    variables = {"OUTPOST_API_TOKEN": folder.read_token() or "", "OUTPOST_BASE_URL": state.base_url}
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@local.command()
@click.option("--interval", default=2.0, show_default=True, help="Seconds between two looks.")
@click.option("--count", default=0, help="How many looks to take. [default: until Ctrl-C]")
@data_option
def top(data_folder: Path, interval: float, count: int) -> None:
    """Show what the endpoints are doing, again and again.

    Rates and latencies are of the requests answered since the look before.
    """
    from outpost_server.commands.top import ServerAway, show

    if interval < 0.1 or count < 0:
        raise click.ClickException("--interval is at least 0.1 seconds, --count at least 0.")
    folder = _trusted(data_folder)
    state = _running(folder)
    try:
        for table in show(state.base_url, folder.read_token() or "", interval_s=interval):
            if sys.stdout.isatty():
                click.clear()
            click.echo(table)
            count -= 1
            if count == 0:
                return
    except KeyboardInterrupt:
        return
    except ServerAway as error:
        raise click.ClickException(str(error)) from None


@local.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def backup(data_folder: Path, file: Path) -> None:
    """Copy everything but the logs into FILE. The server may go on meanwhile."""
    folder = DataFolder(data_folder)
    try:
        size = back_up(folder, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Wrote {file} ({size / 1024:,.0f} KiB).")
    click.echo(f"Secrets in it are sealed: keep a copy of {folder.key} too, and not beside it.")


@local.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The copy of secrets.key that belongs to it.",
)
@data_option
def restore_backup(data_folder: Path, file: Path, key_file: Path) -> None:
    """Put the backup FILE into a data folder that has none yet."""
    folder = DataFolder(data_folder)
    try:
        folder.prepare()
        restore(file, key_file, folder)
    except (BackupError, FolderInUse, FolderUnusable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Restored {folder.root}. The next start makes a new token for the server's user.")


def _trusted(data_folder: Path) -> DataFolder:
    """Refuse what another user could have written: a process to end, a site that gets the token."""
    folder = DataFolder(data_folder)
    try:
        folder.require_trusted()
    except FolderUnusable as error:
        raise click.ClickException(str(error)) from None
    return folder


def _running(folder: DataFolder) -> ServerState:
    state = folder.read_state()
    if state is None:
        raise click.ClickException(
            f"no local Outpost runs on {folder.root}. Start one with: outpostkit local start"
        )
    return state


def _introduce(state: ServerState, data_folder: Path) -> None:
    option = (
        "" if data_folder == default_data_folder() else f" --data {shlex.quote(str(data_folder))}"
    )
    click.echo(f"The local Outpost answers at {state.base_url} for the user {state.entity!r}.")
    click.echo(f'To use it here: eval "$(outpostkit local env{option})"')
    home = state.base_url.removesuffix("v1")
    click.echo(
        f"Dashboard: {home} (sign in with OUTPOST_API_TOKEN of `outpostkit local env{option}`)"
    )
