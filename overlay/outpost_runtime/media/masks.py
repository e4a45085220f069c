"""Masks of things in an image: of those that overlap much, the best remains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def best_of_overlapping(boxes: Tensor, scores: Tensor, most_overlap: float) -> list[int]:
    """Return the positions of the boxes that no better one overlaps too much, best first.

    It is what ``torchvision.ops.nms`` does, which comes with gigabytes that this does not need.

    Args:
        boxes: left, top, right and bottom each; shape (boxes, 4).
        scores: how good each is; shape (boxes,).
        most_overlap: of what two boxes cover together, the share that both may cover; 0 to 1.
    """
    import torch

    boxes = boxes.float()
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    left = scores.argsort(descending=True, stable=True)
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(int(best))
        corner = torch.maximum(boxes[best, :2], boxes[left, :2])
        opposite = torch.minimum(boxes[best, 2:], boxes[left, 2:])
        shared = (opposite - corner).clamp(min=0).prod(1)
        left = left[~(shared / (areas[best] + areas[left] - shared) > most_overlap)]
    return kept


def unpack_mask(runs: dict[str, Any]) -> Any:
    """Return a mask from its run lengths, as transformers keeps it: bool, shape (height, width)."""
    import numpy

    height, width = runs["size"]
    lengths = numpy.asarray(runs["counts"])
    # The runs go down the columns, and begin with what is outside.
    inside = numpy.arange(len(lengths)) % 2 == 1
    return numpy.repeat(inside, lengths).reshape(width, height).T
