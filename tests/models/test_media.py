"""Generated templates for images, sounds, films, pages and tables, against the libraries."""

from __future__ import annotations

import base64
import io
import wave

import pytest
from PIL import Image

from outpost_server.tasks import TASKS, TaskRefused, generate_template
from tests.models.cases import CASES, MEDIA
from tests.models.comparing import comparable
from tests.models.direct import answer
from tests.models.samples import FILM, IMAGE, SOUND
from tests.models.serving_here import facts_of

BY_NAME = {"ids": lambda case: case.name}


@pytest.mark.parametrize("case", MEDIA, **BY_NAME)
def test_an_endpoint_answers_what_the_library_answers(case, client_of, tiny, samples):
    """The same model and the same input give the same numbers, pixels and samples."""
    accept = {"Accept": case.accept} if case.accept else {}

    told = client_of(case.name).post("/predict", json=case.sent(samples), headers=accept)

    assert told.status_code == 200, told.text
    given = told.content if case.accept else comparable(told.json())
    assert given == comparable(answer(case.name, tiny(case.name), case.local(samples)))


@pytest.mark.parametrize("case", MEDIA, **BY_NAME)
def test_a_template_is_short_and_always_the_same(case, tiny):
    """It is to be read, and to be compared with that of another day."""
    facts = facts_of(tiny(case.name))

    first, second = (generate_template(facts, TASKS[case.task], case.config) for _ in range(2))

    assert first == second
    assert 40 <= len(first.source.splitlines()) <= 80


@pytest.mark.parametrize(
    ("name", "file", "words"),
    [
        ("image-classification", IMAGE, ("image", "images")),
        ("audio-classification", SOUND, ("audio", "audios")),
        ("video-classification", FILM, ("video", "videos")),
    ],
)
def test_a_file_may_come_in_every_form(name, file, words, client_of, samples):
    """The bytes alone, a form, base64, a data URL, one or many, under each name: one answer."""
    client = client_of(name)
    content = (samples / file).read_bytes()
    text = base64.b64encode(content).decode()

    raw = client.post("/predict", content=content).json()
    typed = client.post("/predict", content=content, headers={"Content-Type": "image/png"}).json()
    form = client.post("/predict", files={words[0]: content}, data={"top_k": "5"}).json()
    url = client.post("/predict", json={"inputs": f"data:image/png;base64,{text}"}).json()
    named = [client.post("/predict", json={word: text}).json() for word in words]
    many = client.post("/predict", json={words[1]: [text, text]}).json()

    assert len(raw) == 3
    assert [typed, form, url, *named, *many] == [raw] * 7


@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("image-classification", {"inputs": "https://example.org/cat.png"}, ["body", "inputs"]),
        ("image-classification", {"inputs": "no base64!"}, ["body", "inputs"]),
        ("image-classification", {"inputs": "bm90aGluZw=="}, ["body", "inputs"]),
        ("image-classification", {"inputs": ["bm90aGluZw=="]}, ["body", "inputs", 0]),
        (
            "image-classification",
            {"inputs": "", "parameters": {"k": 1}},
            ["body", "parameters", "k"],
        ),
        ("image-classification", {"parameters": {}}, ["body", "inputs"]),
        ("audio-classification", {"inputs": "bm90aGluZw=="}, ["body", "inputs"]),
        ("video-classification", {"inputs": "bm90aGluZw=="}, ["body", "inputs"]),
        (
            "zero-shot-image-classification",
            {"inputs": ""},
            ["body", "parameters", "candidate_labels"],
        ),
        ("text-to-audio", {"inputs": ""}, ["body", "inputs"]),
        ("text-to-image", {"inputs": "cat", "width": 7}, ["body", "width"]),
        ("tabular", {"inputs": {"data": {"length_cm": [1.0]}}}, ["body", "inputs"]),
    ],
)
def test_input_that_cannot_be_used_is_refused_by_its_name(name, body, place, client_of):
    """422 says where it is in the request, as FastAPI does."""
    told = client_of(name).post("/predict", json=body)

    assert told.status_code == 422
    assert place in [problem["loc"] for problem in told.json()["detail"]]


def test_an_image_that_would_fill_the_memory_is_refused(client_of):
    """A PNG of some kilobytes may hold gigabytes of pixels."""
    file = io.BytesIO()
    Image.new("1", (10_000, 9_000)).save(file, "PNG")

    told = client_of("image-classification").post("/predict", content=file.getvalue())

    assert told.status_code == 422
    assert "scale it down" in told.text


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {file}\n",
    ],
)
def test_a_playlist_opens_no_file_of_the_server(playlist, client_of, samples):
    """FFmpeg would play whatever a playlist names."""
    content = playlist.format(file=samples / SOUND).encode()

    told = client_of("audio-classification").post("/predict", content=content)

    assert told.status_code == 422


