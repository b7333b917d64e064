"""A page in headless Chromium, steered over its DevTools protocol. Needs nothing but Chromium."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
    *("--remote-debugging-port=0", "--window-size=1680,1000"),
)


def chromium_path() -> str | None:
    """$CHROMIUM_PATH, or the Chromium or Chrome on the search path."""
    chosen = os.environ.get("CHROMIUM_PATH")
    return chosen or next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab. Used as a context manager."""

    def __init__(self, chromium: str) -> None:
        self._chromium = chromium
        self._numbers = itertools.count(1)
        self.errors: list[str] = []

    def __enter__(self) -> Page:
        self._profile = tempfile.mkdtemp(prefix="celkit-page-")
        self._loop = asyncio.new_event_loop()
        self._process = subprocess.Popen(
            [self._chromium, *OPTIONS, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait(self._connect())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_session"):
            self._wait(self._session.close())
        self._process.terminate()
        self._process.wait(20)
        self._loop.close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def go(self, url: str) -> None:
        """Open a page."""
        self._wait(self._send("Page.navigate", url=url))

    def evaluate(self, script: str, seconds: float = 60) -> Any:
        """The value of a JavaScript expression; promises are waited for."""
        answer = self._wait(
            self._send(
                "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
            ),
            seconds,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait_for(self, condition: str, seconds: float = 120) -> None:
        """Wait until a JavaScript expression is true."""
        self._wait(self._until(condition), seconds)

    def screenshot(self, file: Path) -> None:
        """The page as it looks now, as a PNG."""
        answer = self._wait(self._send("Page.captureScreenshot", format="png"))
        file.write_bytes(base64.b64decode(answer["data"]))

    def _wait(self, work: Coroutine, seconds: float = 60) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, seconds))

    async def _connect(self) -> None:
        import aiohttp  # ComfyUI's own dependency

        port_file = Path(self._profile) / "DevToolsActivePort"
        while not port_file.exists() or len(port_file.read_text().split()) < 2:
            if self._process.poll() is not None:
                raise RuntimeError("Chromium ended before it could be reached.")
            await asyncio.sleep(0.1)
        address = f"127.0.0.1:{port_file.read_text().split()[0]}"
        self._session = aiohttp.ClientSession()
        async with self._session.get(f"http://{address}/json/list") as answer:
            tabs = await answer.json()
        tab = next(tab for tab in tabs if tab["type"] == "page")
        self._socket = await self._session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0)
        await self._send("Page.enable")
        await self._send("Runtime.enable")

    async def _send(self, method: str, **parameters: object) -> dict:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json()
            if message.get("method") == "Runtime.exceptionThrown":
                details = message["params"]["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description", str(details)))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]

    async def _until(self, condition: str) -> None:
        while True:
            answer = await self._send(
                "Runtime.evaluate", expression=f"Boolean({condition})", returnByValue=True
            )
            if answer.get("result", {}).get("value"):
                return
            await asyncio.sleep(0.25)
