"""What code and packages of an account leave on this machine, and when it goes."""

from __future__ import annotations

import anyio
import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.engines.process.environments import Environments
from outpost_server.engines.process.isolation import BUILDER

TINY = """
import pathlib, tiny_package

class Tiny:
    python_requirements = ["tiny-package @ {wheel}"]

    def __init__(self):
        (pathlib.Path.home() / "left").write_text(tiny_package.VERSION)

    def predict(self): ...
"""


def test_an_account_goes_with_what_its_code_has_left(connect, eventually, tmp_path, write_wheel):
    """Its home, its environments and its cache of pip; those of others stay."""
    wheels, data = tmp_path / "wheels", tmp_path / "data"
    wheels.mkdir()
    template = TINY.format(wheel=write_wheel(wheels, "1.0").as_uri())
    with LocalOutpost(data_folder=data, requirement_folders=[wheels]) as outpost:
        ours = connect(outpost)
        ours.deployed(template, "Tiny")
        token = CliRunner().invoke(local, ["user", "add", "passing", "--data", str(data)]).stdout
        passing = connect(outpost, token=token.strip(), entity="passing")
        passing.deployed(template, "Tiny")

        def left():
            homes = [path.name for path in data.glob("homes/*")]
            caches = [path.name for path in data.glob("environments/caches/*")]
            of_accounts = [name for name in caches if name != BUILDER]
            return len(homes), len(of_accounts), len(list(data.glob("environments/*.complete")))

        before = left()
        passing.call("DELETE", "/user")

        assert before == (2, 1, 2)
        eventually(left, lambda found: found == (1, 0, 1))
        assert (data / "homes" / ours.get("/user")["id"]).is_dir()


@pytest.mark.anyio
async def test_the_packages_of_an_account_are_bounded_and_go_with_it(tmp_path, wheel):
    """Its cache of pip is emptied when it is too large; its environments are nobody else's."""
    environments = Environments(tmp_path, max_cache_bytes=1, max_bytes=0)
    requirements = (f"tiny-package @ {wheel('1.0')}",)
    built = {}
    for owner in ("ann", "ben"):
        cache = anyio.Path(tmp_path, "caches", owner)
        await cache.mkdir(parents=True)
        await (cache / "page").write_text("some")
        built[owner] = await environments.interpreter(
            requirements, lambda line: None, packages_of=owner, in_use=list(built.values())
        )
        assert not await cache.exists()

    await environments.forget("ann")

    assert [await anyio.Path(built[owner]).exists() for owner in ("ann", "ben")] == [False, True]
