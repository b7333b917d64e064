"""Downloading a weights file: only when asked, at a pinned revision, checked, and resumed after a
break."""

import contextlib
import errno
import http.client
import json
import logging
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..errors import WeightsError
from ..progress import Progress
from .checksum import hash_file
from .manifest import Entry

_logger = logging.getLogger("celkit")
_BLOCK = 1 << 20
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_HUGGING_FACE = "https://huggingface.co"


def fetch(
    entry: Entry,
    folder: str | os.PathLike,
    *,
    progress: Progress | None = None,
    sha256: str | None = None,
    accept_unverified: bool = False,
    attempts: int = 3,
    timeout: float = 30.0,
) -> Path:
    """Download a file of the manifest into `folder` and return its path.

    The bytes go to `FILE.part`, which gets its final name only after its size and SHA-256 are
    right. After a broken connection the rest is asked for, `attempts` times in a row and again by
    the next call. `progress(done, total)` counts bytes; when it raises, the part stays for the next
    call.

    The hash is that of manifest.toml, or `sha256` given by the user where the manifest has none.
    With neither, it is the one that Hugging Face states for the file at the pinned commit, which
    can never be another file; without that too, the file is refused before a byte of it is stored,
    unless `accept_unverified` says otherwise, and its own hash is logged.

    `$HF_ENDPOINT` replaces https://huggingface.co, as in huggingface_hub.

    Raises WeightsError for: no address, no hash, no space, no connection, a wrong hash. After no
    space and a wrong hash nothing is left behind.
    """
    if not entry.download_url:
        raise WeightsError(
            f"{entry.title} cannot be downloaded automatically; get {entry.file} from {entry.page} "
            f"(licence: {entry.licence})."
        )
    folder = Path(folder)
    wanted = _wanted_hash(entry, sha256)
    if not (wanted or accept_unverified or entry.is_pinned):
        raise _unverifiable(entry, folder)
    final = folder / entry.file
    if final.exists():
        raise WeightsError(f"{final} is there already and is not overwritten; delete it first.")
    with _disk_errors(entry, folder):
        folder.mkdir(parents=True, exist_ok=True)
        part = _Part(folder / f"{entry.file}.part", _with_endpoint(entry.download_url))
        for attempt in range(1, attempts + 1):
            try:
                _continue(part, entry, progress, timeout, wanted or accept_unverified)
                break
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                if attempt == attempts or not _is_worth_retrying(error):
                    raise _failed(part, entry, error) from error
                _logger.warning("Download of %s broke off (%s); continuing.", entry.file, error)
                time.sleep(0.5 * attempt)
        _check(part, entry, wanted)
        part.finish(final)
    return final


