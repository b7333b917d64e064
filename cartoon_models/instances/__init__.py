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
from .tags import Tagger, TagResult, set_tags, tag_instances
from .wd_tagger import WDTagger, load_tagger

__all__ = [
    "MASK_MODES",
    "ORDERS",
    "OVERLAP_RULES",
    "PROMPTS",
    "REFINE_MODES",
    "Instances",
    "Segmenter",
    "TagResult",
    "Tagger",
    "WDTagger",
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
    "load_tagger",
    "merge_instances",
    "remove_duplicates",
    "remove_instances",
    "resolve_overlaps",
    "save_instances",
    "select_by_tag",
    "select_indices",
    "select_instances",
    "set_tags",
    "sort_instances",
    "tag_instances",
]
