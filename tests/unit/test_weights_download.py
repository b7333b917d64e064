"""Downloads, against a server of our own: broken connections, resuming, hashes, a full disk."""

import dataclasses
import errno
import hashlib
import http.server
import logging
import os
import re
import threading
import types

import pytest

from cartoon_models.errors import Cancelled, WeightsError
from cartoon_models.weights import download
from cartoon_models.weights.download import fetch
from cartoon_models.weights.manifest import Entry

CONTENT = bytes(range(256)) * 20_000  # 5.12 MB: several blocks
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server():
    """A file server with ranges. `behaviour` says what goes wrong; `requests` keeps what was asked
    for."""
    behaviour = types.SimpleNamespace(
        content=CONTENT, etag='"one"', ranges=True, cut_after=None, cuts=0, status=None, stated=None
    )
    behaviour.requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            behaviour.requests.append((self.path, dict(self.headers)))
            if behaviour.status:
                self.send_error(behaviour.status)
            elif behaviour.stated and "/resolve/" in self.path:
                self.send_response(302)
                self.send_header("X-Linked-ETag", f'"{behaviour.stated}"')
                self.send_header("Location", "/elsewhere")
                self.end_headers()
            else:
                self.send_file()

        def send_file(self):
            content, start = behaviour.content, 0
            match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if match and behaviour.ranges and self.headers.get("If-Range") == behaviour.etag:
                start = int(match[1])
                if start >= len(content):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(content)}")
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(content) - start))
            if behaviour.etag:
                self.send_header("ETag", behaviour.etag)
            self.end_headers()
            if behaviour.cuts:
                behaviour.cuts -= 1
                content = content[: start + behaviour.cut_after]
            try:
                self.wfile.write(content[start:])
            except ConnectionError:
                pass  # the client stopped

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    behaviour.address = f"http://127.0.0.1:{running.server_port}"
    yield behaviour
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def entry(server):
    return Entry(
        name="net",
        title="A network",
        network="isnet",
        file="net.ckpt",
        licence="MIT",
        page="https://example.org/net",
        revision="abc",
        url=server.address + "/resolve/{revision}/net.ckpt",
        sha256=HASH,
    )


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)


def ranges(server):
    return [headers.get("Range") for _, headers in server.requests]


def test_a_file_arrives_whole_with_progress(server, entry, tmp_path):
    calls = []
    path = fetch(entry, tmp_path / "new folder", progress=lambda *counts: calls.append(counts))
    assert path == tmp_path / "new folder" / "net.ckpt"
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == ["net.ckpt"]
    assert server.requests[0][0] == "/resolve/abc/net.ckpt"
    assert len(calls) > 3
    assert calls == sorted(calls)
    assert calls[-1] == (len(CONTENT), len(CONTENT))


def test_a_broken_connection_is_continued_at_once(server, entry, tmp_path):
    server.cut_after, server.cuts = 2_000_000, 2
    assert fetch(entry, tmp_path).read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=2000000-", "bytes=4000000-"]


def test_a_connection_that_keeps_breaking_is_continued_by_the_next_call(server, entry, tmp_path):
    server.cut_after, server.cuts = 1_000_000, 3
    with pytest.raises(WeightsError, match=r"broke off after 3\.0 MB of 5\.1 MB.*continue"):
        fetch(entry, tmp_path)
    assert not (tmp_path / "net.ckpt").exists()
    assert (tmp_path / "net.ckpt.part").stat().st_size == 3_000_000
    first = []
    fetch(entry, tmp_path, progress=lambda done, total: first.append(done))
    assert ranges(server)[-1] == "bytes=3000000-"
    assert first[0] > 3_000_000
    assert (tmp_path / "net.ckpt").read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["net.ckpt"]


