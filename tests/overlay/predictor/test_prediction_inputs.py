"""What users predict with arrives as the template expects it."""

import base64
import dataclasses
import datetime
import io
import json
import math
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest
from hypothesis import given, settings, strategies as st

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.encoding import json_bytes

PNG = b"\x89PNG\r\n\x1a\n"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@settings(max_examples=40)
@given(json_values)
def test_json_is_sent_as_it_is(value: Any) -> None:
    """What is JSON already comes back as the same value."""
    try:
        encoded = json_bytes(value)
    except ConfigurationError as error:
        assert "surrogate" in str(error)  # noqa: PT017  # half a character has no UTF-8
        return

    assert json.loads(encoded) == value


@dataclasses.dataclass
class Point:
    x: int


class Name(str):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\xff\xfe", "//4="),
        (bytearray(b"ab"), "YWI="),
        (memoryview(b"ab"), "YWI="),
        ((1, 2), [1, 2]),
        (Point(3), {"x": 3}),
        (Name("a"), "a"),
        (datetime.datetime(2024, 3, 25, tzinfo=datetime.timezone.utc), "2024-03-25T00:00:00Z"),
    ],
)
def test_values_of_python_have_a_form_in_json(value: Any, expected: Any) -> None:
    """Bytes are base64, tuples lists, dataclasses objects."""
    assert json.loads(json_bytes({"v": [value]})) == {"v": [expected]}


def test_files_are_base64_in_json(tmp_path: Path) -> None:
    """A path stands for what the file holds, an open file for what is left of it."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"\x00\x01")

    sent = json.loads(
        json_bytes({"path": path, "file": io.BytesIO(b"ab"), "text": io.StringIO("t")})
    )

    assert sent == {"path": "AAE=", "file": "YWI=", "text": "t"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [math.nan]}, "NaN"),
        ({"a": (math.inf,)}, "infinity"),
        ({"a": object()}, "class object"),
        ({"a": Path("/no/such/file")}, "cannot be read"),
        ({"a": [{"b": "c\ud800"}]}, r"json: the value at \$.a\[0\].b holds half a character"),
        ("\ud800", r"json: the value at \$ holds half a character"),
    ],
)
def test_what_has_no_form_in_json_is_not_sent(value: Any, message: str) -> None:
    """A null in place of NaN would be another input."""
    with pytest.raises(ConfigurationError, match=message):
        json_bytes(value)


def test_arrays_are_lists_in_json() -> None:
    """Of any number of dimensions, with their scalars; NaN is no number there either."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    array = numpy.arange(4, dtype="float32").reshape(2, 2)

    sent = json.loads(json_bytes({"a": array, "n": numpy.int64(7), "f": numpy.float64(0.5)}))

    assert sent == {"a": [[0.0, 1.0], [2.0, 3.0]], "n": 7, "f": 0.5}
    with pytest.raises(ConfigurationError, match="NaN"):
        json_bytes({"a": numpy.array([1.0, numpy.nan])})


def test_images_are_png_in_json() -> None:
    """As base64 text; one that cannot be PNG is told how to become so."""
    image = pytest.importorskip("PIL.Image", reason="PIL is not installed")

    sent = json.loads(json_bytes({"image": image.new("RGB", (2, 2))}))

    assert base64.b64decode(sent["image"]).startswith(PNG)
    with pytest.raises(ConfigurationError, match="CMYK"):
        json_bytes(image.new("CMYK", (2, 2)))


def uploaded(sdk: Any, server: Any, files: Any) -> List[Any]:
    """Predict with files, and return (field, filename, media type, content) of what arrived."""
    got: List[Any] = []

    def take(request: Any) -> Any:
        for field, part in request.files.items(multi=True):
            got.append((field, part.filename, part.content_type, part.read()))
        return server.json({})

    server.handle("POST", "/predict", take, keeps_body=False)
    sdk.do(lambda client: sdk.predictor(client).infer(files=files))
    return got


