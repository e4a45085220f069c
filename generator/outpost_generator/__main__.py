"""``python -m outpost_generator`` is the ``outpost-generator`` command."""

from outpost_generator.cli import main

if __name__ == "__main__":
    main(prog_name="outpost-generator")
