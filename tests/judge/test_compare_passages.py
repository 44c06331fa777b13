import importlib.util
import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TILTH_DATA", REPO.parent / "shared" / "data")) / "alaofi"

pytestmark = pytest.mark.skipif(
    not (DATA / "llm_labels.csv.gz").is_file(), reason=f"needs the published passage labels in {DATA} (see TILTH_DATA)"
)


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("passages_quality", REPO / "benchmarks" / "passages_quality.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def result(benchmark):
    return benchmark.run(DATA)


@pytest.mark.parametrize(
    ("teacher", "kappa", "dollars"),
    [
        ("gpt-4o/rationale", 0.536, 12.34),
        ("gpt-4o/basic", 0.522, 5.16),
        ("claude-3-opus/rationale", 0.489, 60.81),
        ("llama3-70b/rationale", 0.414, 4.83),
        ("claude-3-haiku/basic", 0.064, 0.30),
    ],
)
def test_published_labels_give_these_kappas_and_dollars(result, teacher, kappa, dollars):
    score = result.score_of(f"model:{teacher}")
    assert score.kappa.value == pytest.approx(kappa, abs=0.0005)
    assert score.cost_usd == pytest.approx(dollars, abs=0.005)


def test_all_answers_are_accounted_for(result):
    assert (result.n_gold, result.n_contexts, len(result.table)) == (4222, 129, 27)
    assert sum(score.asked for score in result.table) == 113_928
    assert sum(score.asked - score.n for score in result.table) == 195
    assert result.gold_is_human


def test_the_cheapest_above_the_target_is_named(result):
    assert result.verdict.chosen == "model:gpt-4o/basic"
    assert not result.verdict.lower_end_meets


def test_absent_data_are_said_with_what_to_download(benchmark, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["passages_quality.py", str(tmp_path)])
    assert benchmark.main() == 3
    assert "download" in capsys.readouterr().err
