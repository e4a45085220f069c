"""Models that hear and speak."""

from __future__ import annotations

from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import transformers

from tests.models.tiny.saving import save
from tests.models.tiny.text import SMALL
from tests.models.tiny.tokenizers import (
    MARKS_END,
    PAD,
    VOCABULARY,
    byte_pairs,
    character_vocabulary,
    tokenizer,
)

WAVE_ENCODER = {
    **SMALL,
    "conv_dim": (16, 16),
    "conv_stride": (5, 4),
    "conv_kernel": (10, 8),
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "do_stable_layer_norm": False,
}


def audio_classification(folder: Path) -> str:
    config = transformers.Wav2Vec2Config(**WAVE_ENCODER, num_labels=3, classifier_proj_size=8)
    model = transformers.Wav2Vec2ForSequenceClassification(config)
    return save(folder, model, transformers.Wav2Vec2FeatureExtractor())


def speech_recognition(folder: Path) -> str:
    """Letters straight from the sound (CTC)."""
    size = character_vocabulary(
        folder, ["<pad>", "<s>", "</s>", "<unk>", "|", *ascii_uppercase, "'"]
    )
    letters = transformers.Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    processor = transformers.Wav2Vec2Processor(transformers.Wav2Vec2FeatureExtractor(), letters)
    config = transformers.Wav2Vec2Config(**WAVE_ENCODER, vocab_size=size)
    return save(folder, transformers.Wav2Vec2ForCTC(config), processor)


def whisper(folder: Path) -> str:
    """Tokens generated from the sound; what is above the words are marks of the task, and times."""
    words, special = _whisper_tokenizer()
    config = transformers.WhisperConfig(
        vocab_size=len(words),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        num_mel_bins=80,
        max_source_positions=1500,
        max_target_positions=448,
        decoder_start_token_id=special["<|startoftranscript|>"],
        pad_token_id=special["<|endoftext|>"],
        bos_token_id=special["<|endoftext|>"],
        eos_token_id=special["<|endoftext|>"],
        suppress_tokens=[],
        begin_suppress_tokens=[],
    )
    model = transformers.WhisperForConditionalGeneration(config)
    model.generation_config = transformers.GenerationConfig(
        decoder_start_token_id=special["<|startoftranscript|>"],
        pad_token_id=special["<|endoftext|>"],
        bos_token_id=special["<|endoftext|>"],
        eos_token_id=special["<|endoftext|>"],
        is_multilingual=True,
        lang_to_id={language: special[language] for language in ("<|en|>", "<|de|>")},
        task_to_id={task: special[f"<|{task}|>"] for task in ("transcribe", "translate")},
        no_timestamps_token_id=special["<|notimestamps|>"],
        max_initial_timestamp_index=50,
        alignment_heads=[[0, 0]],
        # Random weights would say little else.
        suppress_tokens=sorted(special.values()),
        begin_suppress_tokens=[],
    )
    processor = transformers.WhisperProcessor(transformers.WhisperFeatureExtractor(), words)
    return save(folder, model, processor)


def _whisper_tokenizer() -> tuple[transformers.WhisperTokenizer, dict[str, int]]:
    """Return a tokenizer of the class that is asked for, and its marks."""
    vocabulary, merges = byte_pairs()
    spoken = [token for token in vocabulary if vocabulary[token] > MARKS_END]
    end = "<|endoftext|>"
    words = transformers.WhisperTokenizer(
        vocab={token: position for position, token in enumerate([*spoken, end])},
        merges=merges,
        unk_token=end,
        bos_token=end,
        eos_token=end,
        pad_token=end,
    )
    names = "startoftranscript en de translate transcribe startofprev nospeech notimestamps"
    marks = [f"<|{name}|>" for name in names.split()]
    words.add_special_tokens({"additional_special_tokens": marks})
    words.add_tokens([f"<|{step * 0.02:.2f}|>" for step in range(1501)])
    return words, {mark: words.convert_tokens_to_ids(mark) for mark in [end, *marks]}


def zero_shot_audio_classification(folder: Path) -> str:
    text = {
        **SMALL,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 128,
        "projection_dim": 16,
        "pad_token_id": PAD,
    }
    sound = {
        "hidden_size": 32,
        "patch_embeds_hidden_size": 16,
        "num_hidden_layers": 1,
        "depths": [1, 1],
        "num_attention_heads": [2, 2],
        "num_mel_bins": 64,
        "spec_size": 256,
        "patch_size": 4,
        "patch_stride": [4, 4],
        "window_size": 4,
        "projection_dim": 16,
        "intermediate_size": 32,
    }
    config = transformers.ClapConfig(text_config=text, audio_config=sound, projection_dim=16)
    # The default, "fusion", asks for a model that was made for it.
    extractor = transformers.ClapFeatureExtractor(feature_size=64, truncation="rand_trunc")
    return save(folder, transformers.ClapModel(config), tokenizer("end"), extractor)


def text_to_audio(folder: Path) -> str:
    size = character_vocabulary(folder, ["<pad>", "<unk>", " ", *ascii_lowercase, "'"])
    letters = transformers.VitsTokenizer(
        str(folder / "vocab.json"),
        pad_token="<pad>",
        unk_token="<unk>",
        add_blank=True,
        normalize=True,
        phonemize=False,
        is_uroman=False,
    )
    config = transformers.VitsConfig(
        vocab_size=size,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=32,
        flow_size=16,
        spectrogram_bins=9,
        prior_encoder_num_flows=1,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1,
        duration_predictor_flow_bins=4,
        depth_separable_num_layers=1,
        upsample_initial_channel=16,
        upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
    )
    return save(folder, transformers.VitsModel(config), letters)


MODELS = {
    "audio-classification": audio_classification,
    "automatic-speech-recognition": speech_recognition,
    "automatic-speech-recognition (whisper)": whisper,
    "zero-shot-audio-classification": zero_shot_audio_classification,
    "text-to-audio": text_to_audio,
}
