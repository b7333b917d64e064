"""The characters of a picture: the data, finding them, editing, saving and showing them."""

from .cutout import cut_out, cut_out_boxes
from .data import Instances, as_masks, boxes_of_masks
from .decode import decode
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
from .files import load_instances, save_instances
from .refiner import MODES as REFINE_MODES
from .segmenter import PROMPTS, Segmenter, load_segmenter
from .show import draw_overlay, instance_colors

__all__ = [
    "MASK_MODES",
    "ORDERS",
    "OVERLAP_RULES",
    "PROMPTS",
    "REFINE_MODES",
    "Instances",
    "Segmenter",
    "as_masks",
    "boxes_of_masks",
    "chosen_indices",
    "concatenate",
    "cut_out",
    "cut_out_boxes",
    "decode",
    "draw_overlay",
    "edit_mask",
    "instance_colors",
    "load_instances",
    "load_segmenter",
    "merge_instances",
    "remove_duplicates",
    "remove_instances",
    "resolve_overlaps",
    "save_instances",
    "select_by_tag",
    "select_indices",
    "select_instances",
    "sort_instances",
]
