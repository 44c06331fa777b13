"""The page of an evaluation of suggestions: what it shows, and what hostile or missing data do to it."""

from pathlib import Path
from typing import Any

import pytest
from report_outline import Outline

from tilth.report.suggest import SuggestContent, render_suggest, write_suggest_report

HOSTILE = "</script><script>alert(1)</script>\u202e\"'{{ 7*7 }}"


def estimate(value: float | None) -> dict[str, float | None]:
    return {"value": value, "low": value and value - 0.01, "high": value and value + 0.01}


def variant(name: str, value: float | None) -> dict[str, Any]:
    by_chars = {"3": estimate(value), "6": estimate(value)}
    measures = {"searches": 40, "coverage": estimate(value), "mrr": by_chars, "hit": by_chars, "saved": estimate(value)}
    more = {one: estimate(value) for one in ("never", "gini", "exploratory")}
    return {"name": name, "sources": ["log"], "suggestions": 1200, "measures": measures, **more}


def result(note: str = "the log has no clicks", kind: str = "log") -> dict[str, Any]:
    some = variant("all", 0.5)
    gains = {one: estimate(0.1) for one in ("gain", "coverage", "saved")}
    verdict = {
        "source": kind,
        "synthetic": True,
        "said": "earns its place",
        "items_only": 0.25,
        "sentence": note,
        **gains,
    }
    return {
        "how": "time",
        "since": "2026-05-01T00:00:00+00:00",
        "log": {"rows": 900, "later": 100},
        "held_out": {"searches": 90, "half_typed": 40, "machine_searches": 3, "replayed": 40},
        "candidates": {kind: 70, "llm": 0},
        "chars": [3, 6],
        "searches": 40,
        "clusters": 12,
        "people": "users",
        "shipped": "all",
        "variants": [some, variant(f"without {kind}", 0.4), variant("log alone", None)],
        "slices": [{"of": "demand", "name": "head", "measures": some["measures"]}],
        "verdicts": [verdict],
        "explored": estimate(None),
        "ranker": {"note": "no order was learned"},
        "notes": [note],
    }


def page(**changed: Any) -> str:
    return render_suggest(SuggestContent("Shop", "2026-06-01T00:00+00:00", "1", {**result(), **changed}))


def test_what_the_page_says() -> None:
    text = Outline(page()).text.replace("\u202f", " ")
    for said in (
        "40 held-out searches · 12 users",
        "earns its place",
        "50.0 %",
        "log (synthetic)",
        "head queries",
        "1,200",
    ):
        assert said in text
    assert page().count("<figure>") == 6
    assert "100 of 900 rows of the log, those from 2026-05-01 00:00 UTC on, are held out" in text


@pytest.mark.parametrize("changed", [{"since": None, "how": "users"}, {"verdicts": []}, {"slices": []}])
def test_what_is_missing_is_left_out(changed: dict[str, Any]) -> None:
    assert "What each source adds" in page(**changed)


def test_nothing_of_the_data_becomes_markup(tmp_path: Path) -> None:
    content = SuggestContent(HOSTILE, HOSTILE, HOSTILE, result(HOSTILE, HOSTILE))
    path = write_suggest_report(content, tmp_path / "page.html")
    html = path.read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "{{ 7*7 }}" in html
