"""A few labelled pictures, as users would bring them to fine-tuning."""

import json

import numpy as np
from PIL import Image

SIZES = ((64, 80), (72, 64), (96, 64), (80, 96))  # H, W


def figure(height, width, seed):
    """A picture with a disc on it: uint8 [H, W, 3] and its bool [H, W]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    mask = np.hypot(y - height * 0.6, x - width * 0.5) < 0.3 * min(height, width)
    picture = rng.integers(0, 90, (height, width, 3))
    picture[mask] = rng.integers(150, 255, 3)
    return picture.astype(np.uint8), mask


def labelled(folder, count=4):
    """A folder of pictures and a COCO file with a polygon and a box for each."""
    (folder / "pictures").mkdir(parents=True)
    record = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "girl"}]}
    for number in range(count):
        height, width = SIZES[number % len(SIZES)]
        name = f"{number}.png"
        Image.fromarray(figure(height, width, number)[0]).save(folder / "pictures" / name)
        record["images"].append({"id": number, "file_name": name, "height": height, "width": width})
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        radius = 0.3 * min(height, width)
        corners = np.stack(
            [width * 0.5 + radius * np.cos(angles), height * 0.6 + radius * np.sin(angles)], 1
        )
        record["annotations"].append(
            {
                "id": number,
                "image_id": number,
                "category_id": 1,
                "segmentation": [corners.ravel().tolist()],
                "bbox": [*corners.min(0), *np.ptp(corners, 0)],
                "iscrowd": 0,
            }
        )
    (folder / "labels.json").write_text(json.dumps(record))
    return folder
