"""start.py: what it would run, with the commands kept instead of run."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "start.py"


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start.py in an empty clone; `start.commands` keeps what it ran."""
    spec = importlib.util.spec_from_file_location("start_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "celkit-installed.json")
    monkeypatch.setattr(module, "EXAMPLES", tmp_path / "examples")
    monkeypatch.setattr(module, "DEMO", tmp_path / "out" / "demo")
    monkeypatch.setattr(module, "works", lambda python: True)
    monkeypatch.setattr(module.Path, "home", classmethod(lambda cls: tmp_path / "home"))
    monkeypatch.delenv("COMFYUI_PATH", raising=False)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    module.commands, module.codes, module.environments = [], {}, []

    def run(command, environment=None):
        words = [str(part) for part in command]
        module.commands.append(words)
        module.environments.append(environment)
        if "venv" in words:
            module.venv_python().parent.mkdir(parents=True)
            module.venv_python().touch()
            (module.VENV / "pyvenv.cfg").touch()
        return next((code for word, code in module.codes.items() if word in words), 0)

    monkeypatch.setattr(module, "run", run)
    return module


def make_picture(folder, name="b.png"):
    folder.mkdir(exist_ok=True)
    (folder / name).touch()
    return folder / name


def make_comfyui(folder):
    (folder / "comfy").mkdir(parents=True)
    (folder / "requirements.txt").write_text("einops\n")
    return folder


def test_the_first_demo_makes_an_environment_and_the_second_starts_at_once(start):
    picture = make_picture(start.EXAMPLES)
    make_picture(start.EXAMPLES, "c.png")
    assert start.main(["demo"]) == 0
    python = str(start.venv_python())
    segment = [
        "-m",
        "cartoon_models",
        "segment",
        str(picture),
        "-o",
        str(start.DEMO),
        "--overwrite",
    ]
    video = [
        "-m",
        "cartoon_models",
        "kenburns",
        str(picture),
        "-o",
        str(start.DEMO / "ken_burns.mp4"),
        "--overwrite",
        "--instances",
        str(start.DEMO),
        "--camera",
        "orbit",
        "--loop",
    ]
    assert [command[:3] for command in start.commands] == [
        [sys.executable, "-m", "venv"],
        [python, "-m", "pip"],
        [python, "-m", "cartoon_models"],
        [python, "-m", "cartoon_models"],
    ]
    assert start.commands[-2:] == [[python, *segment], [python, *video]]
    start.commands.clear()
    assert start.main(["demo"]) == 0
    assert start.commands == [[python, *segment], [python, *video]]


def test_a_picture_of_ones_own(start, tmp_path, monkeypatch):
    make_picture(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    assert start.main(["demo", "b.png"]) == 0
    assert str(tmp_path / "mine" / "b.png") in start.commands[-1]


def test_the_demos_exit_code_is_handed_on(start):
    make_picture(start.EXAMPLES)
    start.codes["cartoon_models"] = 2
    assert start.main(["demo"]) == 2


def test_no_video_is_made_of_characters_that_were_not_found(start):
    make_picture(start.EXAMPLES)
    start.codes["segment"] = 2
    assert start.main(["demo"]) == 2
    assert start.commands[-1][3] == "segment"


def test_no_picture_is_one_sentence_before_anything_is_installed(start):
    with pytest.raises(start.Stop, match="name one"):
        start.main(["demo"])
    with pytest.raises(start.Stop, match="no picture at"):
        start.main(["demo", "none.png"])
    assert not start.commands


def test_the_tests_get_the_tools_and_their_arguments(start):
    assert start.main(["test", "-k", "picture"]) == 0
    assert start.commands[1][-2:] == ["-e", f"{start.ROOT}[dev,tags,train]"]
    assert start.commands[-1][1:] == ["-m", "pytest", "-k", "picture"]
    assert start.environments[-1] is None


def test_tests_after_a_demo_add_the_tools_and_a_demo_after_tests_adds_nothing(start):
    make_picture(start.EXAMPLES)
    start.main(["demo"])
    start.commands.clear()
    start.main(["test"])
    assert start.commands[0][-1] == f"{start.ROOT}[dev,tags,train]"
    start.commands.clear()
    start.main(["demo"])
    assert [command[3] for command in start.commands] == ["segment", "kenburns"]


def test_a_changed_project_is_installed_again_with_what_was_there(start):
    start.main(["test"])
    (start.ROOT / "pyproject.toml").write_text("[project]\n# changed\n")
    start.commands.clear()
    start.prepare_environment([])
    assert start.commands == [[str(start.venv_python()), *start.commands[0][1:]]]
    assert json.loads(start.STAMP.read_text())["pyproject"] == start.digest(
        start.ROOT / "pyproject.toml"
    )


@pytest.mark.parametrize("where", ["variable", "home"])
def test_a_comfyui_brings_its_requirements_once(start, tmp_path, monkeypatch, where):
    comfyui = make_comfyui(tmp_path / ("home/comfy/ComfyUI" if where == "home" else "else"))
    if where == "variable":
        monkeypatch.setenv("COMFYUI_PATH", str(comfyui))
    start.main(["test"])
    assert start.commands[2][-3:] == ["-r", str(comfyui / "requirements.txt"), "requests"]
    assert start.environments[-1]["COMFYUI_PATH"] == str(comfyui)
    assert start.environments[-1]["PATH"] == os.environ["PATH"]
    start.commands.clear()
    start.main(["test"])
    assert len(start.commands) == 1
    (comfyui / "requirements.txt").write_text("einops\nkornia\n")
    start.main(["test"])
    assert start.commands[1][-3] == "-r"


def test_without_a_comfyui_that_is_said(start, capsys):
    start.main(["test"])
    assert "are skipped" in capsys.readouterr().out


def test_a_wrong_comfyui_path_is_one_sentence(start, tmp_path, monkeypatch):
    monkeypatch.setenv("COMFYUI_PATH", str(tmp_path / "nothing"))
    with pytest.raises(start.Stop, match="nothing"):
        start.main(["test"])


def test_a_failed_installation_is_tried_again_the_next_time(start):
    start.codes["pip"] = 1
    with pytest.raises(start.Stop, match="installation failed"):
        start.main(["test"])
    assert not start.STAMP.exists()
    start.codes.clear()
    start.commands.clear()
    assert start.main(["test"]) == 0
    assert "pip" in start.commands[0]


def test_a_damaged_stamp_is_no_stamp(start):
    start.main(["test"])
    for text in ("{", "[]", ""):
        start.STAMP.write_text(text)
        start.commands.clear()
        start.main(["test"])
        assert "pip" in start.commands[0]


def test_a_broken_environment_is_made_again_but_a_strange_folder_is_left_alone(start, monkeypatch):
    start.main(["test"])
    monkeypatch.setattr(start, "works", lambda python: False)
    monkeypatch.setattr(start, "run", lambda command, environment=None: 1)
    with pytest.raises(start.Stop, match="could not make"):
        start.main(["test"])
    (start.VENV / "pyvenv.cfg").unlink()
    with pytest.raises(start.Stop, match="in the way"):
        start.main(["test"])
    assert start.venv_python().exists()


def test_windows_has_its_python_elsewhere(start, monkeypatch):
    monkeypatch.setattr(start.os, "name", "nt")
    monkeypatch.setattr(start, "VENV", start.VENV)
    assert start.venv_python().parts[-2:] == ("Scripts", "python.exe")


def test_an_old_python_is_told_so(start, monkeypatch):
    monkeypatch.setattr(start, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(start.Stop, match=r"needs Python 99\.0"):
        start.main(["demo"])


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["dance"], 2), (["demo", "a", "b"], 2), (["--help"], 0)]
)
def test_anything_else_shows_how_it_is_used(arguments, code):
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True)
    assert done.returncode == code
    assert "start.py demo" in done.stdout


def test_a_sentence_and_code_2_at_the_command_line(tmp_path):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "demo", str(tmp_path / "none.png")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("celkit: There is no picture at")


def test_only_the_standard_library_is_imported():
    code = "import sys, runpy; runpy.run_path(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(SCRIPT)], capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"torch", "numpy", "pytest", "cartoon_models"}


def test_help_has_a_line_for_each_command(start, capsys):
    assert start.main(["--help"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    commands = [line[2] for line in lines if line[:2] == ["python", "start.py"]]
    assert commands == ["demo", "test"]
