"""Reading weights files without ever running what is in them.

safetensors files hold tensors and text only. PyTorch files are pickles, read with
`torch.load(weights_only=True)`. Training frameworks put objects of their own beside the weights
(loss histories, numpy scalars, argument lists); those are replaced by empty stand-ins, so that
nothing of theirs is imported or run. Any other object in the file is refused by its name.
"""

import _compat_pickle
import os
import pickle
import pickletools
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from ..errors import WeightsError

# Whole packages whose objects are only bookkeeping beside the weights.
_BOOKKEEPING_PACKAGES = frozenset(
    "mmengine mmcv mmdet animeinsseg numpy pytorch_lightning lightning lightning_fabric "
    "lightning_utilities torchmetrics omegaconf addict yacs argparse pathlib datetime uuid "
    "fractions decimal".split()
)
# From packages that hold dangerous things as well, these names only.
_BOOKKEEPING_NAMES = frozenset(
    [f"builtins.{name}" for name in "object bool int float str bytes list dict tuple".split()]
    + [f"builtins.{name}" for name in "set frozenset complex slice range bytearray".split()]
    + ["builtins.getattr"]  # mmengine keeps methods of its loss histories; ours gets no attribute
    + [f"typing.{name}" for name in "Any Dict List Optional Tuple Union".split()]
    + ["collections.defaultdict", "collections.deque", "copyreg._reconstructor"]
    + ["types.SimpleNamespace"]
)
_LEGACY_PICKLES = 5  # magic number, protocol, system info, the object itself, storage keys
_one_at_a_time = threading.Lock()  # torch keeps its list of allowed names in one global


def read_state_dict(path: str | os.PathLike) -> dict[str, Tensor]:
    """Read a weights file and return the dictionary in it, on the CPU, exactly as it was stored.

    `.safetensors` gives `{name: tensor}`. A PyTorch file (zip or legacy format, any suffix) gives
    what was saved: the tensors, or a wrapper such as `{"meta": ..., "state_dict": ...}`; nothing is
    unwrapped. Objects of training frameworks arrive as empty `StandIn`s.

    Raises WeightsError when the file is missing, empty, cut short, damaged, no weights file at all,
    or contains something that could run code; the message names the file and, for the last, the
    culprit.
    """
    path = _existing_file(path)
    if _is_safetensors(path):
        return _read_safetensors(path)
    return _read_torch(path)


def read_metadata(path: str | os.PathLike) -> dict[str, str]:
    """The text metadata of a safetensors file (ours: architecture, input_size, licence, training,
    commit, seed, metrics); `{}` for a file of another kind.

    Raises WeightsError when the file is missing or its header is damaged.
    """
    path = _existing_file(path)
    if not _is_safetensors(path):
        return {}
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path, error) from error


class StandIn:
    """What a training framework left in a checkpoint, with nothing in it and nothing to do."""

    def __new__(cls, *args: object) -> "StandIn":
        return object.__new__(cls)

    def __init__(self, *args: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def __repr__(self) -> str:
        return f"<stand-in for {type(self).__module__}.{type(self).__name__}>"


def _existing_file(path: str | os.PathLike) -> Path:
    path = Path(path)
    if path.is_dir():
        raise WeightsError(f"{path} is a folder, not a weights file.")
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}.")
    if path.stat().st_size == 0:
        raise WeightsError(f"The weights file {path} is empty; get it again.")
    return path


def _is_safetensors(path: Path) -> bool:
    if path.suffix.lower() in (".safetensors", ".sft"):
        return True
    with path.open("rb") as file:
        head = file.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 1 << 27


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error


def _read_torch(path: Path) -> dict[str, Tensor]:
    unknown = _unknown_globals(path)
    refused = sorted(name for name in unknown if not _is_bookkeeping(name))
    if refused:
        raise WeightsError(
            f"{path} was not loaded: it contains {', '.join(refused[:3])}, which is not weights "
            "and could run code. Get the file from a source that you trust, or as safetensors."
        )
    try:
        with _only_these([_stand_in(name) for name in sorted(unknown)]):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except (MemoryError, WeightsError):
        raise
    except pickle.UnpicklingError as error:
        raise _damaged(path, "its objects are not stored as PyTorch stores weights") from error
    except Exception as error:  # a damaged pickle can fail in any way; it has run nothing
        raise _damaged(path, error) from error
    if not isinstance(content, dict):
        raise WeightsError(f"{path} holds a {type(content).__name__}, not a dictionary of weights.")
    return content


