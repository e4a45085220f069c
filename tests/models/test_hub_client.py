"""The hub's own client, unchanged, against generated templates for images, sounds and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.cases import CASES
from tests.models.samples import IMAGE, SOUND

LABELS = {"dog", "cat"}


@pytest.fixture
def image(samples: Path) -> bytes:
    return (samples / IMAGE).read_bytes()


@pytest.fixture
def sound(samples: Path) -> bytes:
    return (samples / SOUND).read_bytes()


def test_images_are_classified(inference_client, image, samples):
    """By their bytes, by a path, and with parameters, which makes them base64."""
    client = inference_client("image-classification")

    answers = [client.image_classification(given) for given in (image, samples / IMAGE)]
    best = client.image_classification(image, top_k=1)

    assert answers[0] == answers[1]
    assert best == answers[0][:1]


def test_images_are_classified_by_labels_of_one_s_own(inference_client, image):
    """The labels are parameters."""
    client = inference_client("zero-shot-image-classification")

    answer = client.zero_shot_image_classification(
        image, ["dog", "cat"], hypothesis_template="a photo of {}"
    )

    assert {element.label for element in answer} == LABELS


def test_things_in_an_image_are_found(inference_client, image):
    """With their places in pixels."""
    answer = inference_client("object-detection").object_detection(image, threshold=0.0)

    assert answer
    assert all(element.box.xmin <= element.box.xmax for element in answer)


def test_an_image_is_divided_into_areas(inference_client, image):
    """The client makes images of the masks."""
    answer = inference_client("image-segmentation").image_segmentation(image)

    assert {element.mask.size for element in answer} == {(64, 48)}


def test_an_image_is_made_of_another(inference_client, image):
    """The client wants the bytes of a PNG."""
    assert inference_client("image-to-image").image_to_image(image).size == (128, 96)


def test_an_image_is_made_of_a_text(inference_client):
    """The same seed gives the same image."""
    client = inference_client("text-to-image")
    options = {"width": 16, "height": 16, "num_inference_steps": 2, "seed": 3}

    first, second = (client.text_to_image("a red square", **options) for _ in range(2))

    assert first.size == (16, 16)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("name", ["image-to-text", "image-to-text (encoder-decoder)"])
def test_an_image_is_described(name, inference_client, image):
    """By either kind of model."""
    assert inference_client(name).image_to_text(image).generated_text


def test_a_question_about_an_image_is_answered(inference_client, image):
    """The client sends the image twice."""
    client = inference_client("visual-question-answering")

    answer = client.visual_question_answering(image, "is it red?", top_k=2)

    assert {element.answer for element in answer} == {"yes", "no"}


def test_a_question_about_a_page_is_answered(inference_client, image):
    """By the words of the page and their boxes."""
    words = CASES["document-question-answering"].request["parameters"]["word_boxes"]
    client = inference_client("document-question-answering")

    [answer] = client.document_question_answering(image, "what?", word_boxes=words)

    assert answer.answer in {"Total", "42", "Euro", "Total 42", "42 Euro", "Total 42 Euro"}


def test_sounds_are_classified(inference_client, sound):
    """By their bytes, and with parameters."""
    client = inference_client("audio-classification")

    assert client.audio_classification(sound, top_k=1) == client.audio_classification(sound)[:1]


@pytest.mark.parametrize(
    "name", ["automatic-speech-recognition", "automatic-speech-recognition (whisper)"]
)
def test_speech_is_recognized(name, inference_client, sound):
    """By either kind of model."""
    assert isinstance(inference_client(name).automatic_speech_recognition(sound).text, str)


def test_a_text_is_read_aloud(inference_client):
    """The client accepts anything, and wants a file that can be played."""
    assert inference_client("text-to-audio").text_to_speech("hello").startswith(b"RIFF")


def test_tables_are_classified(inference_client):
    """The client sends columns as ``table``."""
    flowers = CASES["tabular"].request["inputs"]["data"]

    kinds = inference_client("tabular").tabular_classification(flowers)

    assert kinds == ["setosa", "virginica"]
