"""Ablations: every variant's options reach its data or loss, and a run that is repeated goes on."""

import argparse
import importlib
import json
import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch

from cartoon_models.networks.rtmdet_ins import RTMDetInsConfig
from training import options as shared
from training import train_detector
from training.ablations import __main__ as command
from training.ablations.running import (
    Settings,
    StageFailed,
    call_module,
    run_variant,
    training_options,
)
from training.ablations.table import notes, table
from training.ablations.variants import BASELINES, VARIANTS
from training.art import ArtLibrary
from training.backgrounds import BackgroundPool, build_pool
from training.dataset import DetectorSamples
from training.evaluate import composed
from training.layouts import KINDS, with_share
from training.losses.refinement import refinement_loss
from training.store import SpriteStore, write_store
from training.toon import pool as toons
from training.toon import scene_cast
from training.toon.samples import Scenes, make_scene
from training.toon.scene import SCENE_KINDS, SceneOptions
from training.toon.styles import sample_style

SIZE = 64
NETWORK = RTMDetInsConfig(8, (1, 1, 1, 1), 16, 1)
EASY = SceneOptions(size=(SIZE, SIZE), distractors=0, books=0, pages=0, nuisance=0.2, empty=0)


class FewArt:
    """Drawn figures in the place of clip art."""

    held_out, props = False, ()

    def __init__(self, pool):
        self.characters = self.toons = pool.sprites
        self.rgba = pool.rgba


def draw_small(split, index):
    rng = np.random.default_rng([index, len(split)])
    figure = scene_cast.draw_figure(rng)
    style = sample_style(rng, held_out=split == "held-out")
    return scene_cast.frame_figure(figure, style, rng, "whole", side=80)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool")
    return toons.build_pool(folder, 4, draw_small, workers=0)


@pytest.fixture(scope="module")
def backgrounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backgrounds")
    build_pool(folder, 4, 1, ("clouds", "room"))
    return BackgroundPool(folder)


@pytest.fixture
def material(pool, backgrounds, monkeypatch):
    """Little of everything in the place of what trainings and `training.evaluate` load; the list
    holds what trainings asked for."""
    asked = []

    def load_material(*_, art_share, **__):
        asked.append({"art_share": art_share})
        return FewArt(pool), backgrounds

    def load_scenes(share, *, art, part, options):
        asked[-1] |= {"part": part, "options": options}
        return Scenes(pool, backgrounds, share, options, art)

    def samples(count, size):
        return [
            make_scene(7, i, 96, pool=pool, backgrounds=backgrounds, options=EASY)
            for i in range(count)
        ]

    monkeypatch.setattr("training.user_material.load_material", load_material)
    monkeypatch.setattr("training.toon.samples.load_scenes", load_scenes)
    for name in ("validation", "toons"):
        monkeypatch.setitem(composed.SETS, name, samples)
    monkeypatch.setattr(train_detector, "network_config", lambda name: NETWORK)
    return asked


@pytest.fixture
def calls():
    return []


@pytest.fixture
def call(calls):
    """The stages in this process; refiners as narrow as they can be."""

    def call(module, arguments, log):
        calls.append(module)
        name = {"training.evaluate": "training.evaluate.__main__"}.get(module, module)
        if module == "training.train_refiner":
            arguments = [*arguments, "--width", "0.0625"]
        assert importlib.import_module(name).main(list(arguments)) == 0

    return call


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=SIZE)
    shared.add_data_options(parser)
    shared.add_material_options(parser)
    shared.add_scenes_option(parser)
    return parser, parser.parse_args(arguments)


def of(name):
    return next(variant for variant in VARIANTS if variant.name == name)


def test_every_variant_has_a_baseline_and_changes_something():
    names = [variant.name for variant in VARIANTS]
    assert len(set(names)) == len(names)
    for variant in VARIANTS:
        assert variant.asks.endswith("?")
        assert bool(variant.changes) == (variant.name != BASELINES[variant.network])
    assert not of("baseline").changes and not of("refiner").changes


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_the_trainers_know_every_option(variant, monkeypatch, capsys):
    trainer = importlib.import_module(f"training.train_{variant.network}")
    seen = {}

    def stop(parser, options, *_):
        seen.update(vars(options))
        raise InterruptedError

    monkeypatch.setattr(trainer, "samples_or_exit", stop)
    settings = Settings(5, 2, 64, "no", True, 3, extra=("--nuisance", "0.5"))
    with pytest.raises(InterruptedError):
        trainer.main(["--run", "nowhere", *training_options(variant, settings)])
    assert (seen["steps"], seen["batch"], seen["seed"], seen["cpu"]) == (5, 2, 3, True)
    assert seen["minutes"] is None and seen["nuisance"] == 0.5
    if variant.network == "refiner":
        assert seen["encoder_steps"] == 1


