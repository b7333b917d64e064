"""The characters of a picture: the data, finding them, editing, saving and showing them."""

from .data import Instances, as_masks, boxes_of_masks
from .edit import (
    MASK_MODES,
    ORDERS,
    OVERLAP_RULES,
    chosen_indices,
    concatenate,
    edit_mask,
    merge_instances,
    remove_duplicates,
    remove_instances,
    resolve_overlaps,
    select_by_tag,
    select_indices,
    select_instances,
    sort_instances,
)

__all__ = [
    "MASK_MODES",
    "ORDERS",
    "OVERLAP_RULES",
    "Instances",
    "as_masks",
    "boxes_of_masks",
    "chosen_indices",
    "concatenate",
    "edit_mask",
    "merge_instances",
    "remove_duplicates",
    "remove_instances",
    "resolve_overlaps",
    "select_by_tag",
    "select_indices",
    "select_instances",
    "sort_instances",
]
