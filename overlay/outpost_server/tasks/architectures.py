"""Which tasks the classes of transformers are for, as their names tell."""

from __future__ import annotations

from outpost_server.tasks.facts import ModelFacts

SEQUENCES = ("summarization", "translation", "text2text-generation")
PICTURED = ("image-to-text", "visual-question-answering")
SPEECH = ("automatic-speech-recognition",)
SOUND = ("text-to-audio",)
WRITING = ("text-generation", "conversational")

#: By model type and the end of the class's name, where the end alone would mislead.
BY_TYPE: dict[tuple[str, str], tuple[str, ...]] = {
    ("tapas", "ForQuestionAnswering"): ("table-question-answering",),
    ("vilt", "ForQuestionAnswering"): ("visual-question-answering",),
    ("blip", "ForQuestionAnswering"): ("visual-question-answering",),
    ("git", "ForCausalLM"): ("image-to-text",),
    ("detr", "ForSegmentation"): ("image-segmentation",),
    ("sam", "Model"): ("mask-generation",),
    ("sam_hq", "Model"): ("mask-generation",),
    ("clap", "Model"): ("zero-shot-audio-classification",),
    ("vits", "Model"): SOUND,
    ("bark", "Model"): SOUND,
    ("musicgen", "ForConditionalGeneration"): SOUND,
    ("musicgen_melody", "ForConditionalGeneration"): SOUND,
    **{
        (kind, "ForQuestionAnswering"): ("document-question-answering",)
        for kind in ("layoutlm", "layoutlmv2", "layoutlmv3", "lilt", "markuplm")
    },
    **{
        (kind, "ForObjectDetection"): ("zero-shot-object-detection",)
        for kind in ("owlvit", "owlv2", "grounding-dino", "mm-grounding-dino", "omdet-turbo")
    },
    **{
        (kind, "Model"): ("zero-shot-image-classification",)
        for kind in (
            *("align", "altclip", "blip", "chinese_clip", "clip", "clipseg", "metaclip_2"),
            *("siglip", "siglip2"),
        )
    },
    **{
        (kind, "ForConditionalGeneration"): SPEECH
        for kind in ("moonshine", "speech_to_text", "whisper")
    },
    **{
        (kind, "ForSequenceClassification"): ("audio-classification",)
        for kind in (
            *("data2vec-audio", "hubert", "sew", "sew-d", "unispeech", "unispeech-sat"),
            *("wav2vec2", "wav2vec2-bert", "wav2vec2-conformer", "wavlm"),
        )
    },
}

#: By the end of the class's name; the longest that fits counts.
BY_ENDING: dict[str, tuple[str, ...]] = {
    "ForSequenceClassification": ("text-classification", "zero-shot-classification"),
    "ForTokenClassification": ("token-classification",),
    "ForMaskedLM": ("fill-mask", "feature-extraction"),
    "ForPreTraining": ("fill-mask", "feature-extraction"),
    "ForQuestionAnswering": ("question-answering",),
    "ForQuestionAnsweringSimple": ("question-answering",),
    "ForCausalLM": WRITING,
    "LMHeadModel": WRITING,
    "MTModel": ("translation", "text2text-generation", "summarization"),
    "EncoderDecoderModel": SEQUENCES,
    "ForCTC": SPEECH,
    "ForSpeechSeq2Seq": SPEECH,
    "SpeechEncoderDecoderModel": SPEECH,
    "ForAudioClassification": ("audio-classification",),
    "ForTextToSpeech": SOUND,
    "ForTextToWaveform": SOUND,
    "ForTextToSpectrogram": SOUND,
    "ForImageClassification": ("image-classification",),
    "ForImageClassificationWithTeacher": ("image-classification",),
    "ForSemanticSegmentation": ("image-segmentation",),
    "ForInstanceSegmentation": ("image-segmentation",),
    "ForImageSegmentation": ("image-segmentation",),
    "ForUniversalSegmentation": ("image-segmentation",),
    "ForObjectDetection": ("object-detection",),
    "ForDepthEstimation": ("depth-estimation",),
    "ForImageSuperResolution": ("image-to-image",),
    "ForImageToImage": ("image-to-image",),
    "ForVideoClassification": ("video-classification",),
    "ForVisualQuestionAnswering": ("visual-question-answering",),
    "VisionEncoderDecoderModel": ("image-to-text", "document-question-answering"),
}
#: Keys of ``config.json`` for a part that looks at images.
VISION_KEYS = ("vision_config", "vision_tower", "image_token_index", "image_token_id")


def tasks_of_architecture(facts: ModelFacts) -> tuple[str, ...]:
    """Return the tasks that a model of transformers can do, the usual one first."""
    for name in facts.architectures:
        found = _tasks_of_class(facts, name)
        if found:
            return found
    return ()


def is_open(tasks: tuple[str, ...]) -> bool:
    """Whether such a model may have been trained for any of these: none of them is the usual."""
    return set(tasks) == set(SEQUENCES) and tasks[0] == SEQUENCES[0]


def _tasks_of_class(facts: ModelFacts, name: str) -> tuple[str, ...]:
    for (kind, ending), tasks in BY_TYPE.items():
        if facts.model_type == kind and name.endswith(ending):
            return tasks
    if name.endswith("ForConditionalGeneration"):
        return PICTURED if any(key in facts.config for key in VISION_KEYS) else SEQUENCES
    ending = max((end for end in BY_ENDING if name.endswith(end)), key=len, default="")
    if ending == "VisionEncoderDecoderModel" and _is_donut(facts):
        return tuple(reversed(BY_ENDING[ending]))
    if ending:
        return BY_ENDING[ending]
    # The body of a model, without a head for a task; its vectors are of use if it reads text.
    return ("feature-extraction",) if name.endswith("Model") and _reads_text(facts) else ()


def _is_donut(facts: ModelFacts) -> bool:
    encoder = facts.config.get("encoder")
    return isinstance(encoder, dict) and "donut" in str(encoder.get("model_type"))


def _reads_text(facts: ModelFacts) -> bool:
    known = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "spiece.model")
    return any(name in facts.files for name in known)
