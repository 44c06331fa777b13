"""What filling gaps would cost."""

from pathlib import Path

import pytest
from tiny_project import ENRICH, JUDGE, put_project, teacher

from tilth.apps.project import Project
from tilth.apps.project.asking.pricing import FRAME_CHARACTERS, GapPricer, gap_pricer
from tilth.enrich.attributes import SYSTEM
from tilth.suggest import SuggestConfig
from tilth.suggest.generate.prompt import load_prompt

PRICE = "price = { input_per_mtok = 2.0, output_per_mtok = 10.0, as_of = 2026-01-31 }"


def pricer(folder: Path, *sections: str) -> GapPricer:
    return gap_pricer(Project(put_project(folder, *sections, count=1)).inputs)


def test_cost_is_tokens_from_characters_times_the_price(tmp_path: Path) -> None:
    price = pricer(tmp_path, teacher("http://x", PRICE))
    # (1,500 + 500) / 4 = 500 tokens in at $2, 200 out at $10, per million; for 1,000 calls.
    assert FRAME_CHARACTERS == 1500
    assert price("coldstart", 1000, 500) == pytest.approx(1.0 + 2.0)
    assert price("coldstart", 1000, 500) == price("enrich", 1000, 500) == price("judge", 1000, 500)
    assert "[llm.t] as of 2026-01-31 ($2 in, $10 out per million tokens)" in price.notes[0]


def test_an_answer_is_no_longer_than_allowed(tmp_path: Path) -> None:
    price = pricer(tmp_path, teacher("http://x", PRICE, "max_tokens = 10"))
    assert price("coldstart", 1000, 500) == pytest.approx(1.0 + 0.1)


def test_instructions_are_those_that_the_step_sends(tmp_path: Path) -> None:
    price = pricer(tmp_path, teacher("http://x", PRICE), ENRICH, JUDGE)
    assert len(SYSTEM) < price.steps["enrich"].frame < FRAME_CHARACTERS
    assert price.steps["judge"].frame > FRAME_CHARACTERS  # the rubric
    assert price.steps["suggest"].frame > len(load_prompt().system_text(SuggestConfig()))
    assert price.steps["coldstart"].frame == FRAME_CHARACTERS


def test_queries_are_priced_as_the_llm_that_writes_them(tmp_path: Path) -> None:
    dear = teacher("http://x", PRICE.replace("10.0", "90.0")).replace("[llm.t]", "[llm.dear]")
    both = (teacher("http://x", PRICE), dear, ENRICH)
    assert pricer(tmp_path / "a", *both).steps["suggest"].llm == "t"
    assert pricer(tmp_path / "b", *both, '[suggest.generate]\nllm = "dear"').steps["suggest"].llm == "dear"
    only = pricer(tmp_path / "c", teacher("http://x", PRICE), dear, '[suggest.generate]\nllm = "dear"')
    assert (only.steps["suggest"].llm, only.steps["enrich"].llm) == ("dear", "t")


def test_asking_several_times_costs_as_often(tmp_path: Path) -> None:
    once = pricer(tmp_path / "a", teacher("http://x", PRICE), ENRICH)
    thrice = pricer(tmp_path / "b", teacher("http://x", PRICE), ENRICH.replace('"t"\n', '"t"\nrepeats = 3\n', 1))
    assert thrice("enrich", 1000, 500) == pytest.approx(3 * (once("enrich", 1000, 500) or 0))
    assert thrice("judge", 1000, 500) == once("judge", 1000, 500)


def test_without_a_price_the_cost_is_unknown(tmp_path: Path) -> None:
    priced = teacher("http://x", PRICE).replace("[llm.t]", "[llm.dear]")
    assert pricer(tmp_path / "a", teacher("http://x"))("enrich", 1, 1) is None
    assert pricer(tmp_path / "b", teacher("http://x"), priced)("enrich", 1, 1) is not None
    # The LLM that would be asked has no price: another's is not taken for it.
    named = pricer(tmp_path / "c", teacher("http://x"), priced, ENRICH)
    assert named("enrich", 1, 1) is None
    assert named("judge", 1, 1) is not None
    assert "is unknown" in pricer(tmp_path / "d").notes[0]
