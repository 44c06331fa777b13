"""What was typed -> suggestions and instant results, in this process."""

import time
from pathlib import Path

import msgspec
import pytest
from serve_world import put_student
from suggest_world import ITEMS, QUERIES, put_suggestions

from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.requests import parameters
from tilth.apps.serve.serving import Serving, load_serving
from tilth.apps.serve.suggest.answer import Offer, answer_suggest
from tilth.apps.serve.suggest.artifact import Suggesting, cold_categories
from tilth.apps.serve.suggest.blend import almost, blend
from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.apps.serve.suggest.route import allowed
from tilth.client.messages import Placed, SuggestRequest
from tilth.errors import ArtifactError

MAY_1 = 1_777_593_600.0
"""The beginning of 1 May 2026, UTC: a day to draw on."""


def serving(work: Path, **settings) -> Serving:
    if not (work / "suggester").exists():
        put_suggestions(work)
    return load_serving(work, ServeConfig(suggest=SuggestConfig(**settings)))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Suggesting:
    return serving(tmp_path_factory.mktemp("work")).suggesting()


def typed(loaded: Suggesting, text: str, until: float | None = None, **more) -> Offer:
    return answer_suggest(loaded, SuggestRequest(q=text, **more), "r", until, MAY_1)


def queries(offer: Offer) -> list[str]:
    return [one.query for one in offer.reply.suggestions]


def ids(offer: Offer) -> list[str]:
    return [one.id for one in offer.reply.items]


def test_suggestions_stand_above_instant_results_up_to_their_positions(loaded: Suggesting) -> None:
    offer = typed(loaded, "nurse")
    assert queries(offer) == ["nurse jobs", "nurse driver", "nurse cook", "nurse near me", "nurse on a ship"]
    assert sorted(ids(offer)) == ["i0", "i1", "i5"]
    kinds = [one.kind[0] for one in offer.reply.layout]
    assert "".join(kinds) == "sssiiiss"
    assert len(offer.reply.lines) == 8
    assert offer.reply.lines[0] == offer.reply.suggestions[0]
    first = offer.reply.suggestions[0]
    assert (first.source, first.category, first.edits, first.explored) == ("log", "care", 0, False)
    assert (offer.outcome, offer.reply.searched, offer.reply.known_item) == ("exact", "nurse", False)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("night nurse", "i0"),
        ("Night  NURSE ", "i0"),
        ("nihgt nurse", "i0"),
        ("welder", "i8"),
        ("bus driver city", "i3"),
    ],
)
def test_an_item_of_the_typed_title_stands_on_top(loaded: Suggesting, text: str, one: str) -> None:
    reply = typed(loaded, text).reply
    assert (reply.known_item, reply.items[reply.layout[0].at].id, reply.layout[0].kind) == (True, one, "item")


@pytest.mark.parametrize("text", ["nurse", "night nurs", "n", ""])
def test_a_title_that_is_still_being_typed_is_no_known_item(loaded: Suggesting, text: str) -> None:
    reply = typed(loaded, text).reply
    assert (reply.known_item, reply.layout[0].kind) == (False, "suggestion")


def test_every_title_finds_its_item_however_many_share_its_words(tmp_path: Path) -> None:
    crowd = [(f"c{n}", f"red lamp shade number {n} red lamp red lamp", "") for n in range(300)]
    put_suggestions(tmp_path, QUERIES, [*crowd, ("one", "red lamp", ""), *ITEMS])
    found = serving(tmp_path, items=1).suggesting()
    for one, title, _ in (("one", "red lamp", ""), *ITEMS):
        reply = typed(found, title).reply
        assert (reply.known_item, reply.items[0].id, len(reply.items)) == (True, one, 1), title


def test_titles_that_were_almost_typed() -> None:
    titles = ["The Great Gatsby", "Great", "Abba: Gold", "AC/DC"]
    assert almost("teh great gatsby", titles) == 0
    assert almost("the graet gatsbi", titles) == 0
    assert almost("grate!", titles) is None, "two errors in five letters"
    assert almost("graet", titles) == 1
    assert almost("aba gold!", titles) == 2
    assert almost("abba gol", titles) is None, "the last letter is still to come"
    assert almost("abd", ["abc"]) is None, "too short to be sure"
    assert almost(" ", titles) is None
    assert almost("x" * 10_000, ["x" * 9_999]) is None


