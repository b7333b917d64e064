"""Samples in bulk: the same bytes however they are made, and never half a shard."""

import concurrent.futures
import errno
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from training.synthesize import __main__ as command
from training.synthesize import local, writing
from training.synthesize.makers import Recipe, build_maker
from training.synthesize.plan import parse_part, sha256_of, shards_of

ROOT = Path(__file__).resolve().parents[2]
MAKER = """
import hashlib, os, signal, time
from pathlib import Path


class Tiny:
    "Small samples; waits, or kills its process, at a sample that the environment names."

    def __init__(self, recipe):
        self.seed = recipe.seed

    def identity(self):
        return {"version": 1}

    def make(self, index):
        time.sleep(float(os.environ.get("TINY_PAUSE", "0")))
        if str(index) == os.environ.get("TINY_WAITS_AT"):
            Path(os.environ["TINY_FLAG"]).touch()
            time.sleep(60)
        if str(index) == os.environ.get("TINY_DIES_AT"):
            flag = Path(os.environ["TINY_FLAG"])
            if not flag.exists():
                flag.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if str(index) == os.environ.get("TINY_FAILS_AT"):
            raise ZeroDivisionError("nothing to divide by")
        data = hashlib.sha256(f"{self.seed} {index}".encode()).digest()
        return {"png": data * (40 + index % 5), "json": b"{}", "masks.png": data}
"""
TINY = ["--kind", "celkit_tiny_maker:Tiny", "--count", "23", "--per-shard", "5", "--size", "64"]


@pytest.fixture(autouse=True)
def tiny_maker(tmp_path, monkeypatch):
    folder = tmp_path / "makers"
    folder.mkdir()
    (folder / "celkit_tiny_maker.py").write_text(MAKER)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT)]))
    monkeypatch.setenv("TINY_FLAG", str(tmp_path / "flag"))


def make(folder, *more, workers=0):
    return command.main([*TINY, "--output", str(folder), "--workers", str(workers), *more])


