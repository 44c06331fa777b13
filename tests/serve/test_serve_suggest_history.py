"""What the caller searched for before: where it stands in an answer, and that it is written down nowhere."""

import asyncio
import json
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve_world import Running, free_port, running
from suggest_world import SETTINGS, put_suggesting_project, put_suggestions

import tilth
from tilth.apps.serve.config import ServeConfig
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.requests import parameters
from tilth.apps.serve.serving import load_serving
from tilth.apps.serve.suggest.answer import Offer, answer_suggest
from tilth.apps.serve.suggest.artifact import Suggesting
from tilth.apps.serve.suggest.config import SuggestConfig
from tilth.apps.serve.suggest.history import form_of, past_queries
from tilth.apps.serve.suggest.route import cache_control
from tilth.client.messages import SuggestRequest
from tilth.errors import ConfigError, ServiceError

MAY_1 = 1_777_593_600.0
"""The beginning of 1 May 2026, UTC: a day to draw on."""
SECRET = "nurse quittance"
"""In no suggestion, item or setting."""


def serving(work: Path, **settings) -> Suggesting:
    if not (work / "suggester").exists():
        put_suggestions(work)
    return load_serving(work, ServeConfig(suggest=SuggestConfig(**settings))).suggesting()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Suggesting:
    return serving(tmp_path_factory.mktemp("work"))


def typed(loaded: Suggesting, text: str, *history: str, until: float | None = None, **more) -> Offer:
    return answer_suggest(loaded, SuggestRequest(q=text, history=list(history), **more), "r", until, MAY_1)


def shown(offer: Offer) -> list[tuple[str, str]]:
    return [(one.source, one.query) for one in offer.reply.suggestions]


def expected(offer: Offer) -> list[float | None]:
    return [one.expected for one in offer.reply.layout if one.kind == "suggestion"]


@pytest.mark.parametrize(
    ("text", "history", "found"),
    [
        ("nu", ["driver", "nurse", "nut", "nun"], ["nurse", "nut"]),
        ("", ["driver", "nurse", "nut"], ["driver", "nurse"]),
        ("  ", ["driver"], ["driver"]),
        ("NURSE J", ["nurse  Jobs ", "nurse", "Nursé job"], ["nurse Jobs"]),
        ("nurse ", ["nurse", "nurses", "nurse cook"], ["nurse cook"]),
        ("nur", ["nurse jobs", "jobs nurse", "NURSES JOB", "nursery"], ["nurse jobs", "nursery"]),
        ("", ["", " ", "\u202e\u200f", "!", "?"], ["!", "?"]),
        ("cafe", ["Café Crème"], ["Café Crème"]),
        ("看", ["看護師 夜勤"], ["看護師 夜勤"]),
        ("x", ["x" * 121, "x" * 120], ["x" * 120]),
        ("x" * 500, ["x" * 500, "x" * 120], ["x" * 120]),
    ],
    ids=ascii,
)
def test_the_newest_that_begin_so_are_taken_each_once(text: str, history: list[str], found: list[str]) -> None:
    assert list(past_queries(text, history, 2).values()) == found
    assert past_queries(text, history, 0) == {}


def test_past_queries_come_first_and_replace_what_is_the_same(loaded: Suggesting) -> None:
    offer = typed(loaded, "nurse", "nurse on call", "night shift", "NURSES driver", "nurse cook", limit=5)
    assert shown(offer) == [
        ("history", "nurse on call"),
        ("history", "NURSES driver"),
        ("log", "nurse jobs"),
        ("log", "nurse cook"),
        ("title", "nurse near me"),
    ]
    assert [one.category for one in offer.reply.suggestions[:2]] == [None, "transport"]
    assert not any(one.edits or one.explored for one in offer.reply.suggestions)
    # Both weigh as much as the best, 2^9, beside it and 2^6, 2^5 and 2^0.5: 0.8 * 512 / 1633.4 and so on.
    assert expected(offer) == [0.2508, 0.2508, 0.2508, 0.0313, 0.0157]
    assert [query for _, query in shown(typed(loaded, "nurse", "nurse x", limit=1))] == ["nurse x"]
    assert shown(typed(loaded, "", "zebra", "nurse jobs", "x", limit=3)) == [
        ("history", "zebra"),
        ("history", "nurse jobs"),
        ("log", "nurse driver"),
    ]
    assert typed(loaded, "nurse", "driver").reply == typed(loaded, "nurse").reply, "nothing of it begins so"