def test_cancelling_keeps_the_part_and_nothing_under_the_final_name(server, entry, tmp_path):
    def stop(done, total):
        if done > 2_000_000:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        fetch(entry, tmp_path, progress=stop)
    assert not (tmp_path / "net.ckpt").exists()
    assert fetch(entry, tmp_path).read_bytes() == CONTENT
    assert ranges(server)[-1] is not None


def test_a_part_of_another_version_is_thrown_away(server, entry, tmp_path):
    server.content, server.etag = b"x" * 3_000_000, '"old"'
    server.cut_after, server.cuts = 500_000, 3
    with pytest.raises(WeightsError, match="broke off"):
        fetch(entry, tmp_path)
    server.content, server.etag, server.cuts = CONTENT, '"one"', 0
    assert fetch(entry, tmp_path).read_bytes() == CONTENT


def test_a_part_that_nothing_is_known_of_is_thrown_away(server, entry, tmp_path):
    (tmp_path / "net.ckpt.part").write_bytes(b"who knows")
    assert fetch(entry, tmp_path).read_bytes() == CONTENT
    assert ranges(server) == [None]


@pytest.mark.parametrize("change", [{"ranges": False}, {"etag": ""}, {"etag": 'W/"weak"'}])
def test_without_ranges_or_a_version_it_starts_again(server, entry, tmp_path, change):
    vars(server).update(change, cut_after=1_000_000, cuts=1)
    assert fetch(entry, tmp_path).read_bytes() == CONTENT


def test_a_part_that_was_complete_is_finished(server, entry, tmp_path, monkeypatch):
    monkeypatch.setattr(
        download._Part, "finish", lambda self, final: (_ for _ in ()).throw(Cancelled())
    )
    with pytest.raises(Cancelled):
        fetch(entry, tmp_path)
    monkeypatch.undo()
    assert fetch(entry, tmp_path).read_bytes() == CONTENT
    assert ranges(server)[-1] == f"bytes={len(CONTENT)}-"


def test_a_wrong_hash_leaves_nothing(server, entry, tmp_path):
    server.content = CONTENT[:-1] + b"!"
    with pytest.raises(WeightsError, match="not the right file") as caught:
        fetch(entry, tmp_path)
    assert HASH in str(caught.value)
    assert hashlib.sha256(server.content).hexdigest() in str(caught.value)
    assert not os.listdir(tmp_path)


def test_a_tampered_part_does_not_pass(server, entry, tmp_path):
    server.cut_after, server.cuts = 1_000_000, 3
    with pytest.raises(WeightsError):
        fetch(entry, tmp_path)
    part = tmp_path / "net.ckpt.part"
    part.write_bytes(b"!" + part.read_bytes()[1:])
    with pytest.raises(WeightsError, match="not the right file"):
        fetch(entry, tmp_path)
    assert not os.listdir(tmp_path)


def test_an_unknown_hash_is_refused_before_anything_is_asked(server, entry, tmp_path):
    entry = dataclasses.replace(entry, sha256="")
    with pytest.raises(WeightsError, match=r"--sha256.*--accept-unverified"):
        fetch(entry, tmp_path)
    assert not server.requests
    assert fetch(entry, tmp_path, sha256=HASH.upper()).read_bytes() == CONTENT


def test_at_a_pinned_commit_the_stated_hash_is_enough(server, entry, tmp_path):
    entry = dataclasses.replace(entry, sha256="", revision="0123456789abcdef" * 2 + "01234567")
    server.stated = "0" * 64
    with pytest.raises(WeightsError, match="not the right file"):
        fetch(entry, tmp_path)
    assert not os.listdir(tmp_path)
    server.stated = HASH
    assert fetch(entry, tmp_path).read_bytes() == CONTENT


def test_a_pinned_commit_without_a_stated_hash_is_refused(server, entry, tmp_path):
    entry = dataclasses.replace(entry, sha256="", revision="a" * 40)
    with pytest.raises(WeightsError, match=r"Nothing says which SHA-256.*--accept-unverified"):
        fetch(entry, tmp_path)
    assert not os.listdir(tmp_path) and len(server.requests) == 1


