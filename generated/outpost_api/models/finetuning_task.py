# Generated from spec/outpost.yaml#/components/schemas/FinetuningTask by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningTask: What a finetuning service trains."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class FinetuningTask(OpenEnum):
    """What a finetuning service trains. `clm` is causal language modelling: supervised (`sft`), by
    preference (`dpo`), on plain text (`default`) or of a reward model. Open: clients accept values
    that are not listed.

    Values that this document does not know survive as they are.
    """

    text_classification = "text_classification"
    clm_sft = "clm_sft"
    clm_dpo = "clm_dpo"
    clm_default = "clm_default"
    clm_reward = "clm_reward"
    seq2seq = "seq2seq"
    image_classification = "image_classification"
    dreambooth = "dreambooth"
    tabular_classification = "tabular_classification"
    tabular_regression = "tabular_regression"


#: A member, or its text as it is.
if TYPE_CHECKING:
    FinetuningTaskLike = Union[
        FinetuningTask,
        Literal[
            "text_classification",
            "clm_sft",
            "clm_dpo",
            "clm_default",
            "clm_reward",
            "seq2seq",
            "image_classification",
            "dreambooth",
            "tabular_classification",
            "tabular_regression",
        ],
    ]
else:
    FinetuningTaskLike = FinetuningTask

__all__ = ["FinetuningTask", "FinetuningTaskLike"]