def test_known_items_and_instant_results_are_as_without_it(loaded: Suggesting) -> None:
    for text, past in (("nur", "nursery gardener"), ("nurse", "nurse jobs"), ("night nurse", "night nurse")):
        plain, offer = typed(loaded, text), typed(loaded, text, past)
        assert shown(offer)[0] == ("history", past)
        assert (offer.reply.items, offer.reply.searched) == (plain.reply.items, plain.reply.searched)
        assert offer.reply.known_item == plain.reply.known_item
    first = offer.reply.layout[0]
    assert (offer.reply.items[first.at].id, first.why) == ("i0", "known_item")
    assert shown(offer) == [("history", "night nurse")]


def test_what_nobody_else_searched_for_still_leaves_the_outcome_to_the_suggester(loaded: Suggesting) -> None:
    wrong = typed(loaded, "nirse", "nirse zone")
    assert (wrong.outcome, shown(wrong)[0], shown(wrong)[1]) == (
        "fuzzy",
        ("history", "nirse zone"),
        ("log", "nurse jobs"),
    )
    assert [one.edits for one in wrong.reply.suggestions[:2]] == [0, 1]
    first, second = expected(wrong)[:2]
    assert first == pytest.approx(2 * (second or 0), abs=1e-4), "the error halves what it forgives"
    nothing = typed(loaded, "zzzzzzz", "zzzzzzz top")
    assert (nothing.outcome, shown(nothing), expected(nothing)) == ("empty", [("history", "zzzzzzz top")], [0.8])
    late = typed(loaded, "nurse", "nurse x", until=time.perf_counter() - 1)
    assert (late.outcome, late.reply.late, shown(late)) == ("late", True, [("history", "nurse x")])


def test_exploration_goes_on_below_past_queries(tmp_path: Path) -> None:
    found = serving(tmp_path, explore_share=0.5, limit=6)
    with_it = [typed(found, "nurse", "nurse x", "nurse y", context_id=f"u{n}") for n in range(40)]
    without = [typed(found, "nurse", context_id=f"u{n}", limit=4) for n in range(40)]
    assert [one.arm for one in with_it] == [one.arm for one in without]
    assert {one.arm for one in with_it} == {"explored", "control"}
    for offer, plain in zip(with_it, without, strict=True):
        assert [source for source, _ in shown(offer)[:2]] == ["history", "history"]
        assert offer.reply.suggestions[2:] == plain.reply.suggestions
        assert [one.at for one in offer.reply.layout if one.why == "explored"] == (
            [4] if offer.arm == "explored" else []
        )
    assert typed(found, "nurse", "nurse x", "nurse y", limit=2).arm is None, "no room is left"
    assert typed(found, "nurse", "nurse x", "nurse y", limit=3).arm is None, "nor the first place taken"
    ships = [typed(found, "nurse", "nurses on a ship", context_id=f"u{n}", limit=5) for n in range(40)]
    assert {one.arm for one in ships} == {None}, "it is shown already"


def test_settings_say_how_many(tmp_path: Path) -> None:
    past = [f"nurse {letter}" for letter in "abcdefgh"]
    assert shown(typed(serving(tmp_path, history=0), "nurse", *past)) == shown(typed(serving(tmp_path), "nurse"))
    assert [query for _, query in shown(typed(serving(tmp_path, history=20), "nurse", *past))[:8]] == past
    assert cache_control(SuggestRequest(q="n", history=["x"]), 30, late=False) == "private, no-store"
    assert cache_control(SuggestRequest(q="n"), 30, late=False) == "private, max-age=30"
    assert cache_control(SuggestRequest(q="n"), 30, late=True) == cache_control(SuggestRequest(q="n"), 0, late=False)


