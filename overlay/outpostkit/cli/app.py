"""The command and its subcommands."""

import click

from outpostkit._version import __version__
from outpostkit.cli.demo import demo
from outpostkit.local.cli import local


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="outpostkit")
def app() -> None:
    """Serve machine-learning models with Outpost, in the cloud or on this machine."""


app.add_command(demo)
app.add_command(local)
