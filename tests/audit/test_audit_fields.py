"""The audit of a catalog's fields, on the engine."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from fields_helpers import Quiet
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tilth.audit import DEFINITIONS, AuditConfig, FieldsConfig, Part
from tilth.audit.categories import categories_of
from tilth.audit.fields import run_fields
from tilth.audit.fields.facts import FactsJob
from tilth.audit.fields.summary import measures
from tilth.audit.fields.verdicts import verdicts_of
from tilth.audit.tables import SCHEMAS
from tilth.engine import EngineConfig, open_engine
from tilth.records import Entities

LONG = "A light jacket for the days between seasons, with deep pockets and a hood that folds away"
GERMAN = "Eine leichte Jacke für die Übergangszeit, mit tiefen Taschen und einer Kapuze, die im Kragen verschwindet."
LEGAL = "All sizes are approximate and colours may look different on your screen, which is no reason for complaint. "


def catalog(rows: Iterable[dict[str, object]]) -> Entities:
    rows = [{"id": str(place), "title": f"Rain jacket {place}", "text": f"{LONG} {place}"} | dict(row)
            for place, row in enumerate(rows)]  # fmt: skip
    return Entities("item", pa.Table.from_pylist(rows))


def audit(items: Entities, config: AuditConfig | None = None, partition_rows: int = 20_000) -> Part:
    part = run_fields(config or AuditConfig(), items, engine=open_engine(EngineConfig(partition_rows=partition_rows)))
    for name, table in part.tables.items():
        assert table.schema == SCHEMAS[name]
    assert {measure.name for measure in part.measures} <= set(DEFINITIONS)
    return part


def problems(part: Part) -> set[tuple[str, str, str]]:
    return {(row["item_id"], row["field"], row["problem"]) for row in part.tables["thin_items"].to_pylist()}


def value(part: Part, name: str, where: str = "") -> float | None:
    (found,) = [one.value for one in part.measures if (one.name, one.where) == (name, where)]
    return found


PROBLEMS = (
    {},
    {"text": "n/a"},
    {"title": "Jacket"},
    {"title": "Blue coat, size M", "text": f"{LONG} in blue."},
    {"title": "BLUE COAT size m", "text": f"{LONG} in red."},
    {"text": GERMAN},
    {"title": "Дождевик мужской", "text": f"<p>{LONG}</p> &amp;"},
    {"title": "Veste imperm\u00c3\u00a9able"},
    {"text": LEGAL},
    *({"text": f"{LEGAL}{LONG} {number + 50}"} for number in range(20)),
)


@pytest.mark.parametrize("partition_rows", [4, 1000])
def test_every_problem_by_hand(partition_rows: int):
    """However the catalog is cut, since duplicates and boilerplate reach across partitions."""
    part = audit(catalog(PROBLEMS), partition_rows=partition_rows)
    assert problems(part) == {
        ("1", "text", "missing"),
        ("2", "title", "short"),
        ("3", "title", "duplicate"),
        ("4", "title", "duplicate"),
        ("5", "text", "wrong_language"),
        ("6", "title", "wrong_language"),
        ("6", "text", "markup"),
        ("7", "title", "garbled"),
        ("8", "text", "boilerplate"),
    }
    # Items 1 to 6 and 8; markup and a wrong encoding do not make a field thin.
    assert value(part, "fields.thin_share") == pytest.approx(7 / 29)
    assert value(part, "fields.duplicate_share") == pytest.approx(2 / 29)
    assert value(part, "fields.markup_share") == pytest.approx(1 / 29)
    assert value(part, "fields.language_judged_share") == pytest.approx(28 / 29)
    assert value(part, "fields.wrong_language_share") == pytest.approx(2 / 28)
    assert {finding.name: finding.examples for finding in part.findings} == {
        "fields.markup": ("6",),
        "fields.garbled": ("7",),
    }


def test_per_category():
    """Boilerplate is told within a category; small categories are counted together."""
    shoes = [{"category": "shoes", "text": f"{LEGAL}{number}"} for number in range(6)]
    coats = [{"category": "coats", "text": f"{LEGAL}{LONG}{number}" if number < 4 else LONG} for number in range(8)]
    rest = [{"category": "hats"}, {"category": ""}, {"category": None, "text": ""}]
    part = audit(catalog([*shoes, *coats, *rest]), AuditConfig(max_categories=2))
    rows = {(row["category"], row["field"]): row for row in part.tables["fields"].to_pylist()}
    assert rows["shoes", "text"]["boilerplate"] == rows["shoes", "text"]["thin"] == 6
    assert rows["coats", "text"]["boilerplate"] == 0
    assert rows["coats", "text"]["duplicate"] == 4
    assert rows["(other)", "text"]["items"] == 1
    assert (rows["(none)", "text"]["items"], rows["(none)", "text"]["missing"]) == (2, 1)
    assert (rows["", "text"]["items"], rows["", "text"]["boilerplate"]) == (17, 6)
    assert (rows["", "category"]["missing"], rows["", "category"]["thin"]) == (2, 2)
    assert value(part, "fields.thin_share", "shoes") == 1
    categories = {row["item_id"]: row["category"] for row in part.tables["thin_items"].to_pylist()}
    assert (categories["0"], categories["16"]) == ("shoes", None)


def test_attributes_are_expected_where_most_have_them():
    """Eight of ten coats have a lining, two of ten shoes; a voltage nobody has is only listed."""
    rows = [
        {
            "category": kind,
            "lining": "silk" if number < some else "N/A",
            "price": None if number == 9 else 9.5,
            "volt": "",
        }
        for kind, some in (("coats", 8), ("shoes", 2))
        for number in range(10)
    ]
    part = audit(catalog(rows))
    assert problems(part) == {
        ("8", "lining", "missing"),
        ("9", "lining", "missing"),
        ("9", "price", "missing"),
        ("19", "price", "missing"),
    }
    # 20 categories, 10 linings and 20 prices are expected.
    assert value(part, "fields.attribute_missing_share") == pytest.approx(4 / 50)
    assert value(part, "fields.thin_share") == 0
    assert [(finding.name, finding.examples) for finding in part.findings] == [("fields.empty", ("volt",))]


def test_attributes_can_be_short():
    config = AuditConfig(fields=FieldsConfig(short_chars={"brand": 3}))
    part = audit(
        catalog([{"brand": brand, "title": "x"} for brand in ("Acme", "Bolt", "Cord", "Duro", "E", "-")]), config
    )
    assert {row for row in problems(part) if row[1] == "brand"} == {("4", "brand", "short"), ("5", "brand", "missing")}


def test_a_field_that_no_item_has_is_left_out_of_the_shares():
    part = audit(catalog([{"text": ""}, {"text": ""}, {"title": "short", "text": ""}]))
    assert value(part, "fields.thin_share") == pytest.approx(1 / 3)
    assert value(part, "fields.missing_share") == 0
    assert [(finding.name, finding.examples) for finding in part.findings] == [("fields.empty", ("text",))]


def test_the_configured_language_wins_over_the_commonest():
    rows = [{"text": f"{GERMAN} {number}"} for number in range(3)]
    assert value(audit(catalog(rows)), "fields.wrong_language_share") == 0
    config = AuditConfig(fields=FieldsConfig(language="en"))
    assert value(audit(catalog(rows), config), "fields.wrong_language_share") == 1


def test_a_catalog_in_several_languages_has_no_wrong_one():
    part = audit(catalog([{}, {"text": GERMAN}]))
    found = next(measure for measure in part.measures if measure.name == "fields.wrong_language_share")
    assert found.value is None
    assert "set [audit.fields] language" in found.note
    assert not problems(part)


def test_a_sample_of_languages_is_no_exact_share():
    """As for a catalog of more than `LANGUAGE_TEXTS` items."""
    items = catalog({"text": f"{GERMAN} {number}" if number % 2 else f"{LONG} {number}"} for number in range(200))
    facts = FactsJob(("title", "text"), (), 0.25).open()(items.table, Quiet())
    categories = categories_of(items)
    verdicts = verdicts_of(facts, ("title", "text"), categories, FieldsConfig(language="en"))
    assert 25 <= verdicts.judged.sum() <= 75
    found = next(one for one in measures(verdicts, categories, 0.25) if one.name == "fields.wrong_language_share")
    assert (found.n, found.exact) == (verdicts.judged.sum(), False)
    assert found.value == pytest.approx(0.5, abs=0.25)
    assert "of 25% of the items" in found.note


@pytest.mark.parametrize("rows", [[], [{"title": "", "text": ""}]])
def test_a_catalog_without_anything(rows: list[dict[str, object]]):
    items = (
        catalog(rows)
        if rows
        else Entities("item", pa.table({name: pa.array([], pa.string()) for name in ("id", "title", "text")}))
    )
    part = audit(items)
    assert value(part, "fields.wrong_language_share") is None
    if not rows:
        assert value(part, "fields.thin_share") is None


_TEXTS = st.sampled_from(["", "n/a", "Red hat", LONG, f"{LEGAL}x", LEGAL, GERMAN, "<b>", "\x00", "🙂", "שלום"])


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.tuples(_TEXTS, _TEXTS, st.sampled_from(["a", "b", "", None])), min_size=1, max_size=12))
def test_tables_and_measures_agree(rows: list[tuple[str, str, str | None]]):
    """Categories add up to the whole, and items listed are those counted."""
    part = audit(
        catalog({"title": title, "text": text, "category": kind} for title, text, kind in rows), partition_rows=5
    )
    fields, thin = part.tables["fields"], part.tables["thin_items"]
    for field in ("title", "text"):
        of_field = fields.filter(pc.equal(fields["field"], field)).to_pylist()
        for problem in ("missing", "short", "duplicate", "boilerplate", "wrong_language", "markup", "garbled", "thin"):
            whole = [row[problem] for row in of_field if row["category"] == ""]
            assert whole == [sum(row[problem] for row in of_field if row["category"] != "")]
            if problem != "thin":
                assert whole == [len([one for one in problems(part) if one[1:] == (field, problem)])]
    assert thin.num_rows == len(problems(part))


def test_languages_of_podcasts_as_their_makers_say(data_folder):
    """A check against labels that were never used to choose anything: of the texts whose language is told, few are
    called another than the feed says, and those by feeds that say English of everything."""
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(data_folder / "podcasts" / "podcasts.csv", parse_options=options)
    columns = {"id": table["id"].cast(pa.string()), "title": table["title"], "text": table["description"]}
    items = Entities("item", pa.table({name: pc.fill_null(column, "") for name, column in columns.items()}))
    part = audit(items)
    flagged = {one[0] for one in problems(part) if one[2] == "wrong_language"}
    foreign = set(items.table["id"].filter(pc.not_equal(table["language"], "English")).to_pylist())
    assert len(flagged & foreign) >= 20
    assert len(flagged - foreign) <= 5
    assert (value(part, "fields.language_judged_share") or 0) > 0.7