WORDS = st.lists(st.sampled_from(["nurse", "jobs", "job", "driver", "cook", "on", "a", "ship", "NIGHT"]), min_size=1)


@given(
    st.lists(WORDS.map(" ".join), max_size=20), st.sampled_from(["", "n", "nurse", "nurse j", "dri"]), st.integers(1, 8)
)
def test_whatever_was_searched_for_each_is_listed_once_and_within_the_limit(
    loaded: Suggesting, history: list[str], text: str, limit: int
) -> None:
    offer, plain = typed(loaded, text, *history, limit=limit), typed(loaded, text, limit=limit)
    lines = shown(offer)
    past = [query for source, query in lines if source == "history"]
    forms = [form_of(query) for _, query in lines]
    assert len(set(forms)) == len(forms) == min(limit, max(len(forms), len(plain.reply.suggestions)))
    assert [source for source, _ in lines[: len(past)]] == ["history"] * len(past)
    assert len(past) <= 2
    rest = [one for one in shown(plain) if form_of(one[1]) not in {form_of(query) for query in past}]
    assert lines[len(past) :] == rest[: limit - len(past)]
    worth = expected(offer)
    assert all(one == worth[0] for one in worth[: len(past)])
    assert all((one or 0) <= (worth[0] or 0) for one in worth)
    assert sum(one or 0 for one in worth) <= 0.801


def test_parameters_may_repeat_the_history_alone() -> None:
    read = parameters(b"q=nu&history=nurse&limit=3&history=night+jobs&history=", SuggestRequest)
    assert read == SuggestRequest(q="nu", limit=3, history=["nurse", "night jobs", ""])
    assert parameters(b"q=a&" + b"&".join([b"history=" + b"x" * 1000] * 20), SuggestRequest).history[19] == "x" * 1000
    for query, status, field in [
        (b"q=a" + b"&history=x" * 21, 422, "history"),
        (b"q=a" + b"&history=x" * 99, 422, "history"),
        (b"q=a" + b"&history=x" * 100, 400, None),
        (b"q=a&history=b&history=" + b"x" * 1001, 422, "history[1]"),
        (b"q=a&history=a%00b", 422, "history[0]"),
        (b"q=a&history=nurse%0A", 422, "history[0]"),
        (b"q=a&history=%C2%85", 422, "history[0]"),
        (b"q=a&history=%ff", 400, None),
        (b"q=a&history=b&limit=1&limit=1", 422, None),
    ]:
        with pytest.raises(RequestError) as refused:
            parameters(query, SuggestRequest)
        assert (refused.value.status, refused.value.field) == (status, field), query[:40]


@pytest.mark.parametrize("sign", ["x", "n", "é", "ﷺ", "看", "\u202e", "a ", "!", "n\u0301"], ids=ascii)
def test_hostile_history_takes_bounded_time(loaded: Suggesting, sign: str) -> None:
    text = (sign * 1000)[:1000]
    history = [text[cut:] for cut in range(20)]
    query = urllib.parse.urlencode([("q", text[:1]), *(("history", one) for one in history)]).encode()
    before = time.thread_time()
    offer = answer_suggest(loaded, parameters(query, SuggestRequest), "r", None, MAY_1)
    assert time.thread_time() - before < 0.25
    assert len(offer.reply.suggestions) <= 10


def path(text: str, *history: str) -> str:
    return f"/v1/suggest?{urllib.parse.urlencode([('q', text), *(('history', one) for one in history)])}"


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (["x"] * 21, "Expected a list of length <= 20"),
        (["x" * 10_000], "Expected a text of length <= 1000"),
        (["看" * 3_400], "Expected a text of length <= 1000"),
        (["nurse", "a\x1b[31mb"], "Expected a text without control characters"),
        (["\x00" * 10_000], "Expected a text of length <= 1000"),
    ],
    ids=lambda one: ascii(one)[:12],
)
def test_what_cannot_be_a_history_is_refused(suggesting: Running, history: list[str], message: str) -> None:
    answer = suggesting.ask(path("nurse", *history))
    assert (answer.status, answer.json()["error"]["message"]) == (422, message)
    assert len(answer.body) < 1_000, "what was sent does not come back"
    assert answer.headers.get("cache-control") != "private, max-age=30"
    assert suggesting.ask(path("nurse")).status == 200


