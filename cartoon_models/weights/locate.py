"""Finding a weights file: by path, embedded, in the model folders, in the local Hugging Face
cache."""

import os
import sys
from pathlib import Path

from ..errors import WeightsError
from ..progress import Progress
from .checksum import check_hash
from .manifest import EMBEDDED_FOLDER, Entry, load_manifest

_search_folders: list[Path] = []


def locate(
    name_or_path: str | os.PathLike,
    *,
    download: bool = False,
    progress: Progress | None = None,
    sha256: str | None = None,
    accept_unverified: bool = False,
) -> Path:
    """Find a weights file by its name in manifest.toml, or check that a path is there.

    Looked for, in this order: an explicit path; the embedded weights; the folders given to
    `add_search_folder` (ComfyUI's models/celkit) and CelKit's own folder (`models_folder`), by the
    converted and by the published file name; the local Hugging Face cache. Only then, and only with
    `download`, it is downloaded into the first folder: `progress(done, total)` counts bytes and may
    raise to cancel; `sha256` and `accept_unverified` are for files whose hash manifest.toml does
    not know (see `download.fetch`).

    Raises WeightsError naming the file, the folder, the page and the licence when it is nowhere,
    and when a file that is found under its name is not the one whose SHA-256 manifest.toml holds.
    """
    text = os.fspath(name_or_path)
    entry = load_manifest().get(text)
    if entry is None:
        return _explicit(text)
    found = find(entry)
    if found is not None:
        return found
    if not download:
        raise WeightsError(missing_message(entry))
    from .download import fetch

    return fetch(
        entry,
        search_folders()[0],
        progress=progress,
        sha256=sha256,
        accept_unverified=accept_unverified,
    )


def find(entry: Entry) -> Path | None:
    """The local file of an entry, its hash checked where one is known; None when there is none."""
    if entry.embedded:
        places = [EMBEDDED_FOLDER / entry.file]
    else:
        names = (entry.converted_file, entry.file)
        places = [folder / name for folder in search_folders() for name in names]
        places += _in_hugging_face_cache(entry)
    for place in places:
        if place.is_file():
            if entry.sha256 and place.name == entry.file:
                check_hash(place, entry.sha256)
            return place
    return None


def add_search_folder(path: str | os.PathLike) -> None:
    """Look for weights in this folder too. The first folder added is where downloads go."""
    folder = Path(path)
    if folder not in _search_folders:
        _search_folders.append(folder)


def search_folders() -> list[Path]:
    """The folders that are looked in: those added, then CelKit's own."""
    return [*_search_folders, models_folder()]


def models_folder() -> Path:
    """CelKit's own folder for weights when ComfyUI is not there: $CELKIT_MODELS, or the user's
    cache folder."""
    chosen = os.environ.get("CELKIT_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "celkit" / "weights"


def missing_message(entry: Entry) -> str:
    """What to tell a user whose weights are not there: the file, the folder, the page and the
    licence."""
    if entry.embedded:
        return (
            f"{entry.title} ({entry.file}) should be in {EMBEDDED_FOLDER}, but it is not; "
            f"install CelKit again from {entry.page}."
        )
    message = (
        f"{entry.title}: the file {entry.file} was not found. Get it from {entry.page} "
        f"(licence: {entry.licence}) and put it into {search_folders()[0]}"
    )
    if entry.download_url:
        message += (
            ", or let it be downloaded: switch download on in the node, or run python -m "
            f"cartoon_models weights fetch {entry.name}"
        )
    return message + "."


def _explicit(text: str) -> Path:
    path = Path(text).expanduser()
    if path.is_file():
        return path
    if path.is_dir():
        raise WeightsError(f"{path} is a folder, not a weights file.")
    known = ", ".join(load_manifest())
    raise WeightsError(
        f"There is no weights file at {path}, and it is not a known name either ({known})."
    )


def _in_hugging_face_cache(entry: Entry) -> list[Path]:
    """The file in the snapshots of the local cache: the pinned revision first, then the newest."""
    if not entry.repository:
        return []
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{entry.repository.replace('/', '--')}" / "snapshots"
    found = [path for path in snapshots.glob(f"*/{entry.file}") if path.is_file()]
    newest_first = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    return sorted(newest_first, key=lambda path: path.parent.name != entry.revision)
