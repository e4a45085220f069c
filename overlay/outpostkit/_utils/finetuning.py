"""A door for programs written for 0.0.46 and 0.0.69: what can be trained."""

from outpost_api.models.finetuning_task import FinetuningTask as FinetuningTask