@dataclass
class _Part:
    """A download on its way: the bytes so far, and beside them what they are the beginning of."""

    path: Path
    url: str
    total: int = 0
    stated_hash: str = ""  # by the server; Hugging Face states it for large files

    @property
    def notes_path(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def etag(self) -> str:
        """What the server called the version that the bytes are of; "" when that is not known."""
        try:
            notes = json.loads(self.notes_path.read_text())
            return notes["etag"] if notes["url"] == self.url else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def note(self, etag: str) -> None:
        self.notes_path.write_text(json.dumps({"url": self.url, "etag": etag}))

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        self.notes_path.unlink(missing_ok=True)

    def finish(self, final: Path) -> None:
        os.replace(self.path, final)
        self.notes_path.unlink(missing_ok=True)


def _continue(
    part: _Part,
    entry: Entry,
    progress: Progress | None,
    timeout: float,
    needs_no_statement: str | bool,
) -> None:
    """Fetch what is missing: returns with the part complete, or raises and keeps what has come.

    Unless `needs_no_statement`, a server that states no hash is asked no further.
    """
    etag = part.etag()
    if not etag:
        part.delete()  # not known to be the beginning of this very file
    start = part.size()
    headers = {"User-Agent": f"celkit/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": etag}
    watcher = _StatedHash()
    opener = urllib.request.build_opener(watcher)
    try:
        response = opener.open(urllib.request.Request(part.url, headers=headers), timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code == 416 and start:  # the part is as long as the file, or longer
            if _range_total(error.headers) == start:
                part.total = start
                part.stated_hash = watcher.hash
                return
            part.delete()
            raise http.client.HTTPException("the part did not fit the file") from error
        raise
    with response:
        part.stated_hash = watcher.hash
        if not (needs_no_statement or part.stated_hash):
            raise _unverifiable(entry, part.path.parent)
        if response.status != 206 or _range_start(response.headers) != start:
            start = 0  # another version, or a server that knows no ranges: from the beginning
        length = int(response.headers.get("Content-Length") or 0)
        part.total = start + length
        _check_space(part, entry, length)
        if not start:
            part.delete()
            _logger.info(
                "Downloading %s, %s, from %s (licence: %s)",
                entry.file,
                megabytes(part.total),
                entry.page,
                entry.licence,
            )
        part.note(_strong_etag(response.headers))
        _write(part, response, start, progress)
    if part.total and part.size() != part.total:
        raise http.client.HTTPException("the connection was closed early")


def _write(
    part: _Part, response: http.client.HTTPResponse, start: int, progress: Progress | None
) -> None:
    done = start
    with part.path.open("ab" if start else "wb") as file:
        while block := response.read(_BLOCK):
            file.write(block)
            done += len(block)
            if progress:
                file.flush()
                progress(done, part.total)


class _StatedHash(urllib.request.HTTPRedirectHandler):
    """Follows redirects, and keeps the SHA-256 that Hugging Face states on the first answer."""

    hash = ""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        stated = (headers.get("X-Linked-ETag") or "").strip('W/"').lower()
        if re.fullmatch(r"[0-9a-f]{64}", stated):
            self.hash = stated
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _wanted_hash(entry: Entry, given: str | None) -> str:
    """The hash that the file has to have, by the user or by manifest.toml; "" for neither."""
    if given is None:
        return entry.sha256
    given = given.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", given):
        raise WeightsError(f"A SHA-256 has 64 hexadecimal digits; {given!r} is not one.")
    if entry.sha256 and given != entry.sha256:
        raise WeightsError(f"CelKit knows {entry.file} by the SHA-256 {entry.sha256}, not {given}.")
    return given


def _unverifiable(entry: Entry, folder: Path) -> WeightsError:
    return WeightsError(
        f"Nothing says which SHA-256 {entry.file} should have, so it is not downloaded unasked. "
        f"Download it by hand from {entry.page} into {folder}; or give the hash that the page "
        "shows (--sha256), or accept an unverified file (--accept-unverified), to "
        f"python -m cartoon_models weights fetch {entry.name}."
    )


def _check(part: _Part, entry: Entry, wanted: str) -> None:
    found = hash_file(part.path)
    expected = wanted or part.stated_hash
    if expected and found != expected:
        part.delete()
        raise WeightsError(
            f"The download of {entry.file} is not the right file and was deleted: its SHA-256 is "
            f"{found}, not {expected}. Try again; if it happens again, ask at {entry.page}."
        )
    if not wanted:
        _logger.warning("%s was accepted unverified; its SHA-256 is %s", entry.file, found)


def _check_space(part: _Part, entry: Entry, needed: int) -> None:
    free = shutil.disk_usage(part.path.parent).free
    if needed > free:
        raise OSError(errno.ENOSPC, f"{megabytes(needed)} needed, {megabytes(free)} free")


@contextlib.contextmanager
def _disk_errors(entry: Entry, folder: Path):
    """Turn a full or read-only disk into one sentence; a part that cannot be completed is
    deleted."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            _Part(folder / f"{entry.file}.part", "").delete()
            detail = f": {error.strerror}" if "needed" in (error.strerror or "") else ""
            raise WeightsError(
                f"There is not enough space in {folder} for {entry.file}{detail}; nothing was kept."
            ) from error
        raise WeightsError(f"{entry.file} could not be written to {folder}: {error}") from error


def _is_worth_retrying(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code == 429
    if isinstance(error, urllib.error.URLError):
        return False  # no such host, refused: it will not be better in a second
    return not isinstance(error, OSError) or isinstance(error, (ConnectionError, TimeoutError))


def _failed(part: _Part, entry: Entry, error: Exception) -> Exception:
    if isinstance(error, urllib.error.HTTPError):
        return WeightsError(
            f"{part.url} answered {error.code} {error.reason}; get {entry.file} by hand from "
            f"{entry.page}."
        )
    if isinstance(error, OSError) and not isinstance(
        error, (urllib.error.URLError, ConnectionError, TimeoutError)
    ):
        return error  # the disk's
    reason = getattr(error, "reason", None) or error
    done = part.size()
    if not done:
        return WeightsError(f"{entry.file} could not be downloaded from {part.url}: {reason}.")
    return WeightsError(
        f"The download of {entry.file} broke off after {megabytes(done)} of "
        f"{megabytes(part.total)} ({reason}); do the same again to continue where it stopped."
    )


def _with_endpoint(url: str) -> str:
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/")
    if endpoint and url.startswith(_HUGGING_FACE + "/"):
        return endpoint + url[len(_HUGGING_FACE) :]
    return url


def _strong_etag(headers: http.client.HTTPMessage) -> str:
    etag = headers.get("ETag", "")
    return "" if etag.startswith("W/") else etag  # a weak one does not promise the same bytes


def _range_start(headers: http.client.HTTPMessage) -> int:
    match = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return int(match[1]) if match else -1


def _range_total(headers: http.client.HTTPMessage) -> int:
    match = re.search(r"/(\d+)$", headers.get("Content-Range", ""))
    return int(match[1]) if match else -1


def megabytes(size: int) -> str:
    """A number of bytes for people to read."""
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"
