"""The command and its subcommands."""

from importlib import import_module

import click

from outpostkit._version import __version__

#: Where each subcommand is; its module is loaded when it is called or its help is shown.
_HOMES = {
    "client": "outpostkit.cli.client",
    "containers": "outpostkit.cli.catalogue",
    "demo": "outpostkit.cli.demo",
    "hardware": "outpostkit.cli.catalogue",
    "local": "outpost_server.commands.local",
    "profile": "outpostkit.cli.profile",
    "tasks": "outpostkit.cli.catalogue",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        command = getattr(import_module(_HOMES[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="outpostkit")
def app() -> None:
    """Serve machine-learning models with Outpost, in the cloud or on this machine."""
