"""The page in a real browser."""

import asyncio
from pathlib import Path

import pytest
from report_browser import browse, find_browser
from report_sample import comparison, content, teacher

from tilth.report import write_report

BROWSER = find_browser()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium, which is not installed"),
]

FIRST = "document.querySelector('table.sortable tbody th bdi').textContent"
TABLE = "document.querySelector('table.sortable')"
HEADS = f"{TABLE}.tHead.rows[0].cells"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    long = "model:" + "x" * 200
    rows = [teacher(long, 0.7, recall=None), teacher("model:b", 0.9), teacher("model:a", 0.8)]
    return write_report(content(comparison=comparison(rows)), tmp_path / "report.html")


def test_no_errors_and_no_requests(file):
    async def look():
        async with browse(BROWSER) as page:
            await page.open(file.as_uri())
            await page.value("document.fonts.ready.then(() => 1)")
            urls = [event["request"]["url"] for event in page.seen("Network.requestWillBeSent")]
            problems = page.seen("Log.entryAdded") + page.seen("Runtime.exceptionThrown")
            return urls, problems + page.seen("Runtime.consoleAPICalled")

    urls, problems = asyncio.run(look())
    assert [url for url in urls if not url.startswith("data:")] == [file.as_uri()]
    assert problems == []


def test_tables_sort_by_click_and_by_keyboard(file):
    async def press():
        async with browse(BROWSER) as page:
            await page.open(file.as_uri())
            await page.value(f"{HEADS}[2].querySelector('button').click()")
            down = await page.value(f"[{FIRST}, {HEADS}[2].getAttribute('aria-sort')].join()")
            await page.value(f"{HEADS}[0].querySelector('button').focus()")
            for kind in ("keyDown", "keyUp"):
                key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
                await page.send("Input.dispatchKeyEvent", type=kind, **key)
            up = await page.value(f"[{FIRST}, {HEADS}[0].getAttribute('aria-sort'), {HEADS}[2].ariaSort].join()")
            await page.value(f"{HEADS}[3].querySelector('button').click()")
            order = f"[...{TABLE}.tBodies[0].rows].map((row) => row.cells[3].innerText[0])"
            both = [await page.value(f"{order}.at(-1)")]
            await page.value(f"{HEADS}[3].querySelector('button').click()")
            return down, up, [*both, await page.value(f"{order}.at(-1)")]

    down, up, last = asyncio.run(press())
    assert down == "model:b,descending"
    assert up.startswith("model:a,ascending")
    assert up.endswith(",")
    assert last == ["–", "–"]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(file, width):
    async def measure():
        async with browse(BROWSER) as page:
            await page.resize(width, 800)
            await page.open(file.as_uri())
            return await page.value("document.documentElement.scrollWidth")

    assert asyncio.run(measure()) <= width
