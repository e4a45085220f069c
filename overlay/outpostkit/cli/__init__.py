"""The ``outpostkit`` command (extra ``[cli]``)."""

import importlib.util
import sys


def main() -> None:
    """Run the ``outpostkit`` command with the arguments of this process."""
    missing = [name for name in ("click", "rich") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(
            f"The outpostkit command needs {' and '.join(missing)}, which its extra brings: "
            'pip install "outpostkit[cli]" (Python 3.11 or newer).'
        )
    try:
        import click

        from outpostkit.cli.app import app
        from outpostkit.exceptions import OutpostError

        try:
            sys.exit(app(standalone_mode=False))
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except OutpostError as error:
            sys.exit(f"Error: {error}")
        except click.Abort:
            sys.exit(130)  # as the shell says it of a program that Ctrl-C ended
    except KeyboardInterrupt:
        # Also while modules are still being imported: a traceback would tell the user nothing.
        sys.exit(130)