def test_the_order_of_both() -> None:
    def short(placed: list[Placed]) -> str:
        return " ".join(f"{one.kind[0]}{one.at}" for one in placed)

    assert short(blend(3, 2, 2, None)) == "s0 s1 i0 i1 s2"
    assert short(blend(3, 2, 2, 1)) == "i1 s0 s1 i0 s2"
    assert short(blend(1, 2, 3, None)) == "s0 i0 i1"
    assert short(blend(2, 1, 0, None)) == "i0 s0 s1"
    assert short(blend(0, 0, 3, None)) == ""


def test_typing_errors_are_forgiven_and_said(loaded: Suggesting) -> None:
    offer = typed(loaded, "nirse")
    assert {one.edits for one in offer.reply.suggestions} == {1}
    assert queries(offer)[0] == "nurse jobs"
    assert offer.outcome == "fuzzy"
    assert offer.reply.searched == "nurse jobs"
    assert ids(offer), "instant results answer the suggestion"
    nothing = typed(loaded, "zzzzzzzz")
    assert (nothing.outcome, nothing.reply.layout, nothing.reply.items) == ("empty", [], [])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("cafe", "café crème"),
        ("CAFE\u0301 C", "café crème"),
        ("ｃａｆｅ", "café crème"),
        ("看護", "看護師 夜勤"),
        ("看護師 夜", "看護師 夜勤"),
        ("ممر", "ممرضة في المستشفى"),
        ("\u200fممرضة ف", "ممرضة في المستشفى"),
    ],
)
def test_scripts_and_unicode_forms(loaded: Suggesting, text: str, query: str) -> None:
    offer = typed(loaded, text)
    assert queries(offer) == [query]
    assert offer.reply.suggestions[0].edits == 0
    assert offer.reply.query == text


def test_instant_results_in_other_scripts(loaded: Suggesting) -> None:
    assert ids(typed(loaded, "看護師")) == ["i6"]
    assert ids(typed(loaded, "ممرضة")) == ["i7"]


def test_limits(loaded: Suggesting, tmp_path: Path) -> None:
    assert len(queries(typed(loaded, "", limit=2))) == 2
    assert typed(loaded, "").reply.items == []
    assert typed(loaded, "n").reply.items == [], "one letter names no item"
    few = serving(tmp_path, limit=2, max_limit=3, items=0).suggesting()
    assert len(queries(typed(few, "nurse"))) == 2
    assert len(queries(typed(few, "nurse", limit=50))) == 3
    assert typed(few, "nurse").reply.items == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1000,
        "nurse " * 166,
        "a b " * 250,
        "".join(chr(0x4E00 + n) for n in range(1000)),
        "\x00" * 1000,
        "é" * 1000,
        "&amp;" * 200,
        "\u202e" * 1000,
        "(((" * 300,
        "ﷺ" * 1000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_hostile_text_takes_bounded_time(loaded: Suggesting, text: str) -> None:
    before = time.thread_time()
    offer = typed(loaded, text)
    assert time.thread_time() - before < 0.25
    assert offer.outcome in ("exact", "fuzzy", "empty")
    assert len(offer.reply.layout) <= 15


def test_after_the_deadline_nothing_is_looked_for(loaded: Suggesting) -> None:
    offer = typed(loaded, "nurse", until=time.perf_counter() - 1)
    assert (offer.outcome, offer.reply.late, offer.reply.layout) == ("late", True, [])


def test_a_cold_category_gets_its_share_and_no_more(tmp_path: Path) -> None:
    found = serving(tmp_path, explore_share=0.3, limit=4).suggesting()
    assert cold_categories(found.suggester, found.config) == {"sea"}
    offers = [typed(found, "nurse", context_id=f"u{n}") for n in range(400)]
    explored = [offer for offer in offers if offer.arm == "explored"]
    assert 0.2 < len(explored) / len(offers) < 0.4
    assert {offer.arm for offer in offers} == {"explored", "control"}
    assert {offer.share for offer in offers} == {0.3}
    for offer in explored:
        assert queries(offer) == ["nurse jobs", "nurse driver", "nurse on a ship", "nurse cook"]
        assert [one.explored for one in offer.reply.suggestions] == [False, False, True, False]
    control = next(offer for offer in offers if offer.arm == "control")
    assert queries(control) == ["nurse jobs", "nurse driver", "nurse cook", "nurse near me"]
    assert typed(found, "driver").arm is None, "nothing of that category begins so"
    assert typed(found, "nurse", limit=10).arm is None, "it is shown without that"
    assert typed(found, "nurse", limit=1).arm is None, "the first place is never taken"
    assert typed(found, "nirse").arm is None


