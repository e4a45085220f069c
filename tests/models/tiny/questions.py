"""Models that answer questions about an image or a page."""

from __future__ import annotations

from pathlib import Path

import transformers

from tests.models.tiny.images import PATCHES, SQUARE
from tests.models.tiny.saving import save
from tests.models.tiny.text import SMALL
from tests.models.tiny.tokenizers import END, PAD, START, VOCABULARY, tokenizer


def visual_question_answering(folder: Path) -> str:
    config = transformers.ViltConfig(
        **SMALL,
        vocab_size=VOCABULARY,
        image_size=32,
        patch_size=8,
        max_position_embeddings=40,
        id2label={0: "yes", 1: "no"},
        label2id={"yes": 0, "no": 1},
    )
    images = transformers.ViltImageProcessor(size={"shortest_edge": 32}, size_divisor=8)
    processor = transformers.ViltProcessor(images, tokenizer("bert"))
    return save(folder, transformers.ViltForQuestionAnswering(config), processor)


def blip(folder: Path) -> str:
    """Writes its answer instead of choosing it."""
    text = {
        **SMALL,
        "vocab_size": VOCABULARY,
        "encoder_hidden_size": 16,
        "max_position_embeddings": 64,
        "projection_dim": 16,
        "bos_token_id": START,
        "eos_token_id": END,
        "pad_token_id": PAD,
        "sep_token_id": END,
    }
    config = transformers.BlipConfig(text_config=text, vision_config=PATCHES, projection_dim=16)
    processor = transformers.BlipProcessor(
        transformers.BlipImageProcessor(size=SQUARE), tokenizer("bert")
    )
    return save(folder, transformers.BlipForQuestionAnswering(config), processor)


def document_question_answering(folder: Path) -> str:
    """Reads words and where they stand on the page."""
    config = transformers.LayoutLMConfig(
        **SMALL, vocab_size=VOCABULARY, max_position_embeddings=128, max_2d_position_embeddings=1024
    )
    return save(folder, transformers.LayoutLMForQuestionAnswering(config), tokenizer("bert"))


def donut(folder: Path) -> str:
    """Reads the page itself."""
    decoder = transformers.MBartConfig(
        vocab_size=VOCABULARY,
        d_model=16,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=32,
        encoder_layers=1,
        max_position_embeddings=64,
        is_decoder=True,
        add_cross_attention=True,
        bos_token_id=START,
        eos_token_id=END,
        pad_token_id=PAD,
    )
    encoder = transformers.DonutSwinConfig(
        image_size=[64, 64],
        patch_size=4,
        embed_dim=8,
        depths=[1, 1],
        num_heads=[2, 2],
        window_size=4,
    )
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = START
    config.pad_token_id = PAD
    model = transformers.VisionEncoderDecoderModel(config)
    model.generation_config.max_length = 60
    images = transformers.DonutImageProcessor(size={"height": 64, "width": 64})
    return save(folder, model, tokenizer(), images)


MODELS = {
    "visual-question-answering": visual_question_answering,
    "visual-question-answering (blip)": blip,
    "document-question-answering": document_question_answering,
    "document-question-answering (donut)": donut,
}
