"""What a query asks for, in this process."""

import time
from pathlib import Path

import pytest
from understand_world import put_rules, put_speller, put_understanding

from tilth.apps.cli.serve import told
from tilth.apps.serve.config import ServeConfig, check_serve
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.requests import parameters
from tilth.apps.serve.serving import Serving, load_serving
from tilth.apps.serve.understand.answer import answer_understand
from tilth.apps.serve.understand.artifact import Understands
from tilth.apps.serve.understand.config import UnderstandConfig
from tilth.artifacts import RuleSets
from tilth.artifacts.understanding import RulesUsed
from tilth.client.messages import CorrectedPart, UnderstandReply, UnderstandRequest
from tilth.errors import ArtifactError, ConfigError


def serving(work: Path, before: Serving | None = None, **settings) -> Serving:
    return load_serving(work, ServeConfig(understand=UnderstandConfig(**settings)), before)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Understands:
    work = tmp_path_factory.mktemp("work")
    put_understanding(work)
    put_speller(work)
    return serving(work).understanding()


def asked(loaded: Understands, query: str, until: float | None = None) -> UnderstandReply:
    return answer_understand(loaded, UnderstandRequest(q=query), "r", until)


def test_a_frequent_query_is_looked_up(loaded: Understands) -> None:
    reply = asked(loaded, "Toilet  SEAT")
    assert (reply.source, reply.understood, reply.corrected, reply.late) == ("lookup", "Toilet  SEAT", None, False)
    assert reply.category is not None
    assert (reply.category.name, reply.category.p, reply.category.source) == ("seats", 0.75, "human:panel")
    assert [(one.text, one.weight, one.kind, one.rule_id, one.provenance) for one in reply.expansions] == [
        ("lid", 0.5, "synonym", "r1", "rule:example")
    ]


def test_the_others_are_left_to_the_model(loaded: Understands) -> None:
    reply = asked(loaded, "green rubber hose")
    assert reply.source == "model"
    assert reply.category is not None
    assert (reply.category.name, reply.category.source) == ("hoses", "model:understanding")
    assert 0.5 < reply.category.p <= 1
    assert reply.attributes == {"colour": "green"}
    assert [(one.text, one.field) for one in reply.expansions] == [("hose", "type")]


def test_spelling_is_corrected_first_and_what_it_was_is_said(loaded: Understands) -> None:
    reply = asked(loaded, "Toliet seat")
    assert (reply.query, reply.understood, reply.source) == ("Toliet seat", "Toilet seat", "lookup")
    assert reply.corrected is not None
    assert (reply.corrected.text, reply.corrected.parts) == (
        "Toilet seat",
        [CorrectedPart(0, 6, "Toliet", "Toilet", "edit")],
    )
    assert 0.5 < reply.corrected.confidence <= 1
    for query in ("toilet seat", "dv7-1211ea", "9 watt"):
        assert asked(loaded, query).corrected is None, "what nothing speaks against stays"


@pytest.mark.parametrize("text", ["", " ", "zzz", "\x00\x1b[31m", "((("])
def test_nothing_known_is_said(loaded: Understands, text: str) -> None:
    reply = asked(loaded, text)
    assert (reply.query, reply.category, reply.attributes, reply.expansions) == (text, None, {}, [])


@pytest.mark.parametrize(("text", "category"), [("台灯", "灯"), ("مصباح", "مصابيح"), ("\u202eمصباح\u200f", "مصابيح")])
def test_other_scripts(loaded: Understands, text: str, category: str) -> None:
    found = asked(loaded, text)
    assert found.category is not None
    assert (found.category.name, found.query, found.corrected) == (category, text, None)


@pytest.mark.parametrize(
    "text",
    ["x" * 1000, "seat " * 200, "a b " * 250, "".join(chr(0x4E00 + n) for n in range(1000)), "\x00" * 1000, "ﷺ" * 1000],
    ids=lambda text: ascii(text[:6]),
)
def test_hostile_text_takes_bounded_time(loaded: Understands, text: str) -> None:
    before = time.thread_time()
    asked(loaded, text)
    assert time.thread_time() - before < 0.1


