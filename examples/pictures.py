"""Pictures of the search page of a real server, taken in headless Chromium."""

import asyncio
import base64
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from headless_browser import Page, browse, find_browser

SIZES = {"desk": (900, 600), "phone": (390, 760)}
SCHEMES = ("light", "dark")
PATIENCE = 600
"""Tenths of a second that a server or page may take."""


async def take_pictures(config: Path, port: int, typed: Sequence[str], folder: Path) -> list[Path]:
    """One picture for each text, size and scheme, as PNG files in `folder`; returns their paths."""
    browser = find_browser()
    if browser is None:
        sys.exit("pictures need Chromium: install it, or leave --screenshots out")
    folder.mkdir(parents=True, exist_ok=True)
    made = list[Path]()
    with served(config, port):
        async with browse(browser) as page:
            for name, (width, height) in SIZES.items():
                size = {"width": width, "height": height, "deviceScaleFactor": 1.5, "mobile": False}
                await page.send("Emulation.setDeviceMetricsOverride", **size)
                for scheme in SCHEMES:
                    await page.look_like("screen", scheme)
                    for text in typed:
                        path = folder / f"{text.replace(' ', '-')}-{name}-{scheme}.png"
                        path.write_bytes(await picture(page, f"http://127.0.0.1:{port}/demo", text))
                        made.append(path)
    return made


async def picture(page: Page, url: str, text: str) -> bytes:
    """What the page looks like once `text` was typed and answered."""
    await page.open(url)
    await page.value("document.getElementById('query').focus()")
    for letter in text:
        await page.send("Input.insertText", text=letter)
    for _ in range(PATIENCE):
        if await page.value("document.getElementById('status').textContent !== ''"):
            break
        await asyncio.sleep(0.1)
    await page.press("ArrowDown", 40)
    shot = await page.send("Page.captureScreenshot", format="png")
    return base64.b64decode(shot["data"])


@contextmanager
def served(config: Path, port: int) -> Iterator[None]:
    """`tilth serve` in a process of its own, from when it is ready."""
    command = [sys.executable, "-m", "tilth", "serve", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(PATIENCE):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("the server did not start: see above")
                time.sleep(0.1)
        else:
            sys.exit("the server was not ready in a minute")
        yield
    finally:
        process.terminate()
        process.wait(30)
