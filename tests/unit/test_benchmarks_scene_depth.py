"""The benchmark of depth runs, and what it measures is what it says."""

import json

import numpy as np
import pytest

from benchmarks import scene_depth


@pytest.fixture(scope="module")
def made():
    return list(scene_depth.worlds(12, 3, scene_depth.ellipses))


def test_it_prints_json(capsys):
    assert scene_depth.main(["--quick"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["scenes"] == 12 and set(report["guess"]) == {"ours", "feet", "height", "area"}
    assert report["edges"]["read"] < report["edges"]["enlarged"] / 2
    assert report["polarity"]["error 0"]["right"] == 1


def test_what_stands_lower_in_its_worlds_is_nearer(made):
    for world in made:
        assert world.disparity.shape == world.instances.size
        feet = world.instances.boxes[:, 3].numpy()
        whole = feet < world.instances.size[0]
        order = np.argsort(world.nearness[whole])
        assert (np.diff(feet[whole][order]) > -2).all()


def test_the_truth_has_no_error(made, monkeypatch):
    true = {id(world.instances): world.nearness for world in made}
    monkeypatch.setattr(scene_depth, "_guessed", lambda instances: true[id(instances)] * 7)
    found = scene_depth.guesses(made)["ours"]
    assert found["right_order"] == 1 and found["log_ratio_rms"] == 0