def _unknown_globals(path: Path) -> set[str]:
    """Full names of the objects that the checkpoint asks for beyond tensors.

    Read as data: nothing is unpickled, and torch.load refuses whatever this scan might miss.
    """
    names: set[str] = set()
    error: WeightsError | None = None
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                with _zipped_pickle(path, file) as stream:
                    names.update(_globals_of(stream))
            else:
                _check_legacy_start(path, file)
                for _ in range(_LEGACY_PICKLES):
                    names.update(_globals_of(file))
    except WeightsError as known:
        error = known
    except Exception as unknown:  # pickletools and zipfile raise many kinds on damaged bytes
        error = _damaged(path, unknown)
    names -= _names_of_tensors()
    if error and all(_is_bookkeeping(name) for name in names):
        raise error  # else what could run code is the better thing to say
    return names


@contextmanager
def _zipped_pickle(path: Path, file: BinaryIO) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(file) as archive:
        broken = archive.testzip()  # torch.load does not look at the checksums
        if broken:
            raise _damaged(path, f"the checksum of {broken} in it is wrong")
        members = [name.split("/", 1)[-1] for name in archive.namelist()]
        if "constants.pkl" in members:
            raise _not_weights(path, "it is a TorchScript program")
        if members.count("data.pkl") != 1:
            raise _not_weights(path, "it is a zip file of something else")
        with archive.open(archive.namelist()[members.index("data.pkl")]) as stream:
            yield stream


def _check_legacy_start(path: Path, file: BinaryIO) -> None:
    file.seek(0)
    start = file.read(256).lstrip()
    file.seek(0)
    if start.startswith(pickle.PROTO):
        return
    if start.startswith(b"PK"):
        raise _damaged(path, "its end is missing")
    if start.startswith(b"version https://git-lfs"):
        raise _not_weights(path, "it is a Git LFS pointer; the file itself has yet to be fetched")
    if start.startswith(b"<"):
        raise _not_weights(path, "it is a web page; download the file itself")
    raise _not_weights(path, "it does not start like one")


def _globals_of(stream: BinaryIO) -> Iterator[str]:
    strings: list[str] = []
    for opcode, argument, _ in pickletools.genops(stream):
        if opcode.name in ("GLOBAL", "INST"):
            yield _modern_name(*argument.split(" ", 1))
        elif opcode.name == "STACK_GLOBAL":  # not torch.save's; usually the last two strings
            yield _modern_name(*strings[-2:]) if len(strings) > 1 else "an unnamed object"
        elif isinstance(argument, str):
            strings.append(argument)


def _modern_name(module: str, name: str) -> str:
    """Pickles of protocol 2 write Python 2's names; this is how they are read back."""
    if (module, name) in _compat_pickle.NAME_MAPPING:
        module, name = _compat_pickle.NAME_MAPPING[module, name]
    return f"{_compat_pickle.IMPORT_MAPPING.get(module, module)}.{name}"


def _names_of_tensors() -> set[str]:
    from torch import _weights_only_unpickler

    return set(_weights_only_unpickler._get_allowed_globals())


def _is_bookkeeping(name: str) -> bool:
    return name in _BOOKKEEPING_NAMES or name.split(".", 1)[0] in _BOOKKEEPING_PACKAGES


def _stand_in(full_name: str) -> type:
    """A class under the name that the checkpoint asks for.

    The restricted unpickler fills plain containers only, so what is a dictionary or a list there
    has to come out of the constructor as one.
    """
    module, _, name = full_name.rpartition(".")
    body: dict[str, object] = {"__module__": module}
    if "dict" in name.lower():
        body["__new__"] = lambda cls, *args: OrderedDict()
    elif name in ("deque", "list"):
        body["__new__"] = lambda cls, *args: []
    return type(name, (StandIn,), body)


@contextmanager
def _only_these(classes: list[type]) -> Iterator[None]:
    """Let torch.load put these classes in, and none that other code in the process allowed."""
    if not hasattr(torch.serialization, "clear_safe_globals"):
        raise WeightsError(
            f"Reading this kind of file needs PyTorch 2.4 or newer, this is {torch.__version__}; "
            "use a safetensors file."
        )
    with _one_at_a_time:
        others = torch.serialization.get_safe_globals()
        torch.serialization.clear_safe_globals()
        try:
            torch.serialization.add_safe_globals(classes)
            yield
        finally:
            torch.serialization.clear_safe_globals()
            torch.serialization.add_safe_globals(others)


def _not_weights(path: Path, reason: str) -> WeightsError:
    return WeightsError(f"{path} is not a weights file: {reason}.")


def _damaged(path: Path, reason: Exception | str) -> WeightsError:
    reason = " ".join(str(reason).split())[:160].rstrip(".") or type(reason).__name__
    return WeightsError(
        f"The weights file {path} is damaged or cut short ({reason}); get it again."
    )
