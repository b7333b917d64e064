"""A real ComfyUI server with only this pack in it, and what a client does with it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACK_NAME = "ComfyUI-CelKit"
START_SECONDS = 180


class Server:
    """``main.py --cpu`` on a free port, with a base folder that is thrown away."""

    def __init__(self, comfyui: Path, base: Path) -> None:
        self.base = base
        for name in ("custom_nodes", "input", "output", "temp", "user/default", "models/celkit"):
            (base / name).mkdir(parents=True)
        # No dialog for newcomers and no map over the page.
        settings = json.dumps({"Comfy.TutorialCompleted": True, "Comfy.Minimap.Visible": False})
        (base / "user" / "default" / "comfy.settings.json").write_text(settings)
        (base / "custom_nodes" / PACK_NAME).symlink_to(ROOT, target_is_directory=True)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = base / "server.log"
        options = ["--cpu", "--disable-auto-launch", "--disable-api-nodes", "--disable-metadata"]
        options += ["--port", str(port), "--base-directory", str(base)]
        options += ["--database-url", "sqlite:///:memory:"]
        with self.log_file.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(comfyui / "main.py"), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=comfyui,
            )

    def wait_until_ready(self) -> bool:
        """Whether it answers; False if it ended before."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                return False
            try:
                self.get("/system_stats")
                return True
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        raise TimeoutError(f"ComfyUI did not answer within {START_SECONDS} s:\n{self.log()}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read()

    def post(self, path: str, body: dict) -> tuple[int, dict]:
        data = json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def queue(self, prompt: dict) -> str:
        """Queue an API prompt; returns its id. Raises AssertionError if it is not accepted."""
        status, answer = self.post("/prompt", {"prompt": prompt})
        assert status == 200, answer
        return answer["prompt_id"]

    def finished(self, prompt_id: str, seconds: float = 300) -> dict:
        """The history entry of a prompt, when it has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            history = json.loads(self.get(f"/history/{prompt_id}"))
            if history.get(prompt_id, {}).get("status", {}).get("status_str"):
                return history[prompt_id]
            time.sleep(0.3)
        raise TimeoutError(f"The prompt did not end within {seconds} s:\n{self.log()}")

    def run(self, prompt: dict) -> dict:
        """Run an API prompt; returns what each node showed. Fails with the node's error."""
        entry = self.finished(self.queue(prompt))
        errors = [data for name, data in entry["status"]["messages"] if name == "execution_error"]
        assert not errors, errors[0]["exception_message"]
        return entry["outputs"]

    def picture_file(self, shown: dict) -> Path:
        """The file of an entry like ``outputs[node]["images"][0]``."""
        return self.base / shown["type"] / shown["subfolder"] / shown["filename"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
