"""Which task a model is for, told from its files."""

from __future__ import annotations

from typing import Any

import pytest

from outpost_server.tasks import TASKS, ModelFacts, TaskRefused, find_task

WEIGHTS = {"model.safetensors": 100}
CHATTY = {"tokenizer_config.json": {"chat_template": "{{ messages }}"}}


def model(
    architecture: str | None = None,
    model_type: str = "bert",
    *,
    tag: str | None = None,
    files: dict[str, int] | None = None,
    documents: dict[str, Any] | None = None,
    **config: Any,
) -> ModelFacts:
    """Return a model whose config.json names this class."""
    documents = dict(documents or {})
    if architecture is not None:
        documents["config.json"] = {
            "architectures": [architecture],
            "model_type": model_type,
            **config,
        }
    files = {**WEIGHTS, **(files or {}), **dict.fromkeys(documents, 10)}
    return ModelFacts("acme/model", "a" * 40, files, documents, pipeline_tag=tag)


#: Class, model type, task.
TOLD = """
BertForSequenceClassification bert text-classification
RobertaForSequenceClassification roberta text-classification
GPT2ForSequenceClassification gpt2 text-classification
Wav2Vec2ForSequenceClassification wav2vec2 audio-classification
ASTForAudioClassification audio-spectrogram-transformer audio-classification
WhisperForAudioClassification whisper audio-classification
BertForTokenClassification bert token-classification
LayoutLMv3ForTokenClassification layoutlmv3 token-classification
BertForMaskedLM bert fill-mask
BertForPreTraining bert fill-mask
BertForQuestionAnswering bert question-answering
TapasForQuestionAnswering tapas table-question-answering
ViltForQuestionAnswering vilt visual-question-answering
BlipForQuestionAnswering blip visual-question-answering
LayoutLMForQuestionAnswering layoutlm document-question-answering
LayoutLMv3ForQuestionAnswering layoutlmv3 document-question-answering
GPT2LMHeadModel gpt2 text-generation
LlamaForCausalLM llama text-generation
GitForCausalLM git image-to-text
MarianMTModel marian translation
Wav2Vec2ForCTC wav2vec2 automatic-speech-recognition
WhisperForConditionalGeneration whisper automatic-speech-recognition
Speech2TextForConditionalGeneration speech_to_text automatic-speech-recognition
ClapModel clap zero-shot-audio-classification
VitsModel vits text-to-audio
SpeechT5ForTextToSpeech speecht5 text-to-audio
MusicgenForConditionalGeneration musicgen text-to-audio
ViTForImageClassification vit image-classification
DeiTForImageClassificationWithTeacher deit image-classification
SegformerForSemanticSegmentation segformer image-segmentation
MaskFormerForInstanceSegmentation maskformer image-segmentation
DetrForSegmentation detr image-segmentation
DetrForObjectDetection detr object-detection
YolosForObjectDetection yolos object-detection
OwlViTForObjectDetection owlvit zero-shot-object-detection
Owlv2ForObjectDetection owlv2 zero-shot-object-detection
GroundingDinoForObjectDetection grounding-dino zero-shot-object-detection
DPTForDepthEstimation dpt depth-estimation
SamModel sam mask-generation
Swin2SRForImageSuperResolution swin2sr image-to-image
BlipForConditionalGeneration blip image-to-text
VisionEncoderDecoderModel vision-encoder-decoder image-to-text
VideoMAEForVideoClassification videomae video-classification
CLIPModel clip zero-shot-image-classification
SiglipModel siglip zero-shot-image-classification
"""


@pytest.mark.parametrize("line", TOLD.strip().splitlines())
def test_the_class_of_a_model_tells_its_task(line: str) -> None:
    """Also where another family gives the same end of a name another meaning."""
    architecture, model_type, task = line.split()
    facts = (
        model(architecture, model_type, vision_config={})
        if "Blip" in line
        else model(architecture, model_type)
    )

    assert find_task(facts, None).name == task
    assert find_task(facts, "custom").name == task
    assert find_task(facts, task).name == task