def test_options_reach_the_samples(material):
    def asked(*changes):
        samples, data = shared.samples_or_exit(*parsed(*changes), DetectorSamples)
        return samples, data, material[-1]

    samples, data, seen = asked("--scenes", "0.5")
    assert seen["art_share"] == seen["part"] == 1
    assert samples.options.kinds == KINDS and seen["options"].kinds == SCENE_KINDS
    assert seen["options"].distractors == SceneOptions().distractors
    assert samples.options.toons == 0.7 and data["scenes"] == 0.5

    samples, data, seen = asked("--scenes", "0.5", "--close-ups", "0", "--distractors", "0")
    assert samples.options.kinds["close-up"] == seen["options"].kinds["close-up"] == 0
    assert seen["options"].distractors == 0 and data["close_ups"] == 0

    samples, data, seen = asked("--scenes", "0.5", "--art-share", "0.125")
    assert seen["art_share"] == seen["part"] == data["art_share"] == 0.125

    samples, data, seen = asked("--scenes", "0", "--scene-look", "--toons", "0")
    assert samples.scenes.share == 0 and samples.options.long_handling
    assert samples.backgrounds is samples.scenes.backgrounds and samples.options.toons == 0
    samples, data, seen = asked()
    assert samples.scenes is None and not samples.options.long_handling


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--scenes", "1.5"),
        ("--distractors", "-0.1"),
        ("--close-ups", "2"),
        ("--toons", "7"),
        ("--art-share", "0"),
        ("--art-share", "1.1"),
    ],
)
def test_shares_that_are_none_end_a_training(option, value, capsys):
    with pytest.raises(SystemExit):
        shared.samples_or_exit(*parsed(option, value), DetectorSamples)
    assert f"{option} {float(value)}" in capsys.readouterr().err


def test_layout_kinds_with_another_share_keep_their_ratios():
    kinds = with_share(SCENE_KINDS, "close-up", 0.1)
    assert list(kinds) == list(SCENE_KINDS) and sum(kinds.values()) == pytest.approx(1)
    assert kinds["close-up"] == 0.1
    assert kinds["people"] / kinds["huddle"] == pytest.approx(0.3 / 0.12)
    assert with_share(KINDS, "close-up", 1)["people"] == 0


def test_a_share_of_the_drawings_is_the_same_one_every_time(tmp_path, monkeypatch):
    rgba = np.full((40, 40, 4), 255, np.uint8)
    rows = [(f"people/{n}", "character", False, rgba, 0.5) for n in range(40)]
    rows += [(f"food/{n}", "prop", False, rgba, 0.5) for n in range(3)]
    write_store(tmp_path / "store", rows, {"character": 40, "prop": 3})
    monkeypatch.setattr(toons, "PIECE", 2)
    pool = toons.build_pool(tmp_path / "pool", 4, draw_small, workers=0)
    art = ArtLibrary(SpriteStore(tmp_path / "store"), pool)
    fewer, again = art.part(0.125), art.part(0.125)
    assert fewer.characters == again.characters
    assert len(fewer.characters) == 5 and len(fewer.props) == 1
    assert set(fewer.characters) < set(art.characters) and len(art.characters) == 40
    assert set(fewer.characters) < set(art.part(0.5).characters)
    assert art.part(1) is art and pool.part(1.0) is pool
    part = pool.part(0.5)
    assert part.rows == pool.rows[:2] and len(pool.part(0.01)) == 2
    assert art.part(0.5).toons == part.sprites == pool.sprites[: len(part.sprites)]
    assert np.array_equal(part.rgba(part.sprites[0]), pool.rgba(pool.sprites[0]))


def test_the_plain_side_loss_is_the_cross_entropy_of_every_pixel_alike():
    mask = torch.zeros(2, 1, 32, 32)
    mask[..., 8:20, 8:24] = 1
    sides = [torch.randn(2, 1, 32, 32) for _ in range(6)]
    parts = refinement_loss(sides, mask, position_aware=False)
    each = [torch.nn.functional.binary_cross_entropy_with_logits(side, mask) for side in sides]
    torch.testing.assert_close(parts["loss"], sum(each))
    torch.testing.assert_close(parts["finest"], each[0])
    inside = torch.ones_like(mask)
    inside[..., 28:] = 0
    spoiled = [side.clone() for side in sides]
    for side in spoiled:
        side[..., 28:] = 30
    kept, same = (
        refinement_loss(given, mask, inside=inside, position_aware=False)["loss"]
        for given in (sides, spoiled)
    )
    torch.testing.assert_close(kept, same)