def test_paths_are_uploaded_under_their_names(sdk, server, tmp_path: Path) -> None:
    """Several of them as a list; a tuple says more about one."""
    one, two = tmp_path / "one.png", tmp_path / "two.bin"
    one.write_bytes(PNG)
    two.write_bytes(b"2")

    files: Dict[str, Any] = {
        "images": [one, two],
        "named": ("x.wav", two, "audio/wav"),
        "raw": b"r",
        "views": [bytearray(b"v"), memoryview(b"w")],
    }

    assert uploaded(sdk, server, files) == [
        ("images", "one.png", "image/png", PNG),
        ("images", "two.bin", "application/octet-stream", b"2"),
        ("named", "x.wav", "audio/wav", b"2"),
        ("raw", "upload", "application/octet-stream", b"r"),
        ("views", "upload", "application/octet-stream", b"v"),
        ("views", "upload", "application/octet-stream", b"w"),
    ]


def test_images_and_arrays_are_uploaded_as_files(sdk, server) -> None:
    """PNG and .npy, named by their fields."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    image = pytest.importorskip("PIL.Image", reason="PIL is not installed")

    files = {"picture": image.new("L", (2, 2)), "weights": numpy.arange(3)}
    picture, weights = uploaded(sdk, server, files)

    assert picture[:3] == ("picture", "picture.png", "image/png")
    assert picture[3].startswith(PNG)
    assert weights[1] == "weights.npy"
    assert numpy.load(io.BytesIO(weights[3])).tolist() == [0, 1, 2]


@pytest.mark.parametrize("form", ["path", "file"])
def test_a_file_is_a_body_and_sent_again_whole(sdk, server, tmp_path: Path, form: str) -> None:
    """Its length is declared, its kind is guessed from its name."""
    asleep = server.json({"message": "Waking.", "code": "no_replica_ready"}, 503, Retry_After="0")
    server.on("POST", "/predict", asleep, server.json({}))
    path = tmp_path / "a.png"
    path.write_bytes(PNG * 50_000)

    with path.open("rb") as file:
        content = path if form == "path" else file
        sdk.do(lambda client: sdk.predictor(client).infer(content=content))

    assert [request.get_data() for request in server.requests] == [PNG * 50_000] * 2
    assert server.last.headers["Content-Length"] == "400000"
    assert (server.last.headers.get("Content-Type") == "image/png") is (form == "path")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"json": {}, "content": b""}, "json and content"),
        ({"json": {}, "files": {"a": b""}}, "json and files"),
        ({"data": "text", "content": b""}, "content and data"),
        ({"files": {"a": Path("/no/such/file")}}, r"files\['a'\]: /no/such/file cannot be read"),
        ({"content": io.StringIO("text")}, "binary"),
        ({"files": {"a": io.StringIO("text")}}, r"files\['a'\]: open the file in binary mode"),
        ({"files": {"a": ("n", io.StringIO("text"))}}, r"files\['a'\]: .*binary"),
        ({"files": {"a": {"b": 1}}}, r"files\['a'\]: a dict is no file; give a path"),
        ({"files": {"a": None}}, r"files\['a'\]: a NoneType is no file"),
        ({"files": {"a": iter([b"x"])}}, r"files\['a'\]: a list_iterator is no file"),
        ({"files": {"a": ("name",)}}, r"files\['a'\]: a tuple is \(filename, content"),
        ({"files": 5}, "files: give a dictionary, or pairs"),
        ({"files": "text"}, "files: give a dictionary, or pairs"),
        ({"files": [1]}, "files: give a dictionary, or pairs"),
    ],
)
def test_bodies_that_cannot_be_are_refused(
    sdk, server, options: Dict[str, Any], message: str
) -> None:
    """Nothing is dropped silently, and nothing is sent."""
    with pytest.raises(ConfigurationError, match=message):
        sdk.do(lambda client: sdk.predictor(client).infer(**options))

    assert server.requests == []


def test_neither_numpy_nor_pil_is_imported_for_users_who_have_none() -> None:
    """An object that comes from them has imported them."""
    import subprocess

    code = (
        "import sys, outpostkit.predictor._inputs.encoding as p; p.json_bytes({'a': [b'x']});"
        "sys.exit('numpy' in sys.modules or 'PIL' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_closed_file_is_no_body(sdk, server) -> None:
    """It is said before anything is sent."""
    closed = io.BytesIO(b"a")
    closed.close()
    with pytest.raises(ConfigurationError, match="content: the file is closed"):
        sdk.do(lambda client: sdk.predictor(client).infer(content=closed))
