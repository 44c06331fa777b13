"""Both pages in a real browser, which all tests here share."""

import asyncio
from pathlib import Path

import pytest
from report_audit_sample import audit_content
from report_browser import browse, find_browser
from report_sample import comparison, content, teacher

from tilth.report import write_report
from tilth.report.audit import write_audit_report

BROWSER = find_browser()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium, which is not installed"),
]

FIRST = "document.querySelector('table.sortable tbody th bdi').textContent"
TABLE = "document.querySelector('table.sortable')"
HEADS = f"{TABLE}.tHead.rows[0].cells"
TALL = "document.querySelector('main > section > .tall')"
CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const part = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const ratio = (colour) => {
    const [low, high] = [light(colour), paper].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll(".chart text")].map((text) => ratio(getComputedStyle(text).fill));
  const words = [...document.querySelectorAll("p, caption, td, small, figcaption, summary, nav a, dd")];
  return Math.min(...texts, ...words.map((word) => ratio(getComputedStyle(word).color)));
})()"""
DRAWN = """[...document.querySelectorAll("svg.chart")].map((svg) => {
  const box = svg.getBoundingClientRect();
  return box.width > 200 && box.height > 80 && svg.querySelectorAll("path, line").length > 5;
})"""


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def page(runner):
    """A page of the one browser."""
    browser = browse(BROWSER)
    yield runner.run(browser.__aenter__())
    runner.run(browser.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    rows = [teacher("model:" + "x" * 200, 0.7, recall=None), teacher("model:b", 0.9), teacher("model:a", 0.8)]
    return {
        "filtering": write_report(content(comparison=comparison(rows)), folder / "report.html"),
        "audit": write_audit_report(audit_content(), folder / "audit.html"),
    }


@pytest.fixture(params=["filtering", "audit"])
def file(files, request) -> Path:
    return files[request.param]


def test_no_errors_no_requests_and_every_plot_is_drawn(runner, page, file):
    async def look():
        await page.open(file.as_uri())
        await page.value("document.fonts.ready.then(() => 1)")
        urls = [event["request"]["url"] for event in page.seen("Network.requestWillBeSent")]
        problems = page.seen("Log.entryAdded") + page.seen("Runtime.exceptionThrown")
        return urls, problems + page.seen("Runtime.consoleAPICalled"), await page.value(DRAWN)

    urls, problems, drawn = runner.run(look())
    assert [url for url in urls if not url.startswith("data:")] == [file.as_uri()]
    assert problems == []
    assert len(drawn) >= 6
    assert all(drawn)


def test_tables_sort_by_click_and_by_keyboard(runner, page, files):
    async def press():
        await page.open(files["filtering"].as_uri())
        await page.value(f"{HEADS}[2].querySelector('button').click()")
        down = await page.value(f"[{FIRST}, {HEADS}[2].getAttribute('aria-sort')].join()")
        await page.value(f"{HEADS}[0].querySelector('button').focus()")
        await page.press("Enter", 13, "\r")
        up = await page.value(f"[{FIRST}, {HEADS}[0].getAttribute('aria-sort'), {HEADS}[2].ariaSort].join()")
        await page.value(f"{HEADS}[3].querySelector('button').click()")
        order = f"[...{TABLE}.tBodies[0].rows].map((row) => row.cells[3].innerText[0])"
        both = [await page.value(f"{order}.at(-1)")]
        await page.value(f"{HEADS}[3].querySelector('button').click()")
        return down, up, [*both, await page.value(f"{order}.at(-1)")]

    down, up, last = runner.run(press())
    assert down == "model:b,descending"
    assert up.startswith("model:a,ascending")
    assert up.endswith(",")
    assert last == ["–", "–"]


def test_gaps_sort_by_price_and_the_unknown_one_stays_last(runner, page, files):
    async def press():
        await page.open(files["audit"].as_uri())
        places = []
        for _ in range(2):
            await page.value(f"{HEADS}[4].querySelector('button').focus()")
            await page.press(" ", 32, " ")
            places.append(
                await page.value(f"[...{TABLE}.tBodies[0].rows].map((row) => row.cells[4].firstChild.data.trim())")
            )
        return places

    assert runner.run(press()) == [["$3.40", "$1.12", "$0.62", "unknown"], ["$0.62", "$1.12", "$3.40", "unknown"]]


def test_the_first_tab_leads_past_the_head_and_tall_tables_can_be_scrolled(runner, page, files):
    async def walk():
        await page.open(files["audit"].as_uri())
        await page.press("Tab", 9)
        skip = await page.value("[document.activeElement.className, document.activeElement.offsetLeft >= 0].join()")
        await page.press("Enter", 13, "\r")
        inside = await page.value("document.activeElement.id")
        await page.value(f"{TALL}.focus()")
        outline = await page.value(f"getComputedStyle({TALL}).outlineStyle")
        return skip, inside, outline, await page.value(f"{TALL}.scrollHeight > {TALL}.clientHeight")

    assert runner.run(walk()) == ("skip,true", "main", "solid", True)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_never_scrolls_sideways(runner, page, file, width):
    async def measure():
        await page.resize(width, 800)
        await page.open(file.as_uri())
        await page.value("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        found = await page.value("document.documentElement.scrollWidth")
        await page.send("Emulation.clearDeviceMetricsOverride")
        return found

    assert runner.run(measure()) <= width


@pytest.mark.parametrize(("media", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "dark")])
def test_texts_stand_out_on_a_light_screen_a_dark_one_and_on_paper(runner, page, file, media, scheme):
    async def measure():
        await page.open(file.as_uri())
        await page.look_like(media, scheme)
        paper = await page.value("getComputedStyle(document.body).backgroundColor")
        tall = await page.value("[...document.querySelectorAll('.tall')].some((one) => one.offsetHeight > 700)")
        found = await page.value(CONTRAST), paper, tall
        await page.look_like("screen", "light")
        return found

    contrast, paper, long = runner.run(measure())
    assert contrast >= 4.5
    assert (sum(map(int, paper[4:-1].split(","))) < 200) == ((media, scheme) == ("screen", "dark"))
    assert long == (media == "print" and file.name == "audit.html")
