"""The search page in a real browser."""

import asyncio
from urllib.parse import urlsplit

import pytest
from headless_browser import Page, browse, find_browser
from serve_world import Running, free_port, running
from suggest_world import SETTINGS, put_suggesting_project

from tilth.apps.serve.keys import new_key

BROWSER = find_browser()

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium, which is not installed")

INPUT = "document.getElementById('query')"
STATUS = "document.getElementById('status').textContent"
OPTIONS = "[...document.querySelectorAll('[role=option]')].map((one) => one.querySelector('.title').textContent)"
OPEN = f"{INPUT}.getAttribute('aria-expanded')"
ACTIVE = f"""(() => {{
  const node = document.getElementById({INPUT}.getAttribute("aria-activedescendant"));
  return node && node.getAttribute("aria-selected") === "true" ? node.querySelector(".title").textContent : null;
}})()"""
WIDE = "document.documentElement.scrollWidth"
BOXES = """["suggestions", "items"].map((id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def page(runner):
    browser = browse(BROWSER)
    yield runner.run(browser.__aenter__())
    runner.run(browser.__aexit__(None, None, None))


async def type_in(page: Page, server: Running, text: str, *, width: int = 1100) -> None:
    """Open the page and type, letter by letter; returns once the status has said what was found."""
    await page.resize(width, 800)
    await page.open(f"{server.url}/demo?context_id=tester")
    await page.value(f"{INPUT}.focus()")
    for letter in text:
        await page.send("Input.insertText", text=letter)
    await until(page, f"{STATUS} !== ''")


async def until(page: Page, condition: str) -> None:
    for _ in range(200):
        if await page.value(condition):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{condition}: {await page.value('document.body.innerText')}")


def test_typing_shows_suggestions_and_results(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "driver")
        roles = await page.value(
            "[...document.querySelectorAll('[role]')].filter((one) => one.role !== 'option').map((one) => one.role)"
        )
        labels = await page.value("[...document.querySelectorAll('[role=group]')].map((one) => one.ariaLabel)")
        named = await page.value(f"document.getElementById({INPUT}.getAttribute('aria-controls')).role")
        return await page.value(OPTIONS), await page.value(STATUS), await page.value(OPEN), roles, labels, named

    options, status, expanded, roles, labels, named = runner.run(look())
    assert options == ["driver", "Truck driver", "Bus driver, city", "Driver and cook for a nurse"]
    assert (status, expanded, named) == ("1 suggestion, 3 results", "true", "listbox")
    assert roles == ["combobox", "listbox", "group", "group", "status"]
    assert labels == ["Suggestions", "Results"]


def test_nothing_goes_wrong_and_nothing_comes_from_elsewhere(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "night nurse")
        await page.press("Enter", 13)
        await until(page, "!document.getElementById('chosen').hidden")
        asked = [event["request"]["url"] for event in page.seen("Network.requestWillBeSent")]
        problems = page.seen("Log.entryAdded") + page.seen("Runtime.exceptionThrown")
        return asked, problems + page.seen("Runtime.consoleAPICalled")

    asked, problems = runner.run(look())
    assert problems == []
    parts = [urlsplit(url) for url in asked if not url.startswith("data:")]
    assert {part.netloc for part in parts} == {f"127.0.0.1:{suggesting.port}"}
    assert {part.path for part in parts} == {"/demo", "/v1/suggest"}
    assert len(parts) < len("night nurse"), "not every letter asks"
    assert all("context_id=tester" in part.query for part in parts)


def test_arrows_and_enter_choose_a_suggestion(runner, page, suggesting):
    async def choose():
        await type_in(page, suggesting, "drive")
        seen = []
        for key, code in (("ArrowDown", 40), ("ArrowDown", 40), ("ArrowUp", 38), ("ArrowUp", 38), ("ArrowDown", 40)):
            await page.press(key, code)
            seen.append(await page.value(ACTIVE))
        await page.press("Enter", 13)
        await until(page, "!document.getElementById('chosen').hidden")
        chosen = await page.value("document.getElementById('chosen').innerText")
        return seen, await page.value(f"{INPUT}.value"), await page.value(OPEN), chosen

    seen, value, expanded, chosen = runner.run(choose())
    assert seen == ["driver", "drive a truck", "driver", None, "driver"]
    assert (value, expanded) == ("driver", "false")
    assert chosen.startswith("Results for driver")
    assert "Truck driver" in chosen


def test_an_item_can_be_chosen_and_stands_on_top_where_it_was_meant(runner, page, suggesting):
    async def choose():
        await type_in(page, suggesting, "night nurse")
        group = await page.value("document.querySelector('[role=group]').ariaLabel")
        await page.press("ArrowDown", 40)
        first = await page.value(ACTIVE)
        await page.press("Enter", 13)
        return group, first, await page.value(STATUS)

    assert runner.run(choose()) == ("Best match", "Night nurse", "Chosen: Night nurse")


def test_escape_closes_and_then_clears(runner, page, suggesting):
    async def escape():
        await type_in(page, suggesting, "nurse")
        await page.press("ArrowDown", 40)
        seen = []
        for _ in range(2):
            await page.press("Escape", 27)
            seen.append([await page.value(OPEN), await page.value(f"{INPUT}.value"), await page.value(ACTIVE)])
        return seen

    assert runner.run(escape()) == [["false", "nurse", None], ["false", "", None]]


PAST = """[...document.querySelectorAll('[role=option]')].filter((one) => one.textContent.includes('searched before'))
  .map((one) => one.querySelector('.title').textContent)"""
KEEPS = "JSON.stringify([location.href, document.cookie, {...localStorage}, {...sessionStorage}, history.length])"


def test_what_was_searched_for_before_is_offered_first_and_said_aloud(runner, page, suggesting):
    async def again(text: str) -> None:
        await page.value(f"{INPUT}.select()")
        await page.send("Input.insertText", text=text)
        await until(page, f"{OPEN} === 'true' && {OPTIONS}.length > 0")

    async def look():
        await type_in(page, suggesting, "drive")
        before = await page.value(KEEPS)
        fresh = await page.value(PAST)
        await page.press("ArrowDown", 40)
        await page.press("ArrowDown", 40)
        await page.press("Enter", 13)  # chosen: drive a truck
        await until(page, "!document.getElementById('chosen').hidden")
        await page.value(f"{INPUT}.select()")
        await page.send("Input.insertText", text="drive\tme <b>home</b>")
        await page.press("Enter", 13)  # submitted, with a sign that no history may have
        await until(page, "document.getElementById('chosen').innerText.startsWith('Results for drive me')")
        await again("drive")
        nodes = (await page.send("Accessibility.getFullAXTree"))["nodes"]
        named = [one["name"]["value"] for one in nodes if one.get("role", {}).get("value") == "option"]
        found = (await page.value(PAST), named, before == await page.value(KEEPS))
        problems = page.seen("Log.entryAdded") + page.seen("Runtime.exceptionThrown")
        await type_in(page, suggesting, "drive")
        return fresh, found, problems, await page.value(PAST)

    fresh, (past, named, unmoved), problems, anew = runner.run(look())
    assert fresh == []
    assert past == ["drive me <b>home</b>", "drive a truck"]
    assert named[0] == "drive me <b>home</b> searched before"
    assert named[1] == "drive a truck transport · searched before"
    assert "searched before" not in "".join(named[2:])
    assert (unmoved, problems) == (True, []), "in no address, cookie or storage"
    assert anew == [], "gone with the page"


def test_nothing_found_is_said(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "zzzzzzz")
        return await page.value(STATUS), await page.value(OPEN)

    assert runner.run(look()) == ("Nothing found", "false")


def test_side_by_side_on_a_desk(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "nurse")
        return await page.value(BOXES), await page.value(WIDE)

    (left, right), wide = runner.run(look())
    assert wide <= 1100, "nothing to scroll sideways"
    assert right[0] >= left[2]


def test_on_a_phone_the_more_useful_line_comes_first(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "nurse", width=390)
        lines, wide = await page.value(OPTIONS), await page.value(WIDE)
        groups = await page.value("[...document.querySelectorAll('[role=group]')].map((one) => one.ariaLabel)")
        await page.press("ArrowDown", 40)
        await page.resize(1100, 800)
        await until(page, "document.querySelectorAll('[role=group]').length === 2")
        await page.press("ArrowDown", 40)
        return lines, wide, groups, await page.value(ACTIVE)

    lines, wide, groups, active = runner.run(look())
    layout = suggesting.ask("/v1/suggest?q=nurse&context_id=tester").json()
    texts = {
        kind: [one[key] for one in layout[f"{kind}s"]] for kind, key in (("suggestion", "query"), ("item", "title"))
    }
    assert lines == [texts[one["kind"]][one["at"]] for one in layout["layout"]]
    assert {one["kind"] for one in layout["layout"][:4]} == {"suggestion", "item"}, "both are in sight"
    assert wide <= 390, "nothing to scroll sideways"
    assert groups == ["Suggestions and results"]
    assert active == lines[0], "a page that is turned shows the same"


def test_right_to_left_text_begins_at_the_right(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "ممر")
        ways = f"[{INPUT}, document.querySelector('[role=option]')].map((one) => getComputedStyle(one).direction)"
        arabic = await page.value(ways)
        await type_in(page, suggesting, "nurse")
        return arabic, await page.value(ways)

    assert runner.run(look()) == (["rtl", "rtl"], ["ltr", "ltr"])


def test_text_of_the_catalog_is_never_markup(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "<img")
        await page.press("ArrowDown", 40)
        await page.press("Enter", 13)
        await until(page, "!document.getElementById('chosen').hidden")
        return await page.value(OPTIONS), await page.value("document.querySelectorAll('img, i').length")

    assert runner.run(look()) == (["<img src=x onerror=alert(1)>"], 0)


KEY, STORED = new_key("shop window")
UNLOCK = "!document.getElementById('unlock').hidden"
KEPT = """JSON.stringify([location.href, document.cookie, {...localStorage}, {...sessionStorage}, history.length,
  document.documentElement.outerHTML, document.getElementById('key').value])"""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory):
    """A server that asks for a key."""
    port = free_port()
    settings = SETTINGS.replace("PORT", str(port))
    keys = f'\n[[serve.keys]]\nname = "{STORED.name}"\nhash = "{STORED.hash}"\n'
    config = put_suggesting_project(tmp_path_factory.mktemp("locked"), settings + keys)
    with running(config, port) as server:
        yield server


async def give_key(page: Page, key: str) -> None:
    await page.value("document.getElementById('key').focus()")
    await page.send("Input.insertText", text=key)
    await page.press("Enter", 13, "\r")


def test_a_server_with_keys_is_asked_with_one_that_stays_in_the_page(runner, page, locked):
    async def look():
        await type_in(page, locked, "driver")
        before = (await page.value(STATUS), await page.value(UNLOCK), await page.value(OPEN))
        await give_key(page, "tilth_wrong")
        await until(page, f"{STATUS}.startsWith('That is none')")
        await give_key(page, KEY)
        await until(page, f"{OPEN} === 'true'")
        after = (await page.value(STATUS), await page.value(UNLOCK), await page.value(OPTIONS))
        kept = await page.value(KEPT)
        urls = [event["request"]["url"] for event in page.seen("Network.requestWillBeSent")]
        await page.open(f"{locked.url}/demo")
        await page.value(f"{INPUT}.focus()")
        await page.send("Input.insertText", text="driver")
        await until(page, f"{STATUS} !== ''")
        return before, after, kept, urls, await page.value(STATUS)

    before, after, kept, urls, again = runner.run(look())
    assert before == ("An API key is needed.", True, "false")
    assert after[:2] == ("1 suggestion, 3 results", False)
    assert after[2][0] == "driver"
    assert KEY not in kept
    assert not any(KEY in url or "tilth_" in url for url in urls)
    assert again == "An API key is needed.", "gone with the page"


def test_what_cannot_be_a_key_is_never_sent(runner, page, locked):
    async def look():
        await type_in(page, locked, "driver")
        sent = len(page.seen("Network.requestWillBeSent"))
        for wrong in ("", "two words", "schlüssel"):
            await give_key(page, wrong)
            await until(page, f"{STATUS}.startsWith('A key has letters')")
        return sent, len(page.seen("Network.requestWillBeSent"))

    sent, then = runner.run(look())
    assert sent == then


def test_a_server_without_keys_asks_for_none(runner, page, suggesting):
    async def look():
        await type_in(page, suggesting, "driver")
        return await page.value(UNLOCK)

    assert runner.run(look()) is False
