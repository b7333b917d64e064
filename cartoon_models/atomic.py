"""Files appear whole or not at all."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_path(final: str | os.PathLike, overwrite: bool = False) -> Iterator[Path]:
    """Give a temporary path in the folder of `final`; rename it to `final` when the block succeeds.

    The temporary name keeps the suffix, so that writers that look at it still work. When the block
    raises, the temporary file is deleted and `final` is as it was. A file that somebody else made
    under that name meanwhile is not overwritten either, unless `overwrite` is true.

    Raises FileExistsError when `final` is there and `overwrite` is false, FileNotFoundError when
    its folder is not there, and says where a disk is full and which folder cannot be written to.
    """
    final = Path(final)
    if not final.parent.is_dir():
        raise FileNotFoundError(f"The folder {final.parent} does not exist; make it first.")
    if not overwrite and os.path.lexists(final):
        raise _exists(final)
    temporary = final.with_name(f".{final.stem[:80]}.{uuid.uuid4().hex[:8]}{final.suffix}")
    try:
        yield temporary
        if not temporary.exists():
            raise FileNotFoundError(f"Nothing was written for {final}.")
        if overwrite:
            os.replace(temporary, final)
        else:
            _rename_without_overwriting(temporary, final)
    except Exception as error:
        if _is_full_disk(error):
            # Temporary folders start with a dot; the user knows the one above them.
            folder = next(part for part in final.parents if not part.name.startswith("."))
            raise OSError(
                errno.ENOSPC, f"No space left on device for files in {folder}; nothing was kept."
            ) from error
        if is_refused(error, temporary):
            raise OSError(
                error.errno, f"{os.strerror(error.errno)}: no file can be made in {final.parent}."
            ) from error
        raise
    finally:
        with suppress(OSError):  # a folder that cannot be written to; it has been told already
            temporary.unlink(missing_ok=True)


def is_refused(error: Exception, temporary: Path) -> bool:
    """Whether the system does not let that be made, whose name would mean nothing to a user."""
    refusals = (errno.EACCES, errno.EPERM, errno.EROFS)
    return (
        isinstance(error, OSError)
        and error.errno in refusals
        and (error.filename is None or Path(os.fsdecode(error.filename)) == temporary)
    )


def _is_full_disk(error: Exception) -> bool:
    """Whether the system says so; not whether this module has said it already."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC and error.strerror == os.strerror(errno.ENOSPC)
    # safetensors wraps the system's error in one of its own, with the number in the text.
    return type(error).__name__ == "SafetensorError" and f"os error {errno.ENOSPC})" in str(error)


def _rename_without_overwriting(source: Path, target: Path) -> None:
    try:
        os.link(source, target)  # unlike rename, never replaces what is there
    except FileExistsError:
        raise _exists(target) from None
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise _exists(target) from None
        os.rename(source, target)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(f"{path} is there already and is not overwritten; choose another name.")
