"""What requests about images, sounds and films may look like."""

from __future__ import annotations

import io
import wave

import pytest
from fastapi.exceptions import RequestValidationError

from outpost_runtime import NoParameters, Parameters
from outpost_runtime.body import Body
from outpost_runtime.media import ImageQuestionRequest, SpeechForm, read_sounds, unpack_mask, wav
from outpost_runtime.media.shapes import Hypothesis, Labels
from outpost_runtime.media.speech import Chunk, Recognized


class LabelParameters(Parameters):
    candidate_labels: Labels
    hypothesis_template: Hypothesis = "a {}"


@pytest.mark.parametrize(
    "fields",
    [
        {"inputs": {"image": "aW1n", "question": "what?"}},
        {"image": "aW1n", "question": "what?"},
        {"image": b"img", "question": "what?"},
        {"inputs": "aW1n", "image": "aW1n", "question": "what?", "parameters": {}},
    ],
)
def test_a_question_about_an_image_has_many_forms(fields):
    """Nested, side by side, as a form, and as the hub's client sends it."""
    read = ImageQuestionRequest[NoParameters].from_body(Body(fields))

    assert (read.inputs.image, read.inputs.question) == (b"img", "what?")


@pytest.mark.parametrize("template", ["nothing", "{} and {}", "{0.__class__}", "{:>99999999}"])
def test_a_sentence_about_labels_has_one_gap(template):
    """Anything else that Python puts into such a gap is not for clients to say."""
    with pytest.raises(ValueError, match="hypothesis_template"):
        LabelParameters(candidate_labels=["cat"], hypothesis_template=template)


def test_a_form_of_openai_says_which_times_are_wanted():
    """Of words, of segments, or none."""

    def asked(**fields: object) -> object:
        return SpeechForm.from_body(Body({"file": b"", **fields})).granularity

    assert asked() is None
    assert asked(response_format="verbose_json") is True
    assert asked(response_format="verbose_json", timestamp_granularities="word") == "word"


def test_times_are_told_as_openai_s_clients_read_them():
    """A part that is cut off ends with the sound."""
    found = Recognized(text="a b", chunks=[Chunk(text="a b", timestamp=(0.5, None))])
    form = SpeechForm(file=b"", response_format="verbose_json", language="en")

    told = form.answer(found, 2.0)

    assert told.model_dump(exclude_none=True) == {
        "task": "transcribe",
        "language": "en",
        "duration": 2.0,
        "text": "a b",
        "segments": [{"id": 0, "start": 0.5, "end": 2.0, "text": "a b"}],
    }


def test_samples_are_written_as_wav():
    """In 16 bits; what is too loud is cut."""
    with wave.open(io.BytesIO(wav([0.0, 0.5, -2.0], 8000))) as sound:
        parameters = sound.getparams()
        samples = memoryview(sound.readframes(3)).cast("h").tolist()

    assert (parameters.nchannels, parameters.sampwidth, parameters.framerate) == (1, 2, 8000)
    assert samples == [0, 16384, -32767]


def test_a_mask_is_unpacked_down_its_columns():
    """Runs of what is outside and inside take turns, and the first is outside."""
    assert unpack_mask({"size": [2, 3], "counts": [1, 2, 3]}).tolist() == [
        [False, True, False],
        [True, False, False],
    ]


def test_an_empty_list_of_sounds_is_no_error():
    """There is nothing to read."""
    import asyncio

    assert asyncio.run(read_sounds([], 16_000)) == []


def test_a_form_without_a_file_is_refused_by_its_name():
    """As FastAPI would."""
    with pytest.raises(RequestValidationError) as raised:
        SpeechForm.from_body(Body({"model": "any"}))

    assert raised.value.errors()[0]["loc"] == ("body", "file")
