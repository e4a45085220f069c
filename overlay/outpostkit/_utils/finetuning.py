"""What can be trained."""

from outpost_api.models.finetuning_task import FinetuningTask

__all__ = ["FinetuningTask"]