def test_who_sees_an_explored_one_changes_from_day_to_day(tmp_path: Path) -> None:
    found = serving(tmp_path, explore_share=0.5, limit=4).suggesting()
    request = SuggestRequest(q="nurse", context_id="u1")
    days = [answer_suggest(found, request, "r", None, MAY_1 + 86_400 * day).arm for day in range(40)]
    hours = {answer_suggest(found, request, "r", None, MAY_1 + 3_600 * hour).arm for hour in range(24)}
    assert set(days) == {"explored", "control"}
    assert len(hours) == 1
    named = serving(tmp_path, explore_share=0.5, limit=4, cold=["kitchen"]).suggesting()
    assert cold_categories(named.suggester, named.config) == {"kitchen"}


def test_what_a_context_says_moves_suggestions_of_its_categories(tmp_path: Path) -> None:
    put_student(tmp_path)
    put_suggestions(tmp_path, QUERIES, [ITEMS[0], ITEMS[2], ITEMS[4]])
    found = serving(tmp_path, personal=5.0).suggesting()
    driver, cook = (typed(found, "nurse", context_id=one) for one in ("u01", "u02"))
    assert queries(driver)[0] == "nurse driver"
    assert queries(cook)[0] == "nurse cook"
    assert queries(typed(found, "nurse", context_id="nobody")) == queries(typed(found, "nurse"))
    off = serving(tmp_path, personal=0).suggesting()
    assert queries(typed(off, "nurse", context_id="u01"))[0] == "nurse jobs"


def test_parts_that_are_not_there_say_so(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="there is nothing to serve\n  hint: `tilth distill` makes a student"):
        load_serving(tmp_path, ServeConfig())
    alone = serving(tmp_path)
    with pytest.raises(RequestError, match="no student") as refused:
        alone.filtering()
    assert (refused.value.status, refused.value.kind) == (503, "no_filter")
    assert alone.served.filter is None
    put_student(tmp_path)
    both = serving(tmp_path)
    assert both.filtering().versions == both.served.filter
    (tmp_path / "suggester").rename(tmp_path / "elsewhere")
    with pytest.raises(ArtifactError, match="there is no suggester"):
        load_serving(tmp_path, ServeConfig(), both)
    fresh = load_serving(tmp_path, ServeConfig())
    with pytest.raises(RequestError, match="no suggester"):
        fresh.suggesting()
    (tmp_path / "elsewhere").rename(tmp_path / "suggester")
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    with pytest.raises(ArtifactError, match="the search index has gone"):
        load_serving(tmp_path, ServeConfig(), both)
    without = load_serving(tmp_path, ServeConfig()).suggesting()
    assert (typed(without, "nurse").reply.items, without.versions.index) == ([], None)


def test_parameters_are_read_strictly() -> None:
    assert parameters(b"q=a+b%26&limit=3", SuggestRequest) == SuggestRequest(q="a b&", limit=3)
    assert parameters(b"q=", SuggestRequest) == SuggestRequest(q="")
    assert parameters(b"q=null", SuggestRequest).q == "null"
    for query, status, field in [
        (b"", 422, "q"),
        (b"q=a&q=b", 422, None),
        (b"q=a&limit=0", 422, "limit"),
        (b"q=a&limit=101", 422, "limit"),
        (b"q=a&limit=x", 422, "limit"),
        (b"q=a&lmit=3", 422, "lmit"),
        (b"q=" + b"a" * 1001, 422, "q"),
        (b"q=a&context_id=" + b"a" * 513, 422, "context_id"),
        (b"q=%ff", 400, None),
        (b"q=\xff", 400, None),
        (b"&".join(b"q=a" for _ in range(11)), 400, None),
    ]:
        with pytest.raises(RequestError) as refused:
            parameters(query, SuggestRequest)
        assert (refused.value.status, refused.value.field) == (status, field), query


def test_other_sites_may_ask_only_where_the_settings_name_them() -> None:
    shop = "https://shop.example"
    assert allowed(shop, []) == {}
    assert allowed("https://other.example", [shop]) == allowed(None, [shop]) == {"vary": "origin"}
    assert allowed(shop, [shop])["access-control-allow-origin"] == shop
    assert allowed(shop, ["*"])["access-control-allow-origin"] == shop


def test_replies_say_everything_that_the_schema_names(loaded: Suggesting) -> None:
    reply = msgspec.json.decode(msgspec.json.encode(typed(loaded, "nurse").reply))
    assert set(reply["suggestions"][0]) == {"query", "source", "category", "edits", "explored"}
    assert set(reply["items"][0]) == {"id", "title", "category", "score"}
    assert reply["layout"][0] == {"kind": "suggestion", "at": 0}
