"""A model that paints what a text says."""

from __future__ import annotations

from pathlib import Path

import transformers

from tests.models.tiny.saving import save
from tests.models.tiny.text import SMALL
from tests.models.tiny.tokenizers import END, PAD, START, VOCABULARY, byte_pairs


def text_to_image(folder: Path) -> str:
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        StableDiffusionPipeline,
        UNet2DConditionModel,
    )

    text = transformers.CLIPTextConfig(
        **SMALL,
        vocab_size=VOCABULARY,
        max_position_embeddings=77,
        bos_token_id=START,
        eos_token_id=END,
        pad_token_id=PAD,
    )
    vocabulary, merges = byte_pairs()
    words = transformers.CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        model_max_length=77,
    )
    denoiser = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
    )
    pixels = AutoencoderKL(
        block_out_channels=(8, 16),
        norm_num_groups=4,
        latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    )
    pipeline = StableDiffusionPipeline(
        vae=pixels,
        text_encoder=transformers.CLIPTextModel(text),
        tokenizer=words,
        unet=denoiser,
        scheduler=DDIMScheduler(clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return save(folder, pipeline)


MODELS = {"text-to-image": text_to_image}
