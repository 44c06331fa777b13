"""Distilling from end to end on the tiny world: what reaches the student, and what never does."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tiny_world import (
    BAD,
    PEOPLE,
    Pair,
    distilled,
    gold_with_parts,
    jobs,
    judgments,
    label,
    labels,
    material,
    offered,
    pairs_of,
    people,
    person,
    small_config,
    thirds,
)

from tilth.distill import STAGES, Distilled, distill
from tilth.distill.config import FeatureSettings
from tilth.errors import DataError, LeakError
from tilth.records import Attributes, Entities, Judgments

TEST_CONTEXTS = {person(n) for n in range(12, 24)}


def run(teacher: Judgments | None = None, gold: Judgments | None = None, **changes: Any) -> Distilled:
    given = {"config": small_config(), "material": material(), "seed": 3, **changes}
    return distill(
        given.pop("config"), given.pop("material"), teacher or labels(offered()), gold, positive=BAD, **given
    )


@cache
def without_gold() -> Distilled:
    return run()


def saved(made: Distilled, folder: Path) -> dict[str, bytes]:
    """The student's files by name, without the hour at which it was made."""
    undated = replace(made.filter, settings=type(made.filter.settings)(**{**_fields(made), "trained_at": ""}))
    undated.save(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _fields(made: Distilled) -> dict[str, Any]:
    return {name: getattr(made.filter.settings, name) for name in made.filter.settings.__struct_fields__}


def test_the_summary_adds_up() -> None:
    summary = distilled().summary
    assert (summary.teacher, summary.positive, summary.seed) == ("model:t", "bad", 3)
    assert (summary.gold_sources, summary.gold_is_human) == (("human:ann",), True)
    assert summary.counts["training"] == {"contexts": 24, "pairs": 96, "positives": 48}
    assert len(summary.features) == summary.n_features
    assert sum(candidate.chosen for candidate in summary.candidates) == 1
    chosen = next(candidate for candidate in summary.candidates if candidate.chosen)
    assert chosen.log_loss == min(candidate.log_loss for candidate in summary.candidates)
    assert summary.threshold_p == distilled().filter.threshold_p
    assert {row["feature"] for row in summary.importance} <= set(summary.features)
    json.dumps(summary.to_json(), allow_nan=False)


def test_the_student_learns_the_tiny_world() -> None:
    student, teacher = distilled().summary.evaluations
    assert (student.name, teacher.name) == ("student", "teacher model:t")
    assert student.auroc.value > 0.95
    assert teacher.auroc.value == 1.0
    assert (student.n, student.n_contexts, student.n_positive) == (48, 12, 24)
    effect = distilled().summary.effect
    assert effect is not None
    assert effect.bad_after.value < effect.bad_before.value == 0.5


def test_a_seed_gives_the_same_student_and_the_same_numbers(tmp_path: Path) -> None:
    again = run(gold=gold_with_parts(offered(24), thirds))
    first, second = distilled().summary.to_json(), again.summary.to_json()
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert saved(again, tmp_path / "b") == saved(distilled(), tmp_path / "a")
    assert again.next_pairs == distilled().next_pairs


def test_nothing_about_a_test_or_calibration_context_reaches_the_student(tmp_path: Path) -> None:
    """Their texts, attributes, offers and teacher's labels are replaced; the student's files are the same bytes."""
    gold, apart = gold_with_parts(offered(24), thirds), {person(n) for n in range(24)}
    attributes = [{"id": person(n), "trade": f"trade {n % 4}", "years": float(n)} for n in range(PEOPLE)]
    schema = pa.schema([("id", pa.string()), ("trade", pa.string()), ("years", pa.float64())])
    item_side = Attributes("item", pa.table({"id": jobs().ids, "trade": [f"trade {n % 4}" for n in range(8)]}))

    def made(changed: bool) -> Distilled:
        def row(one: dict[str, Any]) -> dict[str, Any]:
            marked = {"title": "zzqx", "text": "wholly other words", "trade": "zzqx", "years": 1e6}
            spoilt = changed and one["id"] in apart
            return {**one, **{name: marked[name] for name in one if name in marked}} if spoilt else one

        texts = pa.Table.from_pylist([row(one) for one in people().table.to_pylist()], schema=people().table.schema)
        read = pa.Table.from_pylist([row(one) for one in attributes], schema=schema)
        offers = [pair for pair in offered() if not (changed and pair[0] in apart)]
        further = [(one, "j7") for one in sorted(apart)] if changed else []
        teacher = [label(pair, "model:t", is_bad(pair, changed)) for pair in offered()]
        stuff = material(
            contexts=Entities("context", texts),
            pairs=pairs_of([*offers, *further]),
            context_attributes=Attributes("context", read),
            item_attributes=item_side,
        )
        config = small_config(features=FeatureSettings(lsa_dims=2, cooccurrence_dims=2, ngram_sizes=(3,)))
        return run(judgments(teacher), gold, material=stuff, config=config)

    def is_bad(pair: Pair, changed: bool) -> bool:
        truth = int(pair[0][1:]) % 4 != int(pair[1][1:]) % 4
        return not truth if changed and pair[0] in apart else truth

    kept = ("filter.json",)  # calibrated on the calibration part, as it should be
    before, after = saved(made(False), tmp_path / "a"), saved(made(True), tmp_path / "b")
    assert set(before) == set(after)
    assert [name for name in before if name not in kept and before[name] != after[name]] == []


def test_the_test_part_decides_nothing(tmp_path: Path) -> None:
    """Other gold on the test contexts changes what is measured, and not one byte of the filter."""
    gold = gold_with_parts(offered(24), thirds, bad=lambda pair: (pair[0] in TEST_CONTEXTS) ^ _differ(pair))
    other = run(gold=gold)
    assert saved(other, tmp_path / "b") == saved(distilled(), tmp_path / "a")
    assert other.summary.evaluations[0].auroc.value < 0.05
    assert other.next_pairs == distilled().next_pairs


def _differ(pair: Pair) -> bool:
    return int(pair[0][1:]) % 4 != int(pair[1][1:]) % 4


def test_failed_judgments_change_nothing(tmp_path: Path) -> None:
    failed = [
        {"context_id": person(n), "item_id": "j3", "source": "model:t", "error": "refused", "raw": '{"grade": 1}'}
        for n in range(PEOPLE)
    ]
    mixed = [*labels(offered()).table.to_pylist(), *failed]
    made = run(judgments(mixed), gold_with_parts(offered(24), thirds))
    assert saved(made, tmp_path / "b") == saved(distilled(), tmp_path / "a")


def test_test_contexts_are_not_proposed_for_labelling() -> None:
    assert distilled().next_pairs
    assert not {pair.context_id for pair in distilled().next_pairs} & TEST_CONTEXTS


def test_without_gold_there_is_a_student_and_no_claim_about_it() -> None:
    made = without_gold()
    summary = made.summary
    assert (summary.evaluations, summary.effect, summary.reliability, summary.curve) == ((), None, (), ())
    assert (summary.certificate, summary.threshold_p, made.filter.threshold_p) == (None, None, None)
    assert (summary.gold_sources, summary.gold_is_human) == ((), False)
    assert "want of gold" in summary.calibration
    assert len(made.next_pairs) == 5


def test_gold_of_one_class_measures_and_certifies_nothing() -> None:
    made = run(gold=gold_with_parts(offered(24), thirds, bad=lambda _: False))
    assert made.summary.evaluations == ()
    assert made.filter.threshold_p is None
    assert made.summary.counts == {"training": {"contexts": 24, "pairs": 96, "positives": 48}}


def test_gold_that_is_not_human_is_marked() -> None:
    rows = labels(offered(24), "rule:facts", p=False).table.to_pylist()
    gold = judgments(rows, [thirds(row["context_id"]) for row in rows])
    assert run(gold=gold).summary.gold_is_human is False


def test_the_curve_ends_at_the_whole() -> None:
    made = run(gold=gold_with_parts(offered(24), thirds), config=small_config(curve=True, model="linear"))
    assert made.summary.curve[-1].n_labels == 96
    assert made.summary.curve[-1].n_contexts == 24
    assert [one.model for one in made.summary.candidates] == ["linear"]


def test_each_stage_is_told() -> None:
    told: list[str] = []
    run(config=small_config(model="trees"), on_stage=told.append)
    assert len(told) == STAGES


def test_leaks_and_synthetic_gold_are_errors() -> None:
    rows = [label(pair, "human:ann", _differ(pair)) for pair in offered(24)]
    mixed: list[str | None] = ["test" if place % 2 else "calibration" for place in range(len(rows))]
    with pytest.raises(LeakError, match="stand both in 'calibration' and in 'test'"):
        run(gold=judgments(rows, mixed))
    with pytest.raises(DataError, match="synthetic data never tests anything"):
        run(gold=labels(offered(24), "synthetic:llm"))


def test_labels_of_ids_that_are_gone_are_left_out(tmp_path: Path) -> None:
    """Judgments of an earlier run may name people and jobs that the catalog has lost."""
    gone = [label(("u99", "j0"), "model:t", True), label(("u30", "j99"), "model:t", True)]
    made = run(judgments([*gone, *labels(offered()).table.to_pylist()]), gold_with_parts(offered(24), thirds))
    assert saved(made, tmp_path / "b") == saved(distilled(), tmp_path / "a")
