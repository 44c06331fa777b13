"""The audit's page: what it shows, what it leaves out, and what hostile or missing data do to it."""

import re
from dataclasses import replace

import pyarrow as pa
import pytest
from report_audit_sample import CATEGORIES, audit_content, gap, measure, table
from report_outline import Outline

from tilth.audit.tables import SCHEMAS
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA
from tilth.report.audit import AuditContent, AuditFinding, render_audit, write_audit_report

SECTIONS = [
    "gaps",
    "changes",
    "items",
    "newness",
    "categories",
    "popularity",
    "fields",
    "search",
    "feedback",
    "quality",
    "method",
    "glossary",
]
EMPTY = AuditContent("Nothing", "now", "0", {})
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00\"'{{ 7*7 }}"


@pytest.fixture(scope="module")
def page() -> str:
    return render_audit(audit_content())


def section_ids(html: str) -> list[str]:
    return re.findall(r'<section id="([a-z]+)"', html)


def section(html: str, name: str) -> str:
    """The text of one section."""
    return Outline(html[html.index(f'<section id="{name}"') :].partition("</section>")[0]).text.replace("\u202f", " ")


def test_sections_stand_in_their_order_and_are_linked(page):
    assert section_ids(page) == SECTIONS
    links = {value for tag, name, value in Outline(page).attributes if (tag, name) == ("a", "href")}
    assert {f"#{name}" for name in [*SECTIONS, "main"]} <= links


def test_every_link_leads_somewhere_and_every_measure_to_its_meaning(page):
    outline = Outline(page)
    links = {value[1:] for tag, name, value in outline.attributes if (tag, name) == ("a", "href")}
    assert links <= set(outline.ids)
    assert {"term-items-gini", "term-popularity-arp", "term-search-unmet-share"} <= links


def test_every_plot_states_its_finding(page):
    found = re.findall(r'<svg class="chart" role="img" aria-label="([^"]+)"', page)
    assert [re.sub("\u202f", " ", one) for one in found] == [
        "77.7 % of the items have 10 interactions or fewer; at the other end, 40 items of 256–511 interactions.",
        "The less popular half of the items has 0.8 % of the interactions; the Gini coefficient is 0.871 "
        "(0.867–0.875), where 0 is an even spread and 1 is all on one item.",
        "By the end of 2022-02, 61.3 % of the items there were had no interaction yet; by the end of 2025-01 it was "
        "36.8 %.",
        "Action moved most: its share of the interactions rose from 22.0 % in 2022-02 to 27.9 % in 2025-01.",
        "Action draws more than it holds: 20.0 % of the interactions with 6.0 % of the items. (other) draws less than "
        "it holds: 1.7 % of the interactions with 11.5 % of the items.",
        "The thinnest is “text” in (other): 55.6 % of its items.",
        "The most frequent query was searched 900 times; 118 queries make a third of all searches, while the last "
        "third needs 21,292.",
        "(other) draws more than it holds: 14.0 % of the searches with 1.0 % of the items. Action draws less than it "
        "holds: 3.0 % of the searches with 12.0 % of the items.",
    ]


def test_a_gap_has_its_price_its_demand_and_examples_by_title(page):
    text = section(page, "gaps")
    assert "Spend first on short texts in Drama : filling 812 items takes about 812 LLM calls" in text
    for found in ("$1.12", "9.4 %", "Item number 3 · Item number 7 · Item number 9", "wool sock · merino sock"):
        assert found in text
    assert text.count("unknown") == 1
    assert text.index("Small gaps") < text.index("titles in Horror")


def test_findings_about_the_data_stand_worst_first_with_their_effect(page):
    text = section(page, "quality")
    assert "2 findings about the data , that on the largest share of rows first; 1 on less than 1.0 %." in text
    assert text.index("not in the catalog") < text.index("in the future")
    assert "2,310" in text
    assert "2.3 %" in text
    assert "tt0113 · tt99 · old-77" in text


def test_what_changed_is_told_by_the_verdicts_of_the_comparison(page):
    text = section(page, "changes")
    assert "1 measure got better and 1 worse since the audit of last month" in text
    assert "1 cannot be told" in text
    assert "−5.6 %" in text
    assert "−7.0 to −4.2 %" in text
    assert "+1.2 %" in text


def test_the_method_names_estimates_and_what_could_not_be_had(page):
    text = section(page, "method")
    assert "32 groups" in text
    assert "20,000 of 24,310 queries were searched for" in text
    assert "the log has no exposures" in text


def test_an_empty_audit_is_a_page():
    html = render_audit(EMPTY)
    assert section_ids(html) == []
    assert "Nothing has been measured yet." in html
    assert Outline(html).wrong == []


def test_a_catalog_of_no_items_is_a_page():
    measures = tuple(replace(one, value=None, low=None, high=None, n=0) for one in audit_content().measures)
    tables = {name: schema.empty_table() for name, schema in SCHEMAS.items()}
    gaps, members = GAP_SCHEMA.empty_table(), MEMBER_SCHEMA.empty_table()
    counts = {"items": 0, "events": 0, "users": 0}
    html = render_audit(audit_content(measures=measures, tables=tables, gaps=gaps, members=members, counts=counts))
    outline = Outline(html)
    assert outline.wrong == []
    assert "Nothing has been measured yet." in outline.text
    assert "<svg" not in html
    assert "0 items · 0 events" in outline.text


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_table_alone_makes_a_page_without_the_others(name):
    known = audit_content().tables
    alone = {name: known.get(name, SCHEMAS[name].empty_table())}
    empty = {other: schema.empty_table() for other, schema in SCHEMAS.items() if other != name}
    html = render_audit(replace(EMPTY, tables=alone))
    assert html == render_audit(replace(EMPTY, tables=alone | empty))
    assert Outline(html).wrong == []
    assert len(section_ids(html)) == (0 if name in ("activity", "heat") else 1)


