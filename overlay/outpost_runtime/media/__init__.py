"""Images, sounds and films: from what a request holds to what a model takes, and back.

Reading is done in threads, within bounds, so that large input neither stops the replica's other
requests nor fills its memory; what cannot be read is a 422 that names the field.
"""

from outpost_runtime.media.films import read_films
from outpost_runtime.media.images import base64_text, png, png_text, read_images
from outpost_runtime.media.masks import best_of_overlapping, unpack_mask
from outpost_runtime.media.shapes import (
    FilmsRequest,
    Hypothesis,
    ImageQuestionRequest,
    ImageRequest,
    ImagesRequest,
    Label,
    LabelledBox,
    LabelledMask,
    Labels,
    SoundRequest,
    SoundsRequest,
    WordBox,
)
from outpost_runtime.media.sounds import read_sounds, wav
from outpost_runtime.media.speech import Recognized, SpeechForm, Transcription

__all__ = [
    "FilmsRequest",
    "Hypothesis",
    "ImageQuestionRequest",
    "ImageRequest",
    "ImagesRequest",
    "Label",
    "LabelledBox",
    "LabelledMask",
    "Labels",
    "Recognized",
    "SoundRequest",
    "SoundsRequest",
    "SpeechForm",
    "Transcription",
    "WordBox",
    "base64_text",
    "best_of_overlapping",
    "png",
    "png_text",
    "read_films",
    "read_images",
    "read_sounds",
    "unpack_mask",
    "wav",
]
