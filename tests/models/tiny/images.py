"""Models that look at an image and say what, where, how far, or make another one of it."""

from __future__ import annotations

from pathlib import Path

import torch
import transformers

from tests.models.tiny.saving import save
from tests.models.tiny.text import SMALL
from tests.models.tiny.tokenizers import END, PAD, START, VOCABULARY, tokenizer

PATCHES = {**SMALL, "image_size": 32, "patch_size": 8}
SQUARE = {"height": 32, "width": 32}
LABELS = {0: "cat", 1: "dog", 2: "fish"}
LABELLED = {"id2label": LABELS, "label2id": {label: i for i, label in LABELS.items()}}


def image_classification(folder: Path) -> str:
    model = transformers.ViTForImageClassification(transformers.ViTConfig(**PATCHES, **LABELLED))
    return save(folder, model, transformers.ViTImageProcessor(size=SQUARE))


def zero_shot_image_classification(folder: Path) -> str:
    text = {
        **SMALL,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 77,
        "projection_dim": 16,
        "eos_token_id": END,
        "bos_token_id": START,
    }
    config = transformers.CLIPConfig(
        text_config=text, vision_config={**PATCHES, "projection_dim": 16}, projection_dim=16
    )
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=SQUARE)
    return save(folder, transformers.CLIPModel(config), tokenizer("end"), processor)


def image_segmentation(folder: Path) -> str:
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        **LABELLED,
    )
    processor = transformers.SegformerImageProcessor(size={"height": 64, "width": 64})
    return save(folder, transformers.SegformerForSemanticSegmentation(config), processor)


def object_detection(folder: Path) -> str:
    config = transformers.YolosConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=[32, 32],
        patch_size=8,
        num_detection_tokens=5,
        **LABELLED,
    )
    processor = transformers.YolosImageProcessor(size={"shortest_edge": 32, "longest_edge": 64})
    return save(folder, transformers.YolosForObjectDetection(config), processor)


def zero_shot_object_detection(folder: Path) -> str:
    text = {
        **SMALL,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 128,
        "bos_token_id": START,
        "eos_token_id": END,
        "pad_token_id": PAD,
    }
    config = transformers.OwlViTConfig(text_config=text, vision_config=PATCHES, projection_dim=16)
    processor = transformers.OwlViTImageProcessor(size=SQUARE)
    model = transformers.OwlViTForObjectDetection(config)
    return save(folder, model, tokenizer("end"), processor)


def depth_estimation(folder: Path) -> str:
    config = transformers.DPTConfig(
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=32,
        patch_size=8,
        backbone_out_indices=[0, 1, 2, 3],
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        is_hybrid=False,
    )
    model = transformers.DPTForDepthEstimation(config)
    # Its last step cuts off what is below 0, which of random weights is nearly all.
    for layer in (0, 2, 4):
        torch.nn.init.normal_(model.head.head[layer].weight)
    torch.nn.init.constant_(model.head.head[4].bias, 1.0)
    return save(folder, model, transformers.DPTImageProcessor(size=SQUARE, ensure_multiple_of=8))


def mask_generation(folder: Path) -> str:
    vision = {
        "hidden_size": 16,
        "output_channels": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 64,
        "patch_size": 8,
        "window_size": 2,
        "mlp_dim": 32,
        "num_pos_feats": 4,
        "global_attn_indexes": [0],
    }
    prompts = {"hidden_size": 8, "image_size": 64, "patch_size": 8, "mask_input_channels": 4}
    decoder = {
        "hidden_size": 8,
        "mlp_dim": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "iou_head_hidden_dim": 8,
    }
    config = transformers.SamConfig(
        vision_config=vision, prompt_encoder_config=prompts, mask_decoder_config=decoder
    )
    processor = transformers.SamImageProcessor(
        size={"longest_edge": 64},
        pad_size={"height": 64, "width": 64},
        mask_size={"longest_edge": 32},
        mask_pad_size=SQUARE,
    )
    return save(folder, transformers.SamModel(config), transformers.SamProcessor(processor))


def image_to_image(folder: Path) -> str:
    config = transformers.Swin2SRConfig(
        image_size=32, embed_dim=16, depths=[1], num_heads=[2], window_size=8, upscale=2
    )
    model = transformers.Swin2SRForImageSuperResolution(config)
    return save(folder, model, transformers.Swin2SRImageProcessor())


def image_to_text(folder: Path) -> str:
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
        transformers.BlipImageProcessor(size=SQUARE), tokenizer("end")
    )
    return save(folder, transformers.BlipForConditionalGeneration(config), processor)


def image_to_text_by_two_models(folder: Path) -> str:
    """An encoder of images and a decoder of text, each of its own family."""
    decoder = transformers.GPT2Config(
        vocab_size=VOCABULARY,
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=64,
        add_cross_attention=True,
        bos_token_id=START,
        eos_token_id=END,
    )
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        transformers.ViTConfig(**PATCHES), decoder
    )
    config.decoder_start_token_id = START
    config.pad_token_id = PAD
    model = transformers.VisionEncoderDecoderModel(config)
    return save(folder, model, tokenizer(), transformers.ViTImageProcessor(size=SQUARE))


MODELS = {
    "image-classification": image_classification,
    "zero-shot-image-classification": zero_shot_image_classification,
    "image-segmentation": image_segmentation,
    "object-detection": object_detection,
    "zero-shot-object-detection": zero_shot_object_detection,
    "depth-estimation": depth_estimation,
    "mask-generation": mask_generation,
    "image-to-image": image_to_image,
    "image-to-text": image_to_text,
    "image-to-text (encoder-decoder)": image_to_text_by_two_models,
}