def test_missing_numbers_are_shown_as_missing():
    nan = float("nan")
    measures = tuple(replace(one, value=nan, low=nan, high=nan) for one in audit_content().measures)
    tables = {name: _hollow(one) for name, one in audit_content().tables.items()}
    html = render_audit(audit_content(measures=measures, tables=tables, changes=()))
    outline = Outline(html)
    assert outline.wrong == []
    assert not re.search(r"\b(nan|inf|None)\b", outline.text)


def _hollow(found: pa.Table) -> pa.Table:
    """The same rows, of which only the texts are known; every second number is not a number where that can be said."""
    columns = []
    for field in found.schema:
        values = [None] * found.num_rows
        if pa.types.is_floating(field.type):
            values = [float("nan") if i % 2 else None for i in range(found.num_rows)]
        columns.append(found[field.name] if pa.types.is_string(field.type) else pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=found.schema)


def test_hostile_texts_stay_texts():
    texts = {name: _poisoned(one) for name, one in audit_content().tables.items()}
    gaps = audit_content().gaps
    bad = audit_content(
        title=HOSTILE,
        created_at=HOSTILE,
        version=HOSTILE,
        counts={HOSTILE: 1},
        measures=tuple(replace(one, label=HOSTILE, note=HOSTILE, where=HOSTILE, unit=HOSTILE) for one in _measures())
        + tuple(replace(one, label=HOSTILE, note=HOSTILE, exact=False) for one in _measures()),
        tables=texts,
        findings=(AuditFinding(HOSTILE, HOSTILE, 5, 9, HOSTILE, HOSTILE, (HOSTILE, "y" * 100_000)),),
        gaps=_poisoned(gaps),
        members=_poisoned(audit_content().members),
        definitions=tuple(
            replace(one, label=HOSTILE, meaning=HOSTILE, formula=HOSTILE, source=HOSTILE)
            for one in audit_content().definitions
        ),
        notes=(HOSTILE,),
        changes=tuple(replace(one, label=HOSTILE, verdict=HOSTILE) for one in audit_content().changes),
        compared_with=HOSTILE,
    )
    html = render_audit(bad)
    outline = Outline(html)
    assert outline.wrong == []
    assert outline.tags.count("script") == 1
    assert "img" not in outline.tags
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "{{ 7*7 }}" in html
    assert len(html) < 2_000_000


def _measures():
    return audit_content().measures


def _poisoned(found: pa.Table) -> pa.Table:
    """Markup in the first text of each column, ten thousand characters in the second."""
    columns = []
    for field in found.schema:
        values = found[field.name].to_pylist() if pa.types.is_string(field.type) else found[field.name]
        if isinstance(values, list) and len(values) > 1 and field.name not in ("gap_id", "band", "unit"):
            values[:2] = [HOSTILE, "x" * 10_000]
        columns.append(pa.array(values, field.type) if isinstance(values, list) else values)
    return pa.Table.from_arrays(columns, schema=found.schema)


def test_a_large_audit_is_cut_to_fifty_rows_and_says_where_the_rest_is():
    n = 20_000
    queries = {"query": [f"query {i} " + "word " * 30 for i in range(n)], "searches": range(n, 0, -1), "users": [1] * n}
    known = {"normal": queries["query"], "reach": ["none"] * n, "clicks": [0] * n, "zero_results": [1] * n}
    columns = [pa.array((queries | known).get(f.name, [None] * n), f.type) for f in SCHEMAS["queries"]]
    rows = [gap(f"g{i}", "enrich", f"place {i}", "items", 1, 0.1, 1.0) for i in range(60)]
    categories = [{"category": f"{CATEGORIES[0]} {i}", "items": 1, "events": 1, "users": 1} for i in range(200)]
    html = render_audit(
        audit_content(
            tables=audit_content().tables
            | {
                "queries": pa.Table.from_arrays(columns, schema=SCHEMAS["queries"]),
                "categories": table("categories", categories),
            },
            gaps=pa.Table.from_pylist(rows, schema=GAP_SCHEMA),
        )
    )
    assert "50 of 20,000 rows; queries.parquet has them all." in html
    assert "50 of 60 rows; gaps.parquet has them all." in html
    assert "50 of 200 rows; categories.parquet has them all." in html
    assert max(body.count("<tr") for body in re.findall(r"<tbody>(.*?)</tbody>", html, re.S)) == 50
    assert len(html) < 1_000_000


def test_times_outside_of_the_calendar_are_left_out():
    far = pa.array([2**62, None, 0], pa.timestamp("us", tz="UTC"))
    tables = dict(audit_content().tables)
    windows = tables["windows"].slice(0, 3)
    tables["windows"] = windows.set_column(0, windows.schema.field(0), far)
    assert Outline(render_audit(audit_content(tables=tables))).wrong == []


def test_an_unknown_unit_is_written_as_a_plain_number():
    text = section(render_audit(audit_content(measures=(measure("items.odd", 0.25, "furlongs"),))), "items")
    assert "0.250" in text


def test_the_page_is_written_to_its_file(tmp_path):
    path = write_audit_report(EMPTY, tmp_path / "new" / "audit.html")
    assert "<title>Nothing</title>" in path.read_text(encoding="utf-8")
