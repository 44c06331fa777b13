"""A request -> a reply, in this process."""

import time
from pathlib import Path

import numpy as np
import pytest
from serve_world import loaded
from tiny_world import PEOPLE, distilled, is_bad, jobs, people

from tilth.apps.serve.artifact import Loaded
from tilth.apps.serve.config import GuardConfig
from tilth.apps.serve.offered import size_of
from tilth.apps.serve.problems import RequestError
from tilth.apps.serve.scoring import portions
from tilth.apps.serve.service import answer_filter, answer_score
from tilth.apps.serve.warmup import warm_up
from tilth.client import Entity, FilterReply, FilterRequest, ScoreRequest

IDS = [f"j{n}" for n in range(8)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tmp_path_factory.mktemp("work"))


def asked(tiny: Loaded, context: str | Entity, candidates: list[str | Entity], until: float | None = None, **more):
    return answer_filter(tiny, FilterRequest(context=context, candidates=candidates, **more), "r1", until)[0]


def outcome(reply: FilterReply) -> list[tuple[str | None, bool, str]]:
    return [(one.id, one.keep, one.status) for one in reply.decisions]


def test_bad_ones_are_dropped_with_reasons_in_the_order_asked(tiny: Loaded) -> None:
    reply = asked(tiny, "u05", IDS)
    assert [one.id for one in reply.decisions] == IDS
    assert [one.keep for one in reply.decisions] == [not is_bad(("u05", one)) for one in IDS]
    assert all(bool(one.reasons) != one.keep for one in reply.decisions)
    assert reply.kept == ["j1", "j5"]
    assert (reply.counts.candidates, reply.counts.dropped, reply.counts.unknown) == (8, 6, 0)


def test_scores_are_those_of_the_offline_filter(tiny: Loaded) -> None:
    chosen = distilled().filter
    prepared = chosen.student.prepare(people(), jobs())
    rows = np.repeat(np.arange(PEOPLE), 8), np.tile(np.arange(8), PEOPLE)
    expected = chosen.score(prepared, *rows).reshape(PEOPLE, 8)
    for number, ours in enumerate(expected):
        reply = answer_score(tiny, ScoreRequest(context=f"u{number:02d}", candidates=list(IDS)), "r", None)
        assert [one.p for one in reply.scores] == ours.tolist()


def test_unknown_ids_stay_and_do_not_move_the_others(tiny: Loaded) -> None:
    alone = asked(tiny, "u05", ["j0", "j1"])
    mixed = asked(tiny, "u05", ["nothing", "j0", "j1"])
    assert outcome(mixed)[0] == ("nothing", True, "unknown_item")
    assert [one.p for one in mixed.decisions[1:]] == [one.p for one in alone.decisions]
    nobody = asked(tiny, "nobody", ["j0", "nothing"])
    assert outcome(nobody) == [("j0", True, "unknown_context"), ("nothing", True, "unknown_context")]
    assert (mixed.counts.unknown, nobody.counts.unknown) == (1, 2)


def test_own_words_score_as_the_store_does(tiny: Loaded) -> None:
    person, offered = people().table.to_pylist()[5], jobs().table.to_pylist()
    inline = [Entity(id=f"x{row['id']}", title=row["title"], text=row["text"]) for row in offered]
    known = asked(tiny, "u05", IDS)
    items = asked(tiny, "u05", [inline[0], "j1", *inline[2:]])
    both = asked(tiny, Entity(title=person["title"], text=person["text"]), inline)
    expected = [one.p for one in known.decisions]
    assert [one.p for one in items.decisions] == pytest.approx(expected, abs=1e-12)
    assert [one.p for one in both.decisions] == pytest.approx(expected, abs=1e-12)
    assert [one.id for one in items.decisions[:2]] == ["xj0", "j1"]


def test_reasons_come_short_full_or_not_at_all(tiny: Loaded) -> None:
    short, full, none = (asked(tiny, "u05", ["j0"], reasons=kind).decisions[0] for kind in ("short", "full", "none"))
    assert short.reasons
    assert full.reasons
    assert none.reasons == []
    assert short.p == full.p == none.p
    scored = answer_score(tiny, ScoreRequest(context="u05", candidates=["j1"], reasons="short"), "r", None)
    assert scored.scores[0].status == "scored"


def test_after_the_deadline_the_rest_stays(tiny: Loaded) -> None:
    late = asked(tiny, "u05", ["j0", "nothing"], until=time.perf_counter() - 1)
    assert outcome(late) == [("j0", True, "deadline"), ("nothing", True, "unknown_item")]
    assert (late.counts.late, late.counts.unknown) == (1, 1)
    words = Entity(title="cook wanted")
    many = asked(tiny, "u05", ["j0", *[words] * 900], until=time.perf_counter() + 0.02)
    statuses = [one.status for one in many.decisions]
    assert statuses[0] == "scored"
    assert statuses[-1] == "deadline"
    assert many.decisions[-1].keep


