"""Values against gold: figures worked by hand, files that cannot be used, sheets to fill in."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tilth.data import Rejects
from tilth.enrich import AttributeConfig
from tilth.enrich.check import GoldValue, check_values, draw_sheet, load_gold, reliability
from tilth.enrich.check.calibrate import Judged
from tilth.enrich.check.rate import rate
from tilth.enrich.values import ANSWERS, ASKED, agreement_of, claim_of, read_schema
from tilth.errors import ConfigError, DataError
from tilth.records import ENTITY_SCHEMA, Entities
from tilth.stats import wilson

WANTED = {
    "level": AttributeConfig(type="category", values=["junior", "mid", "senior"]),
    "pay": AttributeConfig(type="number", tolerance=0.1),
    "skills": AttributeConfig(type="list"),
}


def read_table(*rows: dict[str, Any]) -> pa.Table:
    base = {ASKED: list(WANTED), ANSWERS: 1, "skills": []}
    return pa.Table.from_pylist([base | row for row in rows], schema=read_schema(WANTED))


def gold(name: str, **values: Any) -> list[GoldValue]:
    return [GoldValue("item", one, name, value, "human:ann") for one, value in values.items()]


def test_precision_recall_coverage_and_confusion_by_hand() -> None:
    read = read_table(
        {"id": "a", "level": "junior"},
        {"id": "b", "level": "mid"},
        {"id": "c", "level": "mid"},
        {"id": "d"},
        {"id": "e", "level": "senior", ASKED: ["pay"]},
    )
    said = gold("level", a="junior", b="junior", c=None, d="senior", e="mid", gone="mid")
    (score,) = check_values(WANTED, read, said).scores
    assert (score.n, score.not_asked) == (5, 1)
    assert (score.correct, score.wrong, score.invented, score.missed) == (1, 1, 1, 2)
    assert score.precision.value == pytest.approx(1 / 3)
    assert score.precision.interval == wilson(1, 3)
    assert score.recall.value == pytest.approx(1 / 4), "a is right; b is wrong, d not stated, one not read"
    assert score.coverage.value == pytest.approx(4 / 5)
    assert score.confusion == {"junior": {"junior": 1, "mid": 1}, "-": {"mid": 1}, "senior": {"-": 1}}
    assert [(one.id, one.gold, one.read) for one in score.mistakes][:2] == [("b", "junior", "mid"), ("c", "", "mid")]
    assert score.is_human


def test_numbers_have_a_tolerance_and_lists_are_sets() -> None:
    read = read_table({"id": "a", "pay": 95.0, "skills": ["SQL", "word"]}, {"id": "b", "pay": 80.0, "skills": ["x"]})
    checked = check_values(WANTED, read, [*gold("pay", a=100.0, b=100.0), *gold("skills", a=["sql", "excel"], b=["X"])])
    pay, skills = checked.scores
    assert pay.precision.value == 0.5
    assert (skills.precision.value, skills.recall.value) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert skills.exact is not None
    assert skills.exact.value == 0.5
    assert (skills.correct, skills.wrong, skills.missed) == (2, 1, 1)


def test_what_is_below_min_confidence_counts_as_not_read_and_reliability_sees_it_all() -> None:
    rows = [("a", "junior", 1.0), ("b", "mid", 2 / 3), ("c", "mid", 2 / 3)]
    read = read_table(*({"id": one, "level": level, agreement_of("level"): share} for one, level, share in rows))
    checked = check_values(WANTED, read, gold("level", a="junior", b="junior", c="mid"), min_confidence=0.7)
    (score,), (confidence,) = checked.scores, checked.reliability
    assert (score.correct, score.wrong, score.missed) == (1, 0, 2)
    levels = [(level.confidence, level.n, level.right.value) for level in confidence.levels]
    assert levels == [(pytest.approx(2 / 3), 2, 0.5), (1.0, 1, 1.0)]
    assert confidence.ece == pytest.approx((2 * (2 / 3 - 1 / 2) + 0) / 3)
    assert confidence.auroc.value == pytest.approx(0.75), "the wrong one is below one right one and ties with the other"


def test_claims_and_elements_of_lists_are_judged_too() -> None:
    read = read_table({"id": "a", "skills": ["x", "y"], claim_of("skills"): 0.9, agreement_of("skills"): [1.0, 0.6]})
    found = {one.kind: one for one in check_values(WANTED, read, gold("skills", a=["x"])).reliability}
    assert [(level.confidence, level.right.value) for level in found["agreement"].levels] == [(0.6, 0.0), (1.0, 1.0)]
    assert [(level.confidence, level.n, level.right.value) for level in found["claimed"].levels] == [(0.9, 2, 0.5)]


def test_weights_stand_for_what_was_not_drawn() -> None:
    drawn = [
        GoldValue("item", "a", "level", "junior", "human:ann", 3.0),
        GoldValue("item", "b", "level", "mid", "human:ann"),
    ]
    (score,) = check_values(WANTED, read_table({"id": "a", "level": "junior"}, {"id": "b"}), drawn).scores
    assert score.recall.value == 0.75
    interval = wilson(0.75 * 1.6, 1.6)  # (3 + 1)^2 / (9 + 1)
    assert (score.recall.low, score.recall.high) == (interval.low, interval.high)


def test_intervals_of_elements_are_over_entities() -> None:
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(40) < 0.7, 5)
    clustered = rate(right.tolist(), [1.0] * 200, [str(n) for n in range(40) for _ in range(5)])
    alone = rate(right.tolist(), [1.0] * 200, [str(n) for n in range(200)])
    assert clustered.value == alone.value
    assert clustered.interval.width > 1.7 * alone.interval.width
    all_right = rate([True] * 50, [1.0] * 50, [str(n // 2) for n in range(50)])
    assert (all_right.low, all_right.high) == (wilson(25, 25).low, 1.0)


def test_many_levels_of_confidence_become_ten() -> None:
    judged = [Judged(str(n), n / 100, n % 2 == 0) for n in range(100)]
    found = reliability("claimed", "human:ann", judged)
    assert [level.n for level in found.levels] == [10] * 10
    assert all(np.isfinite([level.right.low, level.right.high]).all() for level in found.levels)


# files ---------------------------------------------------------------------------------------------------------------


def load(
    folder: Path, text: str, *, source: str | None = "human:ann", rejects: Rejects | None = None
) -> list[GoldValue]:
    (folder / "gold.csv").write_text(text, encoding="utf-8")
    rows = [{"id": one, "title": "", "text": ""} for one in ("a", "b", "=c")]
    items = Entities("item", pa.Table.from_pylist(rows, schema=ENTITY_SCHEMA))
    return load_gold(
        "gold.csv", {"item": WANTED}, {"item": items}, source=source, base=folder,
        rejects=Rejects() if rejects is None else rejects, max_rejected=0.5,
    )  # fmt: skip


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    long = "item_id,attribute,value,title\na,level,Junior,\na,skills,sql|excel,\nb,level,-,\nb,pay,,\n'=c,pay,12,\n"
    wide = "level,item_id,skills,pay\njunior,a,sql|excel,\n-,b,,\n,=c,,12\n"
    found = load(tmp_path, long)
    assert {(one.id, one.attribute, str(one.value)) for one in found} == {
        ("a", "level", "junior"), ("a", "skills", "['sql', 'excel']"), ("b", "level", "None"), ("=c", "pay", "12.0"),
    }  # fmt: skip
    assert set(map(str, load(tmp_path, wide))) == set(map(str, found))


def test_rows_that_cannot_be_used_are_listed_with_row_and_column(tmp_path: Path) -> None:
    rejects = Rejects()
    text = (
        "item_id,attribute,value,source,weight\n"
        "a,pay,much,human:ann,\na,pay,1,ann,\nx,pay,1,human:ann,\na,pay,1,human:ann,0\n"
        + "a,level,junior,human:ann,2\na,level,mid,human:ann,\na,level,mid,human:ben,\nb,level,mid,human:ann,\n"
        + "a,pay,4,human:ann,\nb,pay,4,rule:x,\n"
    )
    found = load(tmp_path, text, rejects=rejects)
    assert [(reject.row, reject.column, reject.reason.split(":")[0]) for reject in rejects.rows] == [
        (2, "value", "is not a number"),
        (3, "source", "does not say who looked it up"),
        (4, "item_id", "no such item"),
        (5, "weight", "is not a number above 0"),
        (7, "value", "a value of level by human"),
    ]
    assert [(one.source, one.weight) for one in found][:2] == [("human:ann", 2.0), ("human:ben", 1.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "item_id,attribute,value\na,levle,mid\n",
            r"gold.csv, row 2, column 'attribute': there is no attribute 'levle'",
        ),
        ("item_id,levle\na,mid\n", r"gold.csv, row 1, column 'levle': there is no attribute 'levle'\n.*mean 'level'"),
        ("id,level\na,mid\n", "needs one column with an id, and has id, level"),
        ("item_id,context_id,level\na,b,mid\n", "needs one column with an id"),
        ("context_id,level\na,mid\n", r"holds values of contexts, and \[enrich.context\] has no attributes"),
        ("item_id,source\na,human:x\n", "has no values"),
        ("item_id,attribute,value\na,level,\n", "holds no value that was looked up"),
        (
            "item_id,attribute,value\na,level,x\n",
            r"gold.csv, row 2, column 'value': is not one of junior.* 1 of 1 rows",
        ),
    ],
)
def test_files_that_cannot_be_used_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=f"(?s){message}"):
        load(tmp_path, text)


def test_a_row_with_several_faults_is_one_row(tmp_path: Path) -> None:
    rejects = Rejects()
    found = load(tmp_path, "item_id,level,pay\nz,mid,1\na,mid,10\n", rejects=rejects)
    assert [(reject.row, reject.reason) for reject in rejects.rows] == [(2, "no such item")] * 2
    assert [one.attribute for one in found] == ["level", "pay"], "half of the rows may be unusable, and half are"


def test_gold_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing says who looked these values up\n.*--source human"):
        load(tmp_path, "item_id,level\na,mid\n", source=None)
    with pytest.raises(ConfigError, match="source 'ann' is not of the form"):
        load(tmp_path, "item_id,level\na,mid\n", source="ann")


# sheets --------------------------------------------------------------------------------------------------------------


def test_a_sheet_has_as_many_values_of_each_attribute_and_some_that_were_not_stated() -> None:
    rows = [{"id": f"i{n:02d}", "level": "mid" if n % 2 else None, "pay": 1.0} for n in range(40)]
    drawn = draw_sheet(WANTED, read_table(*rows), 36, seed=1)
    kinds = {name: [one for one in drawn if one.attribute == name] for name in WANTED}
    assert {name: len(some) for name, some in kinds.items()} == {"level": 12, "pay": 12, "skills": 12}
    stated = [one for one in kinds["level"] if int(one.id[1:]) % 2]
    assert len(stated) == 9
    assert sum(one.weight for one in kinds["level"]) == pytest.approx(40), "they stand for all that was asked"
    assert [one.id for one in drawn] == sorted(one.id for one in drawn)
    assert drawn == draw_sheet(WANTED, read_table(*rows), 36, seed=1)
    assert len(draw_sheet(WANTED, read_table(*rows), 1000)) == 120
    with pytest.raises(DataError, match="nothing was read"):
        draw_sheet(WANTED, read_table(), 3)


def test_a_sheet_that_is_filled_in_is_gold(tmp_path: Path) -> None:
    text = "item_id,attribute,value,source,weight,expects,title,text\n"
    row = ["'=c", "level", "mid", "human:ann", "3.5", "one of", "'=2+2", "x\ny"]
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerow(row)
    (value,) = load(tmp_path, text + (tmp_path / "rows.csv").read_text(), source=None)
    assert (value.id, value.value, value.weight) == ("=c", "mid", 3.5)
