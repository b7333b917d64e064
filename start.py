"""One command from a fresh clone.

    python start.py demo [PICTURE]     find the characters of a cartoon picture and fly a camera
                                       past them, into out/demo/
    python start.py test [ARGUMENTS]   run the tests; arguments go to pytest

Plain standard-library Python for Linux, macOS and Windows. The first call makes .venv and installs
into it what pyproject.toml names (PyTorch among it, so it takes minutes); later calls start at
once.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "celkit-installed.json"
EXAMPLES = ROOT / "pictures"
DEMO = ROOT / "out" / "demo"
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
OLDEST_PYTHON = (3, 10)


def main(arguments):
    """Run one command and return its exit code."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise Stop(f"CelKit needs Python {wanted} or newer; this is {sys.version.split()[0]}.")
    if arguments and arguments[0] == "demo" and len(arguments) <= 2:
        return demo(*arguments[1:])
    if arguments and arguments[0] == "test":
        return test(arguments[1:])
    print(__doc__.strip())
    return 0 if arguments in (["-h"], ["--help"], ["help"]) else 2


def demo(picture=None):
    """Segment a picture into out/demo/ and make a video of it, replacing the results of the demo
    before it."""
    picture = Path(picture).resolve() if picture else example_picture()
    if not picture.is_file():
        raise Stop(f"There is no picture at {picture}.")
    python = prepare_environment([])
    say(f"Finding the characters in {picture.name}.")
    command = [python, "-m", "cartoon_models", "segment", picture, "-o", DEMO, "--overwrite"]
    code = run(command)
    if code != 0:
        return code
    say("Moving a camera through the picture.")
    video = DEMO / "ken_burns.mp4"
    command = [python, "-m", "cartoon_models", "kenburns", picture, "-o", video, "--overwrite"]
    code = run([*command, "--instances", DEMO, "--camera", "orbit", "--loop"])
    if code == 0:
        say(f"Done. Look at {DEMO / 'overlay.png'} and play {video}; masks, cut-outs and")
        say("instances.json are there too.")
    return code


def test(arguments):
    """Run the tests; those of the nodes too where there is a ComfyUI to run them in."""
    comfyui = find_comfyui()
    if comfyui:
        say(f"The nodes are tested in the ComfyUI at {comfyui}.")
    else:
        say("No ComfyUI at $COMFYUI_PATH or ~/comfy/ComfyUI: the tests that need one are skipped.")
    python = prepare_environment(["dev", "tags", "train"], comfyui)
    environment = dict(os.environ, COMFYUI_PATH=str(comfyui)) if comfyui else None
    return run([python, "-m", "pytest", *arguments], environment)


def example_picture():
    """The first picture of pictures/."""
    found = sorted(path for path in EXAMPLES.glob("*") if path.suffix.lower() in PICTURES)
    if not found:
        raise Stop(f"There is no picture in {EXAMPLES}; name one: python start.py demo PICTURE")
    return found[0]


def find_comfyui():
    """The folder of a ComfyUI: $COMFYUI_PATH, else ~/comfy/ComfyUI; None where there is none."""
    chosen = os.environ.get("COMFYUI_PATH")
    folder = Path(chosen).expanduser() if chosen else Path.home() / "comfy" / "ComfyUI"
    if (folder / "comfy").is_dir() and (folder / "requirements.txt").is_file():
        return folder.resolve()
    if chosen:
        raise Stop(f"COMFYUI_PATH is {chosen}, but there is no ComfyUI.")
    return None


def prepare_environment(extras, comfyui=None):
    """Make .venv and install into it what is missing; returns its Python.

    A stamp in .venv says what was installed and for which pyproject.toml, so that a second call has
    nothing to do.
    """
    python = venv_python()
    make_venv(python)
    installed = read_stamp()
    project = {"pyproject": digest(ROOT / "pyproject.toml"), "python": str(python)}
    known = {name: installed.get(name) for name in project} == project
    had = set(installed.get("extras", [])) if known else set()
    if not known or not had.issuperset(extras):
        extras = sorted(had.union(extras))
        say("Installing what CelKit needs into .venv (the first time this takes some minutes).")
        install(python, "-e", f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT))
        installed = {**project, "extras": extras}
        write_stamp(installed)
    if comfyui:
        requirements = digest(comfyui / "requirements.txt")
        if installed.get("comfyui") != requirements:
            say("Installing what ComfyUI needs into .venv.")
            install(python, "-r", str(comfyui / "requirements.txt"), "requests")
            write_stamp({**installed, "comfyui": requirements})
    return python


def venv_python():
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_venv(python):
    if python.exists() and works(python):
        return
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
        raise Stop(f"{VENV} is in the way and is no Python environment; move it.")
    say("Making .venv, CelKit's own Python environment.")
    # --clear: an environment whose Python has gone away cannot be mended.
    if run([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        raise Stop(
            "Python could not make .venv. On Debian and Ubuntu: sudo apt install python3-venv."
        )


def works(python):
    try:
        return (
            subprocess.run([str(python), "-c", "import pip"], capture_output=True).returncode == 0
        )
    except OSError:
        return False


def install(python, *what):
    if run([python, "-m", "pip", "install", "--disable-pip-version-check", *what]) != 0:
        raise Stop(
            "The installation failed; pip's message is above. Run the same command again to retry."
        )


def read_stamp():
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp):
    temporary = STAMP.with_suffix(".new")
    temporary.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(temporary, STAMP)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(command, environment=None):
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment)


def say(text):
    print(f"[celkit] {text}", flush=True)


class Stop(Exception):
    """A sentence for the user; the program ends with code 2."""


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except Stop as reason:
        print(f"celkit: {reason}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