@pytest.mark.parametrize(
    ("facts", "task"),
    [
        (model("BertModel", files={"tokenizer.json": 9}), "feature-extraction"),
        (
            model("BertModel", files={"tokenizer.json": 9, "modules.json": 9}),
            "sentence-similarity",
        ),
        (
            model(
                "VisionEncoderDecoderModel",
                "vision-encoder-decoder",
                encoder={"model_type": "donut-swin"},
            ),
            "document-question-answering",
        ),
        (
            model(documents={"model_index.json": {"_class_name": "StableDiffusionPipeline"}}),
            "text-to-image",
        ),
        (ModelFacts("/m", None, {"model.joblib": 9}, {}), "tabular"),
        (ModelFacts("/m", None, {"small.Q4.gguf": 9, "large.gguf": 99}, {}), "text-generation"),
        (model("T5ForConditionalGeneration", "t5", tag="summarization"), "summarization"),
        (
            model(
                "T5ForConditionalGeneration",
                "t5",
                task_specific_params={"translation_en_to_de": {}, "translation_en_to_fr": {}},
            ),
            "translation",
        ),
        (
            model("BartForSequenceClassification", "bart", tag="zero-shot-classification"),
            "zero-shot-classification",
        ),
        (model("LlamaForCausalLM", "llama", tag="text-to-image"), "text-generation"),
        (model("Unheard", "unheard", tag="text-to-speech"), "text-to-audio"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_files_and_the_hub_tell_the_rest(facts: ModelFacts, task: str) -> None:
    """What the hub says counts where the class of the model can do it, or is not known."""
    assert find_task(facts, None).name == task


def refusal(facts: ModelFacts, asked: str | None) -> TaskRefused:
    with pytest.raises(TaskRefused) as refused:
        find_task(facts, asked)
    assert refused.value.reason == str(refused.value)
    return refused.value


def test_a_model_that_may_be_for_several_tasks_is_refused_with_them() -> None:
    """Which of them it was trained for nobody can see."""
    refused = refusal(model("T5ForConditionalGeneration", "t5"), None)

    assert refused.candidates == ("summarization", "translation", "text2text-generation")
    assert "acme/model is a T5ForConditionalGeneration" in refused.reason
    assert "summarization, translation, text2text-generation" in refused.reason


def test_a_task_that_does_not_fit_is_refused_with_those_that_do() -> None:
    """Before anything is fetched."""
    refused = refusal(model("ViTForImageClassification", "vit"), "summarization")

    assert refused.reason == (
        "acme/model is a ViTForImageClassification, which is not for summarization;"
        " it is for image-classification."
    )
    assert refused.candidates == ("image-classification",)


def test_a_task_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    """It is a mistake in writing, most likely."""
    refused = refusal(model("BertForMaskedLM"), "fill-masks")

    assert "There is no task 'fill-masks'" in refused.reason
    assert "fill-mask," in refused.reason
    assert set(refused.candidates) == set(TASKS)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (model("Unheard", "unheard"), "is a Unheard, which does not tell its task"),
        (model(), "has no config.json"),
        (model("ViTModel", "vit"), "does not tell"),
        (
            model(documents={"adapter_config.json": {"base_model_name_or_path": "acme/base"}}),
            "is an adapter of acme/base",
        ),
        (
            model(documents={"model_index.json": {"_class_name": "TextToVideoSDPipeline"}}),
            "is a TextToVideoSDPipeline",
        ),
    ],
    ids=["unknown", "no config", "no head", "adapter", "video"],
)
def test_a_model_that_does_not_tell_its_task_is_refused(facts: ModelFacts, words: str) -> None:
    """With what it is, and all tasks to choose from."""
    assert words in refusal(facts, None).reason


def test_a_model_that_is_not_known_may_be_asked_for_anything() -> None:
    """Its owner knows better."""
    assert find_task(model("Unheard", "unheard"), "summarization").name == "summarization"


def test_a_zero_shot_classification_takes_a_model_of_inference() -> None:
    """Which has a label for entailment."""
    labels = {"0": "NEGATIVE", "1": "POSITIVE"}
    nli = {"0": "contradiction", "1": "neutral", "2": "ENTAILMENT"}
    asked = "zero-shot-classification"
    feeling = model("BertForSequenceClassification", id2label=labels)
    inference = model("BertForSequenceClassification", id2label=nli)

    assert "has no label 'entailment'" in refusal(feeling, asked).reason
    assert find_task(inference, asked).name == asked
    assert find_task(inference, None).name == "text-classification"


def test_a_conversation_takes_a_chat_template() -> None:
    """In the tokenizer's configuration or in a file of its own."""
    plain = {"tokenizer_config.json": {}}
    without = model("LlamaForCausalLM", "llama", documents=plain)
    within = model("LlamaForCausalLM", "llama", documents=CHATTY)
    beside = model("LlamaForCausalLM", "llama", documents=plain, files={"chat_template.jinja": 9})

    assert "no chat template" in refusal(without, "conversational").reason
    for facts in (within, beside):
        assert find_task(facts, "conversational").name == "conversational"
