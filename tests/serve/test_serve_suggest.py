"""What was typed -> suggestions and instant results, in this process."""

import dataclasses
import time
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
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
    offer = typed(dataclasses.replace(loaded, config=SuggestConfig(blend="positions")), "nurse")
    assert queries(offer) == ["nurse jobs", "nurse driver", "nurse cook", "nurse near me", "nurse on a ship"]
    assert sorted(ids(offer)) == ["i0", "i1", "i5"]
    kinds = [one.kind[0] for one in offer.reply.layout]
    assert "".join(kinds) == "sssiiiss"
    assert {one.why for one in offer.reply.layout} == {"positions"}
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


def test_the_more_useful_line_stands_first_and_says_how_useful_it_is(loaded: Suggesting) -> None:
    reply = typed(loaded, "nurse").reply
    # Weights 2^9, 2^8, 2^6, 2^5, 2^0.5, and 80 times in 100 one of them is meant: 0.8 * 512 / 865.4 and so on.
    worth = [one.expected for one in reply.layout if one.kind == "suggestion"]
    assert worth == [0.4733, 0.2366, 0.0592, 0.0296, 0.0013]
    items = [one.expected or 0 for one in reply.layout if one.kind == "item"]
    shares = [one.score / sum(item.score for item in reply.items) for one in reply.items]
    assert items == pytest.approx([0.15 * share**0.5 for share in shares], abs=1e-4)
    assert "".join(one.kind[0] for one in reply.layout) == "ssiiisss"
    assert {one.why for one in reply.layout} == {"usefulness"}


def test_items_that_answer_a_guess_are_worth_less_than_the_guess(loaded: Suggesting) -> None:
    reply = typed(loaded, "nur").reply
    assert reply.searched == "nurse jobs"
    first = next(one.expected or 0 for one in reply.layout if one.kind == "suggestion")
    assert all((one.expected or 0) <= first * 0.15 for one in reply.layout if one.kind == "item")
    # What was typed with an error is half as probable to be meant.
    wrong = next(one.expected or 0 for one in typed(loaded, "nirse").reply.layout if one.kind == "suggestion")
    assert wrong == pytest.approx(first / 2, rel=0.2)


def short(placed: list[Placed]) -> str:
    return " ".join(f"{one.kind[0]}{one.at}" for one in placed)


def test_the_order_of_both() -> None:
    def placed(suggestions: int, items: int, positions: int, known: int | None) -> str:
        config = SuggestConfig(blend="positions", positions=positions)
        return short(blend([0.0] * suggestions, [1.0] * items, config, known=known))

    assert placed(3, 2, 2, None) == "s0 s1 i0 i1 s2"
    assert placed(3, 2, 2, 1) == "i1 s0 s1 i0 s2"
    assert placed(1, 2, 3, None) == "s0 i0 i1"
    assert placed(2, 1, 0, None) == "i0 s0 s1"
    assert placed(0, 0, 3, None) == ""


def test_usefulness_decides_within_the_bounds_of_the_settings() -> None:
    config = SuggestConfig(positions=2)
    lines = blend([0.4, 0.3, 0.2, 0.01], [0.1, 0.05], config)
    assert short(lines) == "s0 s1 i0 s2 i1 s3"
    assert [one.why for one in lines] == ["usefulness", "usefulness", "positions", *["usefulness"] * 3]
    assert [one.expected for one in lines] == [0.4, 0.3, 0.1, 0.2, 0.05, 0.01]
    assert short(blend([0.1], [0.3, 0.2], config)) == "i0 i1 s0"
    known = blend([0.4, 0.3], [0.1, 0.0], config, known=1)
    assert (short(known), known[0].why) == ("i1 s0 s1 i0", "known_item")
    # What is explored stands where the one would that it displaced, and says what it is worth itself.
    explored = blend([0.4, 0.001, 0.3], [0.1], SuggestConfig(), explored=1)
    assert (short(explored), explored[1].why, explored[1].expected) == ("s0 s1 s2 i0", "explored", 0.001)


WORTH = st.lists(st.floats(0, 1), max_size=8)


@given(WORTH, WORTH, st.integers(0, 10), st.sampled_from(["usefulness", "positions"]), st.data())
def test_whatever_is_expected_the_known_item_stands_first_and_every_line_once(
    offered: list[float], items: list[float], positions: int, way: Literal["usefulness", "positions"], data
) -> None:
    config = SuggestConfig(blend=way, positions=positions)
    known = data.draw(st.none() | st.integers(0, len(items) - 1)) if items else None
    explored = data.draw(st.none() | st.integers(1, len(offered) - 1)) if len(offered) > 1 else None
    lines = blend(offered, items, config, known=known, explored=explored)
    assert lines == blend(offered, items, config, known=known, explored=explored)
    places = [(one.kind, one.at) for one in lines]
    assert sorted(places) == [
        *(("item", at) for at in range(len(items))),
        *(("suggestion", at) for at in range(len(offered))),
    ]
    if known is not None:
        assert places[0] == ("item", known)
    others = [at for kind, at in places if kind == "item" and at != known]
    assert others == sorted(others), "each list keeps its own order"
    assert [at for kind, at in places if kind == "suggestion"] == list(range(len(offered)))
    if others:
        above = [kind for kind, _ in places[: places.index(("item", others[0]))]]
        assert above.count("suggestion") <= positions


@pytest.mark.parametrize("way", ["usefulness", "positions"])
@pytest.mark.parametrize("score", [-1000.0, 0.0, 1e9])
def test_a_known_item_is_on_top_whatever_suggestions_score(
    tmp_path: Path, way: Literal["usefulness", "positions"], score: float
) -> None:
    rows = [("night nurse jobs", score, "log", "care"), ("night nurse", score, "log", "care")]
    put_suggestions(tmp_path, rows)
    first = typed(serving(tmp_path, blend=way).suggesting(), "night nurse").reply
    assert (first.items[first.layout[0].at].id, first.layout[0].why) == ("i0", "known_item")


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


def test_half_a_word_is_not_taken_for_the_stem_of_another(tmp_path: Path) -> None:
    catalog = [("x", "Sermons.com", ""), ("y", "Comedy hour", ""), ("z", "Drills of all kinds", "")]
    rows = [("comedy", 2.0, "title", ""), ("drills of all kinds", 1.0, "title", "")]
    put_suggestions(tmp_path, rows, catalog)
    found = serving(tmp_path).suggesting()
    half = typed(found, "comed")
    assert (half.reply.searched, ids(half)) == ("comedy", ["y"])
    whole = typed(found, "drills")
    assert (whole.reply.searched, ids(whole)) == ("drills", ["z"])
    assert ids(typed(found, "com")) == ["x"], "a word of the catalog as it stands"


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
        (b"&".join(b"q=a" for _ in range(101)), 400, None),
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
    # What was answered to a key is not for who has none, though a browser has it still.
    assert allowed(None, [], keyed=True) == {"vary": "authorization"}
    assert allowed(shop, [shop], keyed=True)["vary"] == "origin, authorization"


def test_replies_say_everything_that_the_schema_names(loaded: Suggesting) -> None:
    reply = msgspec.json.decode(msgspec.json.encode(typed(loaded, "nurse").reply))
    assert set(reply["suggestions"][0]) == {"query", "source", "category", "edits", "explored"}
    assert set(reply["items"][0]) == {"id", "title", "category", "score"}
    assert set(reply["layout"][0]) == {"kind", "at", "expected", "why"}