def test_sound_of_any_rate_and_of_two_channels_is_heard(client_of, tmp_path):
    """It is resampled to what the model hears, and mixed into one channel."""
    import numpy

    with wave.open(str(tmp_path / "stereo.wav"), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        time_s = numpy.arange(44_100) / 44_100
        note = (8_000 * numpy.sin(2 * numpy.pi * 440 * time_s)).astype("<i2")
        sound.writeframes(numpy.stack([note, note], axis=1).tobytes())

    told = client_of("audio-classification").post(
        "/predict", content=(tmp_path / "stereo.wav").read_bytes()
    )

    assert len(told.json()) == 3


@pytest.mark.parametrize(
    ("name", "key", "start"),
    [
        ("image-to-image", "image", b"\x89PNG"),
        ("text-to-image", "image", b"\x89PNG"),
        ("depth-estimation", "depth", b"\x89PNG"),
        ("text-to-audio", "audio", b"RIFF"),
    ],
)
def test_a_file_is_answered_as_it_is_or_in_json(name, key, start, client_of, samples):
    """The Accept header decides."""
    request = CASES[name].sent(samples)
    kind = {"image": "image/png", "depth": "image/png", "audio": "audio/wav"}[key]
    client = client_of(name)

    file = client.post("/predict", json=request, headers={"Accept": kind})
    told = client.post("/predict", json=request, headers={"Accept": "application/json"})

    assert file.headers["content-type"] == kind
    assert file.content.startswith(start)
    assert base64.b64decode(told.json()[key]) == file.content


def test_sound_without_a_seed_differs_each_time(client_of):
    """A seed of an earlier request does not last."""
    client = client_of("text-to-audio")
    seeded = {"inputs": "hello", "parameters": {"seed": 1}}

    same = {client.post("/predict", json=seeded).content for _ in range(2)}
    other = {client.post("/predict", json={"inputs": "hello"}).content for _ in range(2)}

    assert len(same) == 1
    assert len(other) == 2


def test_a_page_without_its_words_is_refused_with_the_way_out(client_of, samples):
    """The model reads words and their boxes, and nobody reads them off the image."""
    request = CASES["document-question-answering"].sent(samples)
    del request["parameters"]

    told = client_of("document-question-answering").post("/predict", json=request)

    assert told.status_code == 422
    assert told.json()["detail"][0]["loc"] == ["body", "parameters", "word_boxes"]


@pytest.mark.parametrize("name", ["tabular", "tabular (regression)"])
def test_a_table_may_be_columns_or_rows(name, client_of, samples):
    """In the words of the hub's clients, of its widgets, and of pandas."""
    columns = CASES[name].sent(samples)["inputs"]["data"]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    client = client_of(name)

    answers = [
        client.post("/predict", json=body).json()
        for body in ({"table": columns}, {"inputs": rows}, {"inputs": {"data": columns}})
    ]

    assert answers == [answers[0]] * 3


def test_a_pickle_is_served_only_if_it_is_allowed(tiny):
    """Loading one runs whatever code is in it."""
    with pytest.raises(TaskRefused, match="allow_pickle"):
        generate_template(facts_of(tiny("tabular")), TASKS["tabular"], {})


@pytest.mark.parametrize(
    "name", ["automatic-speech-recognition", "automatic-speech-recognition (whisper)"]
)
def test_speech_is_transcribed_as_openai_s_clients_ask_for_it(name, client_of, samples):
    """In each format: JSON, text, and JSON with times."""
    client = client_of(name)
    file = {"file": ("sound.wav", (samples / SOUND).read_bytes())}

    def asked(kind: str):
        form = {"model": "any", "response_format": kind}
        return client.post("/v1/audio/transcriptions", files=file, data=form)

    text = asked("json").json()["text"]
    assert asked("text").text == text
    told = asked("verbose_json").json()
    assert told["duration"] == 1.0
    assert all(set(part) == {"id", "start", "end", "text"} for part in told["segments"])


def test_a_language_that_the_model_does_not_know_is_refused(client_of, samples):
    """It is the client's mistake, and the message has the languages."""
    request = {**CASES["automatic-speech-recognition (whisper)"].sent(samples), "language": "xx"}

    told = client_of("automatic-speech-recognition (whisper)").post("/predict", json=request)

    assert told.status_code == 422


def test_files_that_are_cut_off_are_refused(client_of, samples):
    """What is left of them is not answered for the whole."""
    image = (samples / IMAGE).read_bytes()

    told = client_of("image-classification").post("/predict", content=image[: len(image) // 2])

    assert told.status_code == 422
