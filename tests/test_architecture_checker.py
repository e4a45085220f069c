"""What the checker of the architecture sees, on a package of a few lines."""

from pathlib import Path
from typing import Dict

import pytest

from tests.architecture import circles, leading_to, upward

FLOORS = [("ground", "garden"), ("first",), ("",)]


@pytest.fixture
def house(tmp_path):
    """Write a package, from text by the name of its file."""

    def build(files: Dict[str, str]) -> Path:
        for name, text in {"__init__.py": "", **files}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return build


@pytest.mark.parametrize(
    "line",
    [
        "from house.first import door",
        "from house import first",
        "import house.first",
        "from .first import door",
        "def late():\n    from house.first import door",
        "if TYPE_CHECKING:\n    from house.first import Door",
        "first = import_module('house.first')",
        "first = load(name='.first')",
        "LAZY = [('Door', 'house.first:Door')]",
        "HOMES = dict(Door='house.first')",
        "from house.garden import tree",
    ],
)
def test_an_import_that_goes_up_or_to_a_neighbour_is_found(house, line):
    """However it is written."""
    folder = house({"ground.py": line, "first.py": "", "garden.py": ""})

    (found,) = upward(folder, "house", FLOORS)

    assert found.startswith("ground.py:")
    assert found.endswith("which is not below ground")


def test_an_import_that_goes_down_is_fine(house):
    """Also over several floors, and within one room."""
    folder = house({
        "__init__.py": "from house.ground import stone",
        "first/__init__.py": "from house.first import door",
        "first/door.py": "from house import garden, ground",
        "ground.py": "import os",
        "garden.py": "",
    })  # fmt: skip

    assert upward(folder, "house", FLOORS) == []


def test_a_name_for_people_is_no_import(house):
    """As in a warning that says what to write instead."""
    folder = house({"ground.py": "BETTER = 'house.first.Door'", "first.py": "", "garden.py": ""})

    assert upward(folder, "house", FLOORS) == []


def test_a_room_on_no_floor_is_found(house):
    """So that a new folder is given its place."""
    folder = house({"attic.py": "", "ground.py": "", "first.py": "", "garden.py": ""})

    assert upward(folder, "house", FLOORS) == ["house.attic is on no floor"]


def test_a_circle_is_found_whole(house):
    """Over several modules, and where one of the imports is a late one."""
    folder = house({
        "ground.py": "from house.first import door",
        "first.py": "def late():\n    from house.garden import tree",
        "garden.py": "import house.ground",
        "cellar.py": "import house.ground",
    })  # fmt: skip

    assert circles(folder, "house") == ["first.py:2 -> garden.py:1 -> ground.py:1 -> house.first"]


def test_what_leads_out_of_the_house_is_found(house):
    """By the name of a package, not by the beginning of its name."""
    folder = house({"ground.py": "import neighbour.garden\nimport neighbourhood"})

    assert leading_to(folder, "house", {"neighbour"}) == ["ground.py:1 imports neighbour.garden"]