def started(folder, *more, before=None, **environment):
    """The command in a process group of its own, as a terminal starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "training.synthesize", *TINY, "--output", str(folder), *more],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=before,
    )


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def whole(tmp_path):
    """The folder made in one go by one process, as the rest is compared with it."""
    assert make(tmp_path / "whole") == 0
    return files(tmp_path / "whole")


def test_shards_cover_every_sample_once():
    for count, per_shard, machines in ((23, 5, 1), (23, 5, 3), (20, 5, 2), (3, 500, 4)):
        parts = [shards_of(count, per_shard, (i, machines)) for i in range(machines)]
        shards = sorted((s for part in parts for s in part), key=lambda s: s.number)
        assert [s.number for s in shards] == list(range(len(shards)))
        indices = [i for s in shards for i in range(s.first, s.first + s.count)]
        assert indices == list(range(count))


@pytest.mark.parametrize("text", ["2/2", "1", "-1/2", "a/b", "0/0", ""])
def test_a_part_is_i_of_n(text):
    with pytest.raises(ValueError, match="must be i/N"):
        parse_part(text)


def test_a_folder_is_a_web_dataset_and_says_of_each_shard_that_it_is_whole(tmp_path, whole):
    folder = tmp_path / "whole"
    assert len(whole) == 11  # five shards, their manifests, the description
    seen = []
    for path in sorted(folder.glob("*.tar")):
        manifest = json.loads(path.with_suffix(".json").read_text())
        assert manifest["bytes"] == path.stat().st_size
        assert manifest["sha256"] == sha256_of(path)
        with tarfile.open(path) as tar:
            members = tar.getmembers()
        for member in members:
            assert (member.mtime, member.uid, member.gid, member.mode) == (0, 0, 0, 0o644)
            assert member.uname == member.gname == ""
        assert [m.name for m in members] == sorted(m.name for m in members)
        assert len(members) == 3 * manifest["count"]
        seen += [m.name for m in members]
    assert seen == [
        f"{i:09d}.{suffix}" for i in range(23) for suffix in ("json", "masks.png", "png")
    ]


def test_workers_and_machines_make_the_same_bytes(tmp_path, whole):
    assert make(tmp_path / "two", workers=2) == 0
    assert files(tmp_path / "two") == whole
    assert make(tmp_path / "parts", "--shard", "1/2") == 0
    assert len(list((tmp_path / "parts").glob("*.tar"))) == 2
    assert make(tmp_path / "parts", "--shard", "0/2") == 0
    assert files(tmp_path / "parts") == whole


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_run_is_gone_on_with_and_leaves_no_process(tmp_path, whole):
    run = started(tmp_path / "out", "--workers", "1", TINY_WAITS_AT="12")
    wait_until((tmp_path / "flag").exists)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=30)  # its worker has the pipe too, and closes it by ending
    there = files(tmp_path / "out")
    assert sum(name.endswith(".tar") for name in there) == 2
    assert any(name.endswith(".tmp") for name in there)
    assert make(tmp_path / "out") == 0
    assert files(tmp_path / "out") == whole


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_the_shard_of_a_killed_worker_is_made_again(tmp_path, whole, monkeypatch, caplog):
    monkeypatch.setenv("TINY_DIES_AT", "12")
    assert make(tmp_path / "out", workers=2) == 0
    assert "a worker was killed" in caplog.text
    assert files(tmp_path / "out") == whole


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_workers_that_die_again_and_again_end_the_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(local, "ATTEMPTS", 1)
    monkeypatch.setenv("TINY_DIES_AT", "0")
    assert make(tmp_path / "out", workers=1) == 2
    assert "A worker was killed 1 times" in capsys.readouterr().err
    assert [name for name in files(tmp_path / "out") if name != "dataset.json"] == []


@pytest.mark.skipif(os.name == "nt", reason="no process groups")
def test_ctrl_c_ends_cleanly(tmp_path, whole):
    # A shell without job control lets its jobs ignore Ctrl-C, and they pass that on.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run = started(tmp_path / "out", "--workers", "2", TINY_PAUSE="0.1")
        wait_until(lambda: any((tmp_path / "out").glob("shard-*.tar")) or run.poll() is not None)
        os.killpg(run.pid, signal.SIGINT)
        said, _ = run.communicate(timeout=30)
    finally:
        signal.signal(signal.SIGINT, previous)
    assert run.returncode == 130, said
    assert "the same command goes on" in said and "Traceback" not in said
    assert not [name for name in files(tmp_path / "out") if name.endswith(".tmp")]
    assert make(tmp_path / "out") == 0
    assert files(tmp_path / "out") == whole


@pytest.mark.parametrize("harm", ["cut off", "no manifest", "half a manifest", "no tar"])
def test_a_shard_that_is_not_whole_is_made_again(tmp_path, whole, harm):
    folder = tmp_path / "whole"
    tar, manifest = folder / "shard-000002.tar", folder / "shard-000002.json"
    if harm == "cut off":
        os.truncate(tar, tar.stat().st_size - 512)
    elif harm == "no manifest":
        os.truncate(tar, 700)
        manifest.unlink()
    elif harm == "half a manifest":
        os.truncate(manifest, 60)
    else:
        tar.unlink()
    untouched = (folder / "shard-000001.tar").stat().st_mtime_ns
    assert make(folder) == 0
    assert files(folder) == whole
    assert (folder / "shard-000001.tar").stat().st_mtime_ns == untouched


def test_check_finds_what_the_size_does_not_show(tmp_path, whole):
    tar = tmp_path / "whole" / "shard-000001.tar"
    with open(tar, "rb+") as file:
        file.seek(2000)
        file.write(b"X")
    assert make(tmp_path / "whole") == 0
    assert files(tmp_path / "whole") != whole
    assert make(tmp_path / "whole", "--check") == 0
    assert files(tmp_path / "whole") == whole


@pytest.mark.parametrize("other", [["--seed", "1"], ["--count", "24"], ["--per-shard", "6"]])
def test_a_folder_of_other_samples_is_refused(tmp_path, whole, other, capsys):
    assert make(tmp_path / "whole", *other) == 2
    said = capsys.readouterr().err
    assert "holds shards of other samples" in said and "choose another folder" in said
    assert files(tmp_path / "whole") == whole


def test_another_folders_shard_among_them_is_refused(tmp_path, whole, capsys):
    assert make(tmp_path / "other", "--seed", "1") == 0
    for name in ("shard-000003.tar", "shard-000003.json"):
        (tmp_path / "other" / name).replace(tmp_path / "whole" / name)
    assert make(tmp_path / "whole") == 2
    assert "holds other samples than" in capsys.readouterr().err
    (tmp_path / "other" / "dataset.json").unlink()
    assert make(tmp_path / "other") == 2
    assert "no dataset.json" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_shard(tmp_path, whole, monkeypatch, capsys):
    original, left = writing._Measured.write, [9000]

    def write(self, data):
        left[0] -= len(data)
        if left[0] < 0:
            self.file.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(self, data)

    with monkeypatch.context() as patched:
        patched.setattr(writing._Measured, "write", write)
        assert make(tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert "No space left on device" in said and "the same command goes on" in said
    assert sorted(files(tmp_path / "out")) == ["dataset.json"]
    assert make(tmp_path / "out") == 0
    assert files(tmp_path / "out") == whole


@pytest.mark.skipif(os.name == "nt", reason="no limit of a file's size")
def test_a_worker_that_cannot_write_ends_the_run(tmp_path):
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, resource.RLIM_INFINITY))

    said, _ = (run := started(tmp_path / "out", "--workers", "1", before=limit)).communicate()
    assert run.returncode == 2, said
    assert "shard-000000.tar: File too large" in said and "Traceback" not in said
    assert sorted(files(tmp_path / "out")) == ["dataset.json"]


def test_of_several_failures_the_first_shards_is_told(tmp_path, monkeypatch):
    """Also when more workers have failed by the time anyone looks."""
    monkeypatch.setattr(local, "wait", lambda waiting, **_: concurrent.futures.wait(waiting))
    recipe = Recipe("celkit_tiny_maker:Tiny", 0, 64, {})
    work = local.Work.of(tmp_path / "gone", recipe, {"maker": build_maker(recipe).identity()})
    with pytest.raises(OSError) as caught:
        local.make_shards(work, shards_of(40, 5, (0, 1)), 1, lambda made: None)
    assert "shard-000000.tar" in str(caught.value)


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    dead, living = folder / ".shard-000001.aaaa.tmp", folder / "shard-000002.tar"
    dead.write_bytes(b"half")
    with writing._whole_file(living) as file:
        file.write(b"more")
        assert writing.remove_leftovers(folder) == 1
        assert not dead.exists() and not living.exists()
    assert files(folder) == {"shard-000002.tar": b"more"}


def test_a_sample_that_cannot_be_made_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TINY_FAILS_AT", "7")
    for workers in (0, 1):
        assert make(tmp_path / "out", workers=workers) == 2
        said = capsys.readouterr().err
        assert "Sample 7 could not be made: ZeroDivisionError at celkit_tiny_maker.py:" in said
        assert not (tmp_path / "out" / "shard-000001.tar").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--count", "0"], "--count 0 must be from 1"),
        (["--seed", "-1"], "--seed -1 must be from 0"),
        (["--size", "8"], "--size 8 must be from 64"),
        (["--per-shard", "0"], "--per-shard 0 must be from 1"),
        (["--shard", "3/3"], "--shard 3/3 must be i/N"),
        (["--kind", "paintings"], "--kind paintings is none of compositions"),
        (["--kind", "no_such_module:Maker"], "cannot be imported"),
    ],
)
def test_bad_options_get_one_sentence(tmp_path, more, message, capsys):
    assert make(tmp_path / "out", *more) == 2
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(tmp_path, capsys):
    (tmp_path / "out").write_text("mine")
    assert make(tmp_path / "out") == 2
    assert "is a file" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_the_speed_is_told(tmp_path, capsys):
    assert make(tmp_path / "out") == 0
    assert "pictures per second" in capsys.readouterr().out
