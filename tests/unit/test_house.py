"""The house: what is declared is what is used, arrows point one way, importing is light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
COMFYUI = {
    "comfy",
    "comfy_api",
    "comfy_extras",
    "comfy_execution",
    "folder_paths",
    "server",
    "execution",
}
# Package names on the index that differ from the name they are imported by.
IMPORTED_AS = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "huggingface-hub": "huggingface_hub",
    "skia-python": "skia",
}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path):
    """(dots, module) of every import in a file, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


def package_names(requirements):
    return {
        re.split(r"[^A-Za-z0-9._-]", line.strip(), maxsplit=1)[0].lower() for line in requirements
    }


def test_requirements_are_the_projects_dependencies(project):
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    assert wanted == project["project"]["dependencies"]


def test_requirements_are_unpinned(project):
    for line in project["project"]["dependencies"]:
        assert not re.search(r"[=<~!]", line.split(";")[0]), f"{line}: ComfyUI's own Python decides"


@pytest.mark.parametrize("folder", ["cartoon_models", "nodes"])
def test_every_import_is_a_declared_dependency(project, folder):
    declared = (
        project["project"]["dependencies"] + project["project"]["optional-dependencies"]["tags"]
    )
    known = {IMPORTED_AS.get(name, name) for name in package_names(declared)}
    known |= set(sys.stdlib_module_names) | {"tomllib"}
    if folder == "nodes":
        known |= COMFYUI
    for path in sources(folder):
        used = {module.split(".")[0] for level, module in imports(path) if level == 0}
        assert used <= known, (
            f"{path.relative_to(ROOT)} imports what pyproject.toml does not declare"
        )


def test_cartoon_models_never_imports_comfyui_nor_anything_above_it():
    above = COMFYUI | {"nodes", "training", "tests", "benchmarks", "start"}
    for path in sources("cartoon_models"):
        depth = len(path.relative_to(ROOT).parts) - 1
        for level, module in imports(path):
            assert level <= depth, f"{path.relative_to(ROOT)} reaches out of the package"
            assert level or module.split(".")[0] not in above, f"{path.relative_to(ROOT)}: {module}"


@pytest.mark.parametrize("package", ["networks", "weights"])
def test_networks_and_weights_know_nobody(package):
    for path in sources(f"cartoon_models/{package}"):
        for level, module in imports(path):
            if level >= 2:  # out of its own folder
                assert module in ("", "errors", "atomic", "progress"), (
                    f"{path.relative_to(ROOT)}: {module}"
                )


def test_nodes_and_the_door_import_relatively():
    ours = {"cartoon_models", "nodes", "training", "tests", "benchmarks"}
    for path in [ROOT / "__init__.py", *sources("nodes")]:
        for level, module in imports(path):
            assert level or module.split(".")[0] not in ours, f"{path.relative_to(ROOT)}: {module}"


def test_nothing_that_ships_knows_the_training():
    for path in sources("cartoon_models") + sources("nodes"):
        for _, module in imports(path):
            assert module.split(".")[0] != "training", path


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("cartoon_models", ["torch", "numpy", "PIL", "cv2"]),
        ("cartoon_models.commands", ["torch", "numpy", "cv2"]),
        ("cartoon_models.weights.manifest", ["cv2", "transformers", "diffusers", "scipy"]),
        ("cartoon_models.instances", ["transformers", "diffusers", "timm", "onnxruntime", "av"]),
    ],
)
def test_importing_is_light(module, heavy):
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_door_opens_without_comfyui():
    code = (
        "import importlib.util, sys;"
        "spec = importlib.util.spec_from_file_location('pack', '__init__.py');"
        "door = importlib.util.module_from_spec(spec); spec.loader.exec_module(door);"
        "print(door.WEB_DIRECTORY, callable(door.comfy_entrypoint),"
        " hasattr(door, 'NODE_CLASS_MAPPINGS'), 'comfy_api' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["./web", "True", "False", "False"]


def test_the_registry_has_what_it_asks_for(project):
    about, comfy = project["project"], project["tool"]["comfy"]
    assert about["name"] == "celkit"
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    assert about["license"] == "Apache-2.0"
    assert about["urls"]["Repository"].startswith("https://")
    assert comfy["PublisherId"] and comfy["DisplayName"]
    assert comfy["requires-comfyui"] == ">=0.3.64"
    assert set(about["optional-dependencies"]) == {"dev", "train", "tags", "yolo", "ray"}
    license_text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in license_text and "END OF TERMS AND CONDITIONS" in license_text


def test_one_version_everywhere(project):
    import cartoon_models

    assert cartoon_models.__version__ == project["project"]["version"]


def test_ci_runs_the_readmes_test_command():
    command = "python start.py test"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_only_cartoon_models_is_installed_with_its_weights(project):
    setuptools = project["tool"]["setuptools"]
    assert setuptools["packages"]["find"]["include"] == ["cartoon_models*"]
    assert set(setuptools["package-data"]["cartoon_models"]) == {
        "weights/*.safetensors",
        "weights/manifest.toml",
    }
    assert project["project"]["scripts"] == {"celkit": "cartoon_models.__main__:main"}
