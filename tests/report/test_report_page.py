"""The page on the road to a filter: what it shows, and what it leaves out."""

import re
from dataclasses import replace

import pytest
from report_outline import Outline
from report_sample import comparison, content, distilled, example, teacher

from tilth.errors import DataError
from tilth.report import Content, render, write_report

SECTIONS = [
    "teachers",
    "ties",
    "student",
    "threshold",
    "calibration",
    "learning",
    "features",
    "candidates",
    "examples",
    "data",
    "costs",
    "method",
    "glossary",
]
EMPTY = Content("Nothing", "now", "0", {}, {}, (), None, None, None, (), ())


@pytest.fixture(scope="module")
def page() -> str:
    return render(content())


def section_ids(html: str) -> list[str]:
    return re.findall(r'<section id="([a-z]+)"', html)


def test_sections_stand_in_their_order_and_are_linked(page):
    assert section_ids(page) == SECTIONS
    links = {value for tag, name, value in Outline(page).attributes if (tag, name) == ("a", "href")}
    assert links == {f"#{name}" for name in [*SECTIONS, "main"]}


def test_the_summary_has_the_key_numbers(page):
    text = Outline(page).text
    for finding in ("model:mid", "0.971", "0.956–0.983", "0.703", "p ≥ 0.812", "50.5", "54.1", "11.6", "4.6", "$12.41"):
        assert finding in text


def test_an_empty_report_is_a_page():
    html = render(EMPTY)
    assert section_ids(html) == []
    assert "Nothing has been measured yet." in html
    assert "<nav" not in html
    assert Outline(html).wrong == []


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"comparison": None}, {"teachers", "ties"}),
        ({"examples": ()}, {"examples"}),
        ({"costs": ()}, {"costs"}),
        ({"data": {}, "rejected": {}}, {"data"}),
        ({"distilled": None, "filtered": None}, set(SECTIONS[2:8])),
        ({"distilled": distilled(curve=[], importance=[], candidates=[])}, {"learning", "features", "candidates"}),
        ({"distilled": distilled(certificate=None, precision_recall=[], reliability=[])}, {"threshold", "calibration"}),
    ],
)
def test_a_section_without_data_is_left_out(changes, gone):
    assert section_ids(render(content(**changes))) == [name for name in SECTIONS if name not in gone]


def hollow(value):
    """The same shape with every number missing."""
    if isinstance(value, dict):
        return {name: hollow(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [hollow(entry) for entry in value]
    return None if isinstance(value, float) else value


def test_missing_numbers_are_shown_as_missing():
    html = render(content(comparison=hollow(comparison()), distilled=hollow(distilled()), filtered={"n": None}))
    outline = Outline(html)
    assert outline.wrong == []
    assert not re.search(r"\bnan\b|\bNone\b(?! of)", outline.text)
    assert "–" in outline.text


def test_not_a_number_is_missing_too():
    nan = float("nan")
    rows = [teacher("model:a", 0.9, precision={"value": nan, "low": nan, "high": nan}, cost_per_1000=nan)]
    outline = Outline(render(content(comparison=comparison(rows), examples=(example(p=nan),))))
    assert "nan" not in outline.text.lower().split()


def test_thirty_teachers_are_all_there():
    rows = [teacher(f"model:provider/a-quite-long-name-of-a-model-{i}", 0.97 - 0.01 * i) for i in range(30)]
    html = render(content(comparison=comparison(rows)))
    assert all(f"-{i}</bdi>" in html for i in range(30))


def test_a_single_teacher_makes_no_differences():
    html = render(content(comparison=comparison([teacher("model:only", 0.95)])))
    assert "ties" not in section_ids(html)


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00\"'{{ 7*7 }}"


def test_hostile_texts_stay_texts():
    bad = content(
        title=HOSTILE,
        created_at=HOSTILE,
        version=HOSTILE,
        data={HOSTILE: 1},
        rejected={HOSTILE: 2},
        notes=(HOSTILE,),
        comparison=comparison(
            [teacher(HOSTILE, 0.9, warnings=[HOSTILE]), teacher(HOSTILE + "2", 0.8)],
            gold_sources=[HOSTILE],
            notes=[HOSTILE],
            positive=HOSTILE,
        ),
        distilled=distilled(
            teacher=HOSTILE,
            positive=HOSTILE,
            calibration=HOSTILE,
            counts={HOSTILE: {HOSTILE: 1}},
            candidates=[{"model": HOSTILE, "log_loss": 0.1, "auroc": 0.9, "chosen": True}],
            importance=[{"feature": HOSTILE, "group": HOSTILE, "weight": 1.0}],
        ),
        examples=(
            example(context_title=HOSTILE, context_text=HOSTILE * 100, item_title=HOSTILE, item_text="x" * 3_000_000),
            example(reasons=(HOSTILE,), gold=HOSTILE),
        ),
        costs=(replace(content().costs[0], what=HOSTILE),),
    )
    html = render(bad)
    outline = Outline(html)
    assert outline.tags.count("script") == 1
    assert "img" not in outline.tags
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "{{ 7*7 }}" in html
    assert len(html) < 400_000
    assert "3,000,000 characters" in html


def test_write_report_makes_the_folder_and_replaces_the_file(tmp_path):
    path = tmp_path / "new" / "report.html"
    assert write_report(EMPTY, path) == path
    write_report(replace(EMPTY, title="Second"), path)
    assert "<title>Second</title>" in path.read_text(encoding="utf-8")
    assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]


def test_a_report_that_cannot_be_written_is_a_data_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DataError, match="the report cannot be written"):
        write_report(EMPTY, blocked / "report.html")