def test_a_hash_from_the_user_is_held_to(server, entry, tmp_path):
    with pytest.raises(WeightsError, match="64 hexadecimal"):
        fetch(entry, tmp_path, sha256="123")
    with pytest.raises(WeightsError, match="CelKit knows"):
        fetch(entry, tmp_path, sha256="0" * 64)
    entry = dataclasses.replace(entry, sha256="")
    with pytest.raises(WeightsError, match="not the right file"):
        fetch(entry, tmp_path, sha256="0" * 64)


def test_an_accepted_file_is_logged_with_its_hash(server, entry, tmp_path, caplog):
    entry = dataclasses.replace(entry, sha256="")
    with caplog.at_level(logging.WARNING, "celkit"):
        fetch(entry, tmp_path, accept_unverified=True)
    assert HASH in caplog.text


def test_the_hash_that_the_server_states_is_checked(server, entry, tmp_path):
    entry = dataclasses.replace(entry, sha256="")
    server.stated = "0" * 64
    with pytest.raises(WeightsError, match="not the right file"):
        fetch(entry, tmp_path, accept_unverified=True)
    server.stated = HASH
    assert fetch(entry, tmp_path, accept_unverified=True).read_bytes() == CONTENT


def test_the_size_and_the_licence_are_said_before(server, entry, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "celkit"):
        fetch(entry, tmp_path)
    assert "5.1 MB" in caplog.text
    assert "MIT" in caplog.text


def test_too_little_space_is_noticed_before(server, entry, tmp_path, monkeypatch):
    monkeypatch.setattr(
        download.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1000)
    )
    with pytest.raises(WeightsError, match=r"not enough space.*5\.1 MB needed"):
        fetch(entry, tmp_path)
    assert not os.listdir(tmp_path)


def test_a_disk_that_fills_up_leaves_nothing(server, entry, tmp_path, monkeypatch):
    def write(part, response, start, progress):
        part.path.write_bytes(response.read(1000))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(download, "_write", write)
    with pytest.raises(WeightsError, match="not enough space"):
        fetch(entry, tmp_path)
    assert not os.listdir(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(entry, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match="could not be written"):
        fetch(entry, tmp_path / "file" / "folder")


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (503, 3)])
def test_an_answer_that_is_an_error_names_the_page(server, entry, tmp_path, status, asked):
    server.status = status
    with pytest.raises(WeightsError, match=rf"answered {status}.*https://example\.org/net"):
        fetch(entry, tmp_path)
    assert len(server.requests) == asked
    assert not (tmp_path / "net.ckpt").exists()


def test_no_connection_is_one_sentence(entry, tmp_path):
    entry = dataclasses.replace(entry, url="http://127.0.0.1:9/{revision}")
    with pytest.raises(WeightsError, match="could not be downloaded"):
        fetch(entry, tmp_path)


def test_without_an_address_the_page_is_named(entry, tmp_path):
    with pytest.raises(WeightsError, match=r"https://example\.org/net"):
        fetch(dataclasses.replace(entry, url=""), tmp_path)
    with pytest.raises(WeightsError, match="cannot be downloaded automatically"):
        fetch(dataclasses.replace(entry, revision=""), tmp_path)


def test_what_is_there_is_not_overwritten(entry, tmp_path):
    (tmp_path / "net.ckpt").write_text("mine")
    with pytest.raises(WeightsError, match="not overwritten"):
        fetch(entry, tmp_path)
    assert (tmp_path / "net.ckpt").read_text() == "mine"


def test_a_mirror_is_used_where_one_is_set(server, entry, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", server.address + "/")
    entry = dataclasses.replace(entry, url="https://huggingface.co/a/b/resolve/{revision}/net.ckpt")
    assert fetch(entry, tmp_path).read_bytes() == CONTENT
    assert server.requests[0][0] == "/a/b/resolve/abc/net.ckpt"