def test_variants_are_trained_measured_and_compared(tmp_path, material, call, calls, capsys):
    folder = tmp_path / "runs"
    names = ["baseline", "refiner"]
    arguments = [f"--folder={folder}", "--steps=2", "--batch=2", f"--size={SIZE}", "--cpu"]
    arguments += ["--precision=no", "--workers=0", "--pictures=1"]
    # A run that was stopped after its first step.
    given = Settings(1, 2, SIZE, "no", True, 0, 1)
    where = ["--run", str(folder / "baseline"), "--workers", "0"]
    train_detector.main([*where, *training_options(of("baseline"), given)])

    options = command._options([*arguments, "--only", *names, "--", "--props", "1"])
    assert options.extra == ["--props", "1"]
    assert command.run(options, call) == 0
    stages = ["training.export", "training.evaluate"]
    assert calls == ["training.train_detector", *stages, "training.train_refiner", *stages]
    shown = capsys.readouterr().out
    results = {r["name"]: r for r in command.finished(folder, VARIANTS)}
    assert list(results) == names
    for name, result in results.items():
        assert "--props" in result["training"] and result["parameters"] > 1000
        assert result["pictures"] == 4
        assert [report["source"] for report in result["sets"]] == [
            "validation compositions",
            "toons",
        ]
        ways = {"coarse", "refined"} if result["network"] == "refiner" else {"coarse"}
        for report in result["sets"]:
            assert report["pictures"] == 1
            assert {way for way in ("coarse", "refined") if way in report} == ways
        assert "by_picture" not in json.dumps(result)
        assert f"| {name} |" in shown
    assert len(results["refiner"]["behind"]) == 64 and "| refiner off |" in shown
    first = (folder / "baseline" / "log.jsonl").read_text().splitlines()
    assert [json.loads(row)["step"] for row in first] == [1, 2]  # it went on

    # Repeated with another variant asked for: what is finished is only shown.
    calls.clear()
    assert command.run(options, call) == 0 and not calls
    assert "| refiner |" in capsys.readouterr().out

    options.steps = 3
    with pytest.raises(ValueError, match="begun with steps 2; give the same"):
        command.run(options, call)
    assert command.main([f"--folder={folder}", "--steps=3"]) == 2


def test_a_variant_that_fails_is_named_and_the_others_go_on(tmp_path, capsys):
    def call(module, arguments, log):
        raise StageFailed(f"{module} ended with 1: out of memory")

    options = command._options([f"--folder={tmp_path}", "--only", "tiny", "s"])
    assert command.run(options, call) == 1
    said = capsys.readouterr().err
    assert said.count("out of memory") == 2 and "failed: tiny, s" in said
    assert not list(tmp_path.glob("tiny.json"))


def test_a_training_that_ends_early_has_no_figures(tmp_path):
    with pytest.raises(StageFailed, match="ended at step 0 of 9"):
        run_variant(of("tiny"), Settings(9), tmp_path, call=lambda *_: None)


def result(name, coarse, refined=None, **more):
    def figures(ap):
        return {"mask": {"AP": ap, "AP50": ap + 0.1}, "boundary": {"AP": None}}

    report = {"coarse": figures(coarse)} | ({"refined": figures(refined)} if refined else {})
    variant = of(name)
    settings = Settings(5).record()
    fields = {"changes": list(variant.changes), "network": variant.network, "minutes": 3.0}
    fields |= {"parameters": 5_700_000, "settings": settings, "commit": "a" * 40, "behind": ""}
    return {"name": name, "sets": [report, report], **fields, **more}


def test_the_table_shows_differences_to_the_baseline_of_the_network():
    results = [result("baseline", 0.2), result("tiny", 0.185), result("refiner", 0.3, 0.35)]
    rows = table([*results, result("refiner-plain", 0.3, 0.34)]).splitlines()
    assert rows[2] == "| baseline |  | 5.7 | 3 | 20.0 / 30.0 / - |  | 20.0 / 30.0 / - |  |"
    assert "| `--network tiny` | 5.7 | 3 | 18.5 / 28.5 / - | -1.5 / -1.5 / - |" in rows[3]
    assert (
        rows[4].startswith("| refiner off |")
        and "| 30.0 / 40.0 / - | -5.0 / -5.0 / - |" in (rows[4])
    )
    assert "| 35.0 / 45.0 / - |  |" in rows[5]
    assert "| 34.0 / 44.0 / - | -1.0 / -1.0 / - |" in rows[6]
    assert len({row.count("|") for row in rows}) == 1
    alone = table([result("tiny", 0.185)]).splitlines()
    assert "18.5 / 28.5 / - |  |" in alone[2]


def test_the_notes_say_when_variants_do_not_compare():
    same = [result("refiner", 0.3, 0.35, behind="1"), result("refiner-plain", 0.3, 0.3, behind="1")]
    assert len(notes(same)) == 2 and "5 steps of 64 pictures" in notes(same)[0]
    assert "Code: aaaaaaa." in notes(same)
    other = result("refiner-plain", 0.3, 0.3, behind="2", commit="b" * 40 + "+")
    assert "Code: aaaaaaa, bbbbbbb+." in notes([same[0], other])
    assert len(notes([same[0], other])) == 4 and notes([]) == []


def test_a_stage_that_fails_says_its_last_line(tmp_path, monkeypatch):
    (tmp_path / "failing.py").write_text("import sys\nprint('begun')\nsys.exit(sys.argv[1])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(StageFailed, match="failing ended with 1: no disk"):
        call_module("failing", ("no disk",), tmp_path / "log")
    assert "begun" in (tmp_path / "log").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_signal_is_passed_to_the_stage(tmp_path, monkeypatch):
    (tmp_path / "sleeping.py").write_text(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('saved'), sys.exit(0)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    log = tmp_path / "log"

    def interrupt():
        while not log.exists() or "ready" not in log.read_text():
            time.sleep(0.05)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        call_module("sleeping", (), log)
    assert "saved" in log.read_text()
