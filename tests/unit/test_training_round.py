"""The whole way once, small: draw figures, make scenes, train on them, export, measure."""

import json

import numpy as np
import pytest
import torch

from cartoon_models.instances import load_segmenter
from cartoon_models.networks.isnet import GroundTruthEncoder, ISNet
from cartoon_models.networks.rtmdet_ins import RTMDetIns, RTMDetInsConfig
from training import train_detector, train_refiner
from training.backgrounds import BackgroundPool, build_pool
from training.dataset import DetectorSamples, RefinerSamples
from training.evaluate.measure import Sample, measure
from training.export import export
from training.loop import LoopOptions, train
from training.toon import pool as toons
from training.toon import scene_cast
from training.toon.samples import Scenes, make_scene
from training.toon.scene import SceneOptions
from training.toon.styles import FAMILIES, HELD_OUT, sample_style

SIZE = 64
NETWORK = RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)
EASY = SceneOptions(size=(SIZE, SIZE), distractors=0, books=0, pages=0, nuisance=0.2, empty=0)


class NoArt:
    """Scenes of drawn figures need no clip art."""

    held_out, characters, props, toons = False, (), (), ()


def draw_small(split, index):
    rng = np.random.default_rng([index, len(split)])
    figure = scene_cast.draw_figure(rng)
    style = sample_style(rng, held_out=split == "held-out")
    return scene_cast.frame_figure(figure, style, rng, "whole", side=120)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """Pools of figures to train with and held out, and backgrounds."""
    folder = tmp_path_factory.mktemp("material")
    pools = {
        split: toons.build_pool(folder / split, 8, draw_small, workers=0, split=split)
        for split in toons.SPLITS
    }
    build_pool(folder / "backgrounds", 4, 1, ("clouds", "room"))
    return pools, BackgroundPool(folder / "backgrounds")


def losses(run):
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [row["loss"] for row in rows]


def loop(folder, steps):
    return LoopOptions(
        folder,
        steps=steps,
        batch=4,
        workers=0,
        cpu=True,
        log_steps=5,
        warmup_steps=4,
        ema_decay=0.9,
    )


def test_generated_scenes_train_networks_that_are_measured_on_held_out_styles(material, tmp_path):
    pools, backgrounds = material
    assert not set(pools["training"].families) & set(pools["held-out"].families)
    assert set(pools["held-out"].families) <= set(HELD_OUT) <= set(FAMILIES)
    scenes = Scenes(pools["training"], backgrounds, 1.0, EASY)
    shared = {"art": NoArt(), "backgrounds": backgrounds, "scenes": scenes}

    torch.manual_seed(0)
    detector = train_detector.WithSemantics(train_detector.initialize(RTMDetIns(NETWORK)))
    train(
        detector,
        train_detector.compute_loss,
        DetectorSamples(0, SIZE, **shared),
        train_detector.collate,
        loop(tmp_path / "detector", 40),
        description={"architecture": "rtmdet_ins", "input_size": SIZE, "part": "detector."},
    )
    refiner, encoder = ISNet(4, 0.0625), GroundTruthEncoder(0.0625)
    train(
        refiner,
        train_refiner.loss_with(encoder),
        RefinerSamples(0, SIZE, **shared),
        train_refiner.collate,
        loop(tmp_path / "refiner", 15),
        description={"architecture": "isnet", "input_size": SIZE},
    )
    for run in ("detector", "refiner"):
        seen = losses(tmp_path / run)
        assert np.isfinite(seen).all() and np.mean(seen[-2:]) < np.mean(seen[:2]), (run, seen)
        export(tmp_path / run, tmp_path / f"{run}.safetensors")

    segmenter = load_segmenter(
        tmp_path / "detector.safetensors", tmp_path / "refiner.safetensors", device="cpu"
    )
    samples = []
    for index in range(4):
        made = make_scene(
            1, index, 96, pool=pools["held-out"], backgrounds=backgrounds, options=EASY
        )
        picture = made.picture.astype(np.float32) / 255
        samples.append(Sample(picture, made.masks >= 128, families=made.families))
    for refine in (False, True):
        figures = measure(segmenter, samples, refine=refine, score_threshold=0.0).figures()
        assert figures["detections_per_picture"] > 0
        assert all(0 <= figures[kind]["AP50"] <= 1 for kind in ("box", "mask", "boundary"))
