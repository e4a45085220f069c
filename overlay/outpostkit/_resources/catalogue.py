"""The names that an Outpost offers to choose from, for editors that complete them.

Each type is open: any other ``str`` passes type checkers and is sent as it is, as a server may
offer more. The document says where to ask for the names (``listTasks``, ``listContainers``,
``listHardwareInstances``) and not what they are, so they are written down here, and a test asks a
local Outpost whether they are still these.
"""

from typing import Literal, Union

TaskName = Union[
    Literal[
        "audio-classification",
        "automatic-speech-recognition",
        "conversational",
        "depth-estimation",
        "document-question-answering",
        "feature-extraction",
        "fill-mask",
        "image-classification",
        "image-segmentation",
        "image-to-image",
        "image-to-text",
        "mask-generation",
        "object-detection",
        "question-answering",
        "sentence-similarity",
        "summarization",
        "table-question-answering",
        "tabular",
        "text-classification",
        "text-generation",
        "text-to-audio",
        "text-to-image",
        "text2text-generation",
        "token-classification",
        "translation",
        "video-classification",
        "visual-question-answering",
        "zero-shot-audio-classification",
        "zero-shot-classification",
        "zero-shot-image-classification",
        "zero-shot-object-detection",
    ],
    str,
]

#: Aliases included.
ContainerName = Union[
    Literal[
        "diffusers",
        "diffusers-pt",
        "python",
        "sklearn",
        "tensorflow",
        "transformers",
        "transformers-pt",
    ],
    str,
]

#: Aliases included. Machine types of clouds, such as ``e2-standard-2``, pass too.
HardwareName = Union[
    Literal[
        "1xnvidia-tesla-t4",
        "cpu-lg",
        "cpu-md",
        "cpu-sm",
        "gpu-1",
        "gpu-2",
        "gpu-4",
        "gpu-8",
    ],
    str,
]

#: Those of ``FinetuningTask``.
FinetuningTaskName = Union[
    Literal[
        "clm_default",
        "clm_dpo",
        "clm_reward",
        "clm_sft",
        "dreambooth",
        "image_classification",
        "seq2seq",
        "tabular_classification",
        "tabular_regression",
        "text_classification",
    ],
    str,
]
