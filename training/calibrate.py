"""Shift a detector's scores so that 0.3 is a good threshold: `python -m training.calibrate FILE`.

A detector trained for a short time is unsure of everything, and users leave `score_threshold` where
it is. The shift is one number on the score logits: the order of the finds, and so AP, stays. It is
chosen by panoptic quality on the validation set.
"""

import argparse
import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.torch import save_file
from torch import Tensor

from cartoon_models.atomic import atomic_path
from cartoon_models.instances import Segmenter
from cartoon_models.instances.loading import load_detector
from cartoon_models.weights import read_metadata, read_state_dict

from .evaluate.average_precision import Overlaps
from .evaluate.composed import composed
from .evaluate.measure import SHOWN_SCORE, compare, panoptic_quality

logger = logging.getLogger("celkit.training")

# A find too many is removed with a click, a missed character has to be drawn: of thresholds that
# are this near to the best panoptic quality, the lowest is taken.
NEARLY = 0.01
THRESHOLDS = np.round(np.arange(0.08, 0.62, 0.02), 2)


def best_threshold(overlaps: Sequence[Overlaps]) -> tuple[float, float]:
    """The lowest score threshold that is about as good as the best one (`NEARLY`), and the mean
    panoptic quality of the pictures there."""
    qualities = [
        float(np.mean([panoptic_quality(picture, threshold) for picture in overlaps]))
        for threshold in THRESHOLDS
    ]
    best = int(np.argmax(np.array(qualities) >= max(qualities) - NEARLY))
    return float(THRESHOLDS[best]), qualities[best]


def shifted(state: dict[str, Tensor], threshold: float, shown: float) -> dict[str, Tensor]:
    """The detector's weights with score logits shifted so that `threshold` becomes `shown`."""
    shift = math.log(shown / (1 - shown)) - math.log(threshold / (1 - threshold))
    return {
        name: value + shift if name.startswith("head.rtm_cls.") and name.endswith("bias") else value
        for name, value in state.items()
    }


def calibrate(path: Path, count: int = 100) -> tuple[float, float]:
    """Calibrate a file of `training.export` in place; returns its best threshold and quality."""
    loaded = load_detector(path)
    segmenter = Segmenter(loaded.network, None, loaded.size, detector_scales=loaded.scales)
    overlaps = []
    for sample in composed("validation", count):
        found = segmenter.segment(sample.picture, score_threshold=0.05, order="score")
        overlaps.append(compare(found, sample)["mask"])
    threshold, quality = best_threshold(overlaps)
    metadata = read_metadata(path)
    training = json.loads(metadata["training"])
    training["scores_shifted_from"] = threshold
    metadata["training"] = json.dumps(training, sort_keys=True)
    state = shifted(read_state_dict(path), threshold, SHOWN_SCORE)
    with atomic_path(path, overwrite=True) as temporary:
        save_file(state, temporary, metadata=metadata)
        temporary.chmod(0o644)
    return threshold, quality


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.calibrate", description=__doc__.split("\n", 1)[0]
    )
    parser.add_argument("file", type=Path, help="detector of training.export; changed in place")
    parser.add_argument("--count", type=int, default=100, help="compositions to look at")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    threshold, quality = calibrate(options.file, options.count)
    logger.info(
        "%s: the threshold %.2f (panoptic quality %.3f) is now %.1f",
        options.file,
        threshold,
        quality,
        SHOWN_SCORE,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