def overrun_ms(tiny: Loaded, request: FilterRequest, budget_ms: float) -> float:
    """Processor time beyond the budget, which other load on the machine does not lengthen much."""
    started, until = time.thread_time(), time.perf_counter() + budget_ms / 1000
    answer_filter(tiny, request, "r", until)
    return (time.thread_time() - started) * 1000 - budget_ms


def test_long_texts_are_taken_a_few_at_a_time(tiny: Loaded) -> None:
    """Sixteen long texts in one go would take some hundred milliseconds."""
    words = " ".join(f"word{number % 977}" for number in range(2_500))[:20_000]
    request = FilterRequest(context="u05", candidates=[Entity(text=words)] * 32)
    asked(tiny, "u05", [Entity(text=words)])
    started = time.thread_time()
    answer_filter(tiny, FilterRequest(context="u05", candidates=[Entity(text=words)] * 4), "r", None)
    one_ms = (time.thread_time() - started) * 1000 / 4
    assert overrun_ms(tiny, request, 1) < 4 * one_ms, "one text at a time, not sixteen"
    late = answer_filter(tiny, request, "r", time.perf_counter() + one_ms / 1000 / 2)[0].counts.late
    assert late >= 28


def test_portions_are_bounded_by_number_and_by_characters() -> None:
    sizes = [10] * 20 + [5_000, 2_950, 10, 1, 50_000, 7_999, 1]
    entities = {place: Entity(text="x" * size) for place, size in enumerate(sizes)}
    assert [len(some) for some in portions(entities)] == [16, 7, 1, 1, 2]
    several = Entity(title="ab", text="c", attributes={"tags": ["de", "f"], "name": "g", "pay": 3.0})
    assert size_of(several) == 7


def test_a_batch_is_late_as_a_whole_not_per_request(tiny: Loaded) -> None:
    """After the deadline nothing is prepared any more, not even a context in its own words."""
    long = Entity(text=" ".join(f"word{number}" for number in range(6_000)))
    request = FilterRequest(context=long, candidates=[long] * 10)
    started = time.thread_time()
    replies = [answer_filter(tiny, request, "r", time.perf_counter() - 1)[0] for _ in range(50)]
    assert time.thread_time() - started < 0.25, "50 contexts of 50,000 characters would take a second"
    assert {one.status for reply in replies for one in reply.decisions} == {"deadline"}


def test_a_warm_worker_has_made_what_is_made_on_first_use(tmp_path: Path) -> None:
    fresh = loaded(tmp_path)
    student = fresh.filter.student
    assert "phrases" not in vars(student)
    warm_up(fresh)
    assert "phrases" in vars(student)
    assert "_read" in vars(student.model)


def test_no_candidates_no_decisions(tiny: Loaded) -> None:
    reply = asked(tiny, "u05", [])
    assert (reply.decisions, reply.counts.candidates) == ([], 0)


def test_guards_are_applied(tmp_path: Path) -> None:
    for guards, mode, kept in (({"shadow": True}, "shadow", 8), ({"min_kept": 5}, "filter", 5)):
        reply = asked(loaded(tmp_path, guards=GuardConfig(**guards)), "u05", list(IDS))
        assert (reply.mode, len(reply.kept)) == (mode, kept)
        assert reply.counts.guarded == kept - 2


def test_a_threshold_of_the_settings_replaces_the_certified_one(tmp_path: Path) -> None:
    certified, ours = loaded(tmp_path), loaded(tmp_path, threshold=0.0)
    assert asked(ours, "u05", list(IDS)).kept == []
    assert ours.versions.threshold_p == 0.0
    assert ours.versions.artifact == certified.versions.artifact
    assert ours.versions.threshold != certified.versions.threshold


def test_an_entity_that_says_nothing_is_refused_by_its_place(tiny: Loaded) -> None:
    with pytest.raises(RequestError) as caught:
        asked(tiny, "u05", ["j0", Entity(id="x")])
    assert (caught.value.status, caught.value.field) == (422, "candidates[1]")


def test_attributes_that_the_student_does_not_know_are_warned_of(tiny: Loaded) -> None:
    reply = asked(tiny, Entity(title="cook", attributes={"pay": 3.0}), ["j0"])
    told = "the context's attribute 'pay' is unknown to this student and was not looked at; known: none"
    assert reply.warnings == [told]
    many = Entity(title="cook", attributes={f"a{number:02d}": 1.0 for number in range(30)})
    warned = asked(tiny, "u05", [many, many]).warnings
    assert (len(warned), warned[-1]) == (21, "and 10 more of the kind")
