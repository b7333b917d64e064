"""COCO instances: `images/*.png` and `annotations/instances.json` with run-length masks.

One category, "character". Annotations say which style family drew the figure (`family`) where it
is known. Format: https://cocodataset.org/#format-data.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from .about import About
from .files import new_folder, picture_name, write_json, write_png
from .pictures import INSIDE, Pictured, family, instances


def write_coco(folder: str | Path, pictures: Iterable[Pictured], about: About) -> int:
    """Writes a new folder; gives the number of pictures.

    Raises:
        FileExistsError: there is something at `folder`.
    """
    images: list[dict] = []
    annotations: list[dict] = []
    with new_folder(folder) as temporary:
        (temporary / "images").mkdir()
        (temporary / "annotations").mkdir()
        for number, made in enumerate(pictures, 1):
            name = f"{picture_name(number)}.png"
            write_png(temporary / "images" / name, made.picture)
            height, width = made.picture.shape[:2]
            images.append(
                {"id": number, "file_name": name, "width": width, "height": height, "license": 1}
            )
            for instance in instances(made):
                entry = {"id": len(annotations) + 1, "image_id": number, "category_id": 1}
                entry |= outline(made.masks[instance] >= INSIDE)
                if drawn_by := family(made, instance):
                    entry["family"] = drawn_by
                annotations.append(entry)
        record = {
            "info": about.info(),
            "licenses": [{"id": 1, "name": about.license, "url": ""}],
            "categories": [{"id": 1, "name": "character", "supercategory": "character"}],
            "images": images,
            "annotations": annotations,
        }
        write_json(temporary / "annotations" / "instances.json", record)
    return len(images)


def outline(inside: np.ndarray) -> dict:
    """The fields of an annotation that say where it is, of a mask bool [H,W]."""
    encoded = coco_mask.encode(np.asfortranarray(inside, np.uint8))
    return {
        "segmentation": {
            "size": [int(side) for side in encoded["size"]],
            "counts": encoded["counts"].decode("ascii"),
        },
        "bbox": [float(v) for v in coco_mask.toBbox(encoded)],
        "area": int(coco_mask.area(encoded)),
        "iscrowd": 0,
    }