def test_the_most_that_may_be_sent_is_answered(suggesting: Running) -> None:
    asked = path("看", *("看" * 350 + chr(0x4E00 + n) for n in range(20)))
    assert 60_000 < len(asked) < 65_000
    assert suggesting.ask(asked).status == 200
    longer = suggesting.ask(path("看", *("看" * 1000 for _ in range(20))))
    assert (longer.status, longer.body) == (414, b""), "refused below, and the server goes on"
    assert suggesting.ask(path("nurse")).status == 200


def test_both_clients_send_it_along(suggesting: Running) -> None:
    past = ("nurse & co+1", "nurse=é")

    async def awaited():
        async with tilth.AsyncClient(suggesting.url, timeout_s=20) as client:
            return await client.suggest("nurse", history=past)

    with tilth.Client(suggesting.url, timeout_s=20) as client:
        reply = client.suggest("nurse", history=past)
        with pytest.raises(ServiceError, match="HTTP 422 invalid_request: history: "):
            client.suggest("nurse", history=["x"] * 21)
        with pytest.raises(ConfigError, match=r"history must be a list, not a text\n  hint: \['nurse'\]"):
            client.suggest("n", history="nurse")
        with pytest.raises(ConfigError, match="is no text"):
            client.suggest("n", history=["\ud800"])
    assert reply.suggestions == asyncio.run(awaited()).suggestions
    assert [(one.source, one.query) for one in reply.suggestions[:2]] == [("history", one) for one in past]


def test_no_file_holds_what_was_sent_along(tmp_path: Path) -> None:
    port = free_port()
    config = put_suggesting_project(tmp_path / "p", SETTINGS.replace("PORT", str(port)))
    with running(config, port) as server:
        answer = server.ask(path("nurse", SECRET, "nurse jobs", "unshown quittance"))
        assert answer.headers["cache-control"] == "private, no-store"
        assert [one["query"] for one in answer.json()["suggestions"][:2]] == [SECRET, "nurse jobs"]
        assert server.ask(path("nurse", f"{SECRET}\n")).status == 422
        assert server.ask(path("nurse")).headers["cache-control"] == "private, max-age=30"
        metrics = server.ask("/metrics").body
        assert server.stop() == 0
    files = [one for one in (server.work / "serve").rglob("*") if one.is_file()]
    assert {one.parent.name for one in files} >= {"suggestions", "serve"}
    for content in (metrics, server.output.read_bytes(), *(one.read_bytes() for one in files)):
        assert b"quittance" not in content
        assert b"history=" not in content
    access = [json.loads(line) for line in (server.work / "serve" / "access.jsonl").read_text().splitlines()]
    assert {one["path"] for one in access if one["path"].startswith("/v1")} == {"/v1/suggest"}
    written = [row for one in files if one.suffix == ".parquet" for row in pq.read_table(one).to_pylist()]
    assert len(written) == 2
    assert "quittance" not in str(written)
    assert b'tilth_suggest_requests_total{outcome="exact"} 2.0' in metrics
    _look_at_lines(next(row for row in written if row["request_id"] == answer.json()["request_id"]), answer.json())


def _look_at_lines(row: dict[str, Any], reply: dict[str, Any]) -> None:
    offered = [line for line in row["lines"] if line["kind"] == "suggestion"]
    for line, one in zip(offered, reply["suggestions"], strict=True):
        past = one["source"] == "history"
        assert line["shown"] == ("" if past else one["query"])
        assert line["category"] == (None if past else one["category"])
        assert (line["source"], line["explored"]) == (one["source"], one["explored"])
    assert [line["source"] for line in offered][:2] == ["history", "history"]
    assert row["typed"] == "nurse"