def test_a_damaged_pointer_to_rules_keeps_nobody_from_answering(tmp_path: Path) -> None:
    put_understanding(tmp_path)
    put_rules(tmp_path)
    loaded = serving(tmp_path).understanding()
    assert (loaded.served.in_force, loaded.served.stale) == ("000001", False)
    (tmp_path / "rules" / "current.json").write_text("{")
    assert (loaded.served.in_force, loaded.served.stale) == (None, True)
    assert asked(loaded, "toilet seat").source == "lookup"


def test_after_the_deadline_nothing_is_done(loaded: Understands) -> None:
    reply = asked(loaded, "toliet seat", until=time.perf_counter() - 1)
    assert (reply.late, reply.source, reply.understood, reply.expansions) == (True, None, "toliet seat", [])


def test_a_query_is_read_strictly() -> None:
    assert parameters(b"q=a+b%00", UnderstandRequest).q == "a b\x00"
    for query, status in [(b"", 422), (b"q=a&limit=3", 422), (b"q=" + b"a" * 10_000, 422), (b"q=%ff", 400)]:
        with pytest.raises(RequestError) as refused:
            parameters(query, UnderstandRequest)
        assert refused.value.status == status


def test_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[serve.understand\] deadline_ms must lie between 1 and"):
        check_serve(ServeConfig(understand=UnderstandConfig(deadline_ms=0.5)), "t")
    put_understanding(tmp_path)
    version = put_speller(tmp_path)
    assert serving(tmp_path).understanding().versions.speller == version
    plain = serving(tmp_path, spelling=False).understanding()
    assert (plain.versions.speller, asked(plain, "toliet seat").corrected) == (None, None)


def test_other_rules_in_force_are_seen_at_once(tmp_path: Path) -> None:
    put_understanding(tmp_path, [], RulesUsed())
    now = serving(tmp_path)
    assert now.served.understand is not None
    assert (now.served.understand.stale, now.served.understand.in_force) == (False, None)
    put_rules(tmp_path)
    assert (now.served.understand.stale, now.served.understand.in_force) == (True, "000001")
    assert "generation 000001 is in force now: run `tilth enrich expand`" in told(now.served)[1]
    put_understanding(tmp_path)
    fresh = serving(tmp_path, now)
    assert fresh.served.understand is not None
    assert fresh.served.understand.stale is False
    RuleSets(tmp_path / "rules").roll_back()
    assert (fresh.served.understand.stale, fresh.served.understand.in_force) == (True, None)
    assert "no rules are in force now" in told(fresh.served)[1]
    put_understanding(tmp_path, used=RulesUsed("candidates", None, 2))
    given = serving(tmp_path)
    assert given.served.understand is not None
    assert (given.served.understand.stale, given.served.understand.rules) == (False, "candidates")
    assert "CANDIDATE rules" in told(given.served)[0]


def test_rules_that_were_never_in_force_here_make_nothing_stale(tmp_path: Path) -> None:
    """A server that was given the understanding and not the rules."""
    put_understanding(tmp_path)
    served = serving(tmp_path).served.understand
    assert served is not None
    assert (served.generation, served.stale) == ("000001", False)


def test_parts_that_are_not_there_say_so(tmp_path: Path) -> None:
    put_understanding(tmp_path)
    put_speller(tmp_path)
    alone = serving(tmp_path)
    assert (alone.served.filter, alone.served.suggest) == (None, None)
    (tmp_path / "speller").rename(tmp_path / "gone")
    with pytest.raises(ArtifactError, match="the speller has gone"):
        serving(tmp_path, alone)
    assert serving(tmp_path, alone, spelling=False).understanding().speller is None
    (tmp_path / "understanding").rename(tmp_path / "elsewhere")
    with pytest.raises(ArtifactError, match="there is nothing to serve"):
        serving(tmp_path, alone)
