"""The engine for many machines: Ray, where it is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cartoon_models.errors import CelKitError
from training.synthesize import __main__ as command
from training.synthesize import cluster

MAKER = """
import hashlib, os, signal
from pathlib import Path


class Tiny:
    def __init__(self, recipe):
        self.seed = recipe.seed

    def identity(self):
        return {"version": 1}

    def make(self, index):
        flag = Path(os.environ["TINY_FLAG"])
        if str(index) == os.environ.get("TINY_DIES_AT") and not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return {"bin": hashlib.sha256(f"{self.seed} {index}".encode()).digest() * 40}
"""


@pytest.fixture
def arguments(tmp_path, monkeypatch):
    (tmp_path / "celkit_ray_maker.py").write_text(MAKER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("TINY_FLAG", str(tmp_path / "flag"))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return ["--kind", "celkit_ray_maker:Tiny", "--count", "23", "--per-shard", "5", "--size", "64"]


def files(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_cluster_makes_the_same_bytes_and_survives_a_killed_worker(
    tmp_path, arguments, monkeypatch
):
    pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    monkeypatch.setenv("TINY_DIES_AT", "12")
    ray = [*arguments, "--engine", "ray", "--workers", "2", "--output", str(tmp_path / "ray")]
    assert command.main(ray) == 0
    assert (tmp_path / "flag").exists()  # it was killed
    assert command.main([*arguments, "--workers", "0", "--output", str(tmp_path / "local")]) == 0
    assert files(tmp_path / "ray") == files(tmp_path / "local")


def test_without_ray_there_is_one_sentence(tmp_path, arguments, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert command.main([*arguments, "--engine", "ray", "--output", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "--engine ray needs Ray, which is not installed: pip install ray" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("failing", [2, 99])
def test_a_start_that_takes_too_long_is_tried_again_and_leaves_nothing_behind(monkeypatch, failing):
    ray = pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    left = []

    def init(**options):
        if len(left) < failing:
            left.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
            raise Exception("The current node timed out during startup.\nSee the log.")

    monkeypatch.setattr(ray, "init", init)
    if failing < cluster.STARTS:
        cluster._start(ray, {"address": "local"}, cluster.STARTS)
    else:
        with pytest.raises(CelKitError, match=r"did not start in 8 tries .*timed out"):
            cluster._start(ray, {"address": "local"}, cluster.STARTS)
    assert len(left) == min(failing, cluster.STARTS)
    assert all(process.poll() is not None for process in left)  # ended


def test_a_cluster_that_is_not_there_is_named(tmp_path, arguments, capsys):
    pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")
    there = ["--engine", "ray", "--ray-address", "127.0.0.1:9", "--output", str(tmp_path / "out")]
    assert command.main([*arguments, *there]) == 2
    assert "There is no Ray cluster at 127.0.0.1:9" in capsys.readouterr().err
